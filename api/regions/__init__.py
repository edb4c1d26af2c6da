"""The code tree over REST."""
