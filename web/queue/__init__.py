"""The queue of an office as a page."""
