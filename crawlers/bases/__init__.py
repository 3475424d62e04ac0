"""Spiders by shape: what a response looks like and how its pages follow each other."""
