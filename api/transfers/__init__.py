"""Transfers over REST."""
