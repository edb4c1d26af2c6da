"""What will be needed, what will be there in time, and where the two part."""
