"""Cards that were sent on, how long cards wait, and what a shift came to, over REST."""
