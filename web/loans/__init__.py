"""Pages of loans between offices."""
