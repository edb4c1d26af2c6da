"""Stok opname: physical counts against a snapshot, their differences explained and approved."""
