"""What came out of a printer, as a page."""
