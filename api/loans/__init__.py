"""The loans of the API."""
