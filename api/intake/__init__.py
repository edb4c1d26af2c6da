"""Imports of daily lists over REST."""
