"""Users and tokens over REST."""
