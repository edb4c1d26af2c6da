"""Personal data on request: what is held about one person, and forgetting those whose time is over."""
