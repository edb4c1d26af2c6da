"""The counts of the API."""
