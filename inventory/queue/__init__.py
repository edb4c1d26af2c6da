"""Who is printed first: dated policies, the queue that follows from them, and jobs that take from it."""
