"""What happened to stock, as pages: spoiled, lost, used up, and taken back."""
