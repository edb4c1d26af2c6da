"""Print jobs, attempts, cards, and handing them over."""
