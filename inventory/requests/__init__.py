"""What an office asks of its province or of the ministry, and what share of it was granted."""
