"""The ledger: accounts, movements, entries. `ledger.post()` is the only writer of any of them."""
