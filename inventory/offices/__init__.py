"""Offices (Dinas) and their stores (gudang, titik layanan)."""
