"""Closing an event: every blank accounted for, what is left on its way home to its owner."""
