"""Loans between offices: lent by a transfer, owed in keping, given back in parts."""
