"""Readiness and shortfalls over REST."""
