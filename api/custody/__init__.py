"""The custody sessions of the API."""
