"""What happened, numbered for whoever reads it, and sent to whoever asked to be called."""
