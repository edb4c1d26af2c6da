"""Who is printed first: the policy of an office, tried out before it is set."""
