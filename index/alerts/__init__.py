"""Saved searches, and telling of the gigs that newly fit them (docs/alerts.md)."""
