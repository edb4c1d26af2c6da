"""Counts as pages."""
