"""Handing cards over, as pages."""
