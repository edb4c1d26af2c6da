"""The people recorded: who was shown whose data and why, what is held about a NIK, and how a person is forgotten."""
