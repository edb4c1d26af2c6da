"""Speed as ratios to a bare baseline in the same run: `make bench` prints the table and writes RESULTS.md."""
