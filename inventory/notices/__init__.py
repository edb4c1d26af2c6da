"""What somebody in charge of an office must look at."""
