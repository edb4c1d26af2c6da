"""Receiving, and reading the books of a store."""
