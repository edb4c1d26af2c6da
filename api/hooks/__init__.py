"""Changes and webhooks over REST."""
