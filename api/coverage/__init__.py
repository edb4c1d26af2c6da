"""Coverage over REST."""
