"""Print jobs as pages."""
