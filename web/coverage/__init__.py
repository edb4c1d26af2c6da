"""Coverage as pages."""
