"""Items, for who administers them."""
