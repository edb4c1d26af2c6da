"""Stock work over REST."""
