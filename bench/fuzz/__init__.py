"""Hostile input made from valid input: by seed, or led by coverage where atheris is installed."""
