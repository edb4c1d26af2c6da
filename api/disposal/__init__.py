"""Quarantine and destruction in the API."""
