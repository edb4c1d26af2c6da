"""Pages of custody for a shift."""
