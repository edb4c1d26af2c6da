"""Closing an event and its settlement, as pages."""
