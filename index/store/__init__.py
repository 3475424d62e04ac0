"""The store: the truth of everything, in SQL. The engine is derived from it."""
