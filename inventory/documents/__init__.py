"""Papers as PDF, drawn from facts that were stored when the paper was made."""
