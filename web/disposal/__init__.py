"""Pages of quarantine, withdrawn cards and destruction."""
