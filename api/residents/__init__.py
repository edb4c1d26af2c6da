"""The routes of the people recorded."""
