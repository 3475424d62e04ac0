"""Collect: spiders bring postings from public boards to the inbox."""
