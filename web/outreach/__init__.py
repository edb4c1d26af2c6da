"""Events as pages: planned, supported, started."""
