"""Coverage (cakupan): recorded / wajib KTP by region and date, never clamped."""
