"""Closing an event and reading its settlement, over REST."""
