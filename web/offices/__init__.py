"""Offices and their stores, for who administers them."""
