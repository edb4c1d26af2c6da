"""Numbers of blanks as pages."""
