"""Webhooks, for who administers them."""
