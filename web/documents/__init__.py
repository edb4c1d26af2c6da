"""The papers as pages."""
