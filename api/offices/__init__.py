"""Offices and stores over REST."""
