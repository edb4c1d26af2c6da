"""Which papers there are, and how their numbers are said in words."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """The papers of the stock room."""

    TANDA_TERIMA = "tanda_terima"
    SURAT_JALAN = "surat_jalan"
    BAST = "bast"
    KARTU_STOK = "kartu_stok"
    BA_OPNAME = "ba_opname"
    BA_PEMUSNAHAN = "ba_pemusnahan"
    SESSION_SHEET = "session_sheet"
