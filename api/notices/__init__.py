"""The notices of the API."""
