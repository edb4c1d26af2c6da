"""The chain of hashes over the ledger: what shows that a row was changed, removed, added or moved."""
