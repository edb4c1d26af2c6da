"""Where everybody begins: what needs me now."""
