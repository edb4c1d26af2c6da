"""The queue and its policies over REST."""
