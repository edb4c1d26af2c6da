"""Quarantine to destruction, and the register of cards that residents gave back."""
