"""Printers, what is mounted in them, and how much they spoil, over REST."""
