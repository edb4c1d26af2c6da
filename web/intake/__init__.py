"""Lists of people recorded, as files: looked at first, then brought in."""
