"""What no feature can say alone: whether the ledger and the documents of all features tell the same."""
