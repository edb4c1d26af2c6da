"""The public notice, and its settings."""
