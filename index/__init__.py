"""Understand and keep: postings become gigs, gigs are stored and searched."""
