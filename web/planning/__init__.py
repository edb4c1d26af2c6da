"""Planning as pages: the province at a glance, allocation by hand, shortfalls."""
