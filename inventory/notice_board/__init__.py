"""What an office announces to everybody: blanks available, printed today, how many wait (papan pengumuman)."""
