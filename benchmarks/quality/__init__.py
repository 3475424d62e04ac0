"""How well the normalizer reads postings, and how fast: `python -m benchmarks.quality` (see __main__.py)."""
