"""Notices as a page."""
