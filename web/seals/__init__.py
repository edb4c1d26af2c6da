"""The books, their seals and the audit, for who inspects them."""
