"""Answer: HTTP API and pages over the index."""
