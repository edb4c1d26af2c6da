"""Printers, what is mounted in them, what they spoil, and whether a night is long enough."""
