"""Print jobs, cards and walk-ins over REST."""
