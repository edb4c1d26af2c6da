"""One blank by its number: its whole story, and numbers that nobody accounts for."""
