"""The canonical form of a sealed movement and the chain over it; `tools/verify_ledger.py` says the same by itself."""

from __future__ import annotations
