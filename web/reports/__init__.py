"""Daily and monthly reports."""
