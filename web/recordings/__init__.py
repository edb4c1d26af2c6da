"""The people recorded, masked; and who was shown whose data, and why."""
