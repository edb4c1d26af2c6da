"""Pages of requests upward."""
