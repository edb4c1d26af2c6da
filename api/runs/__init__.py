"""Runs through printers, how far each card has come, and checks of cards, over REST."""
