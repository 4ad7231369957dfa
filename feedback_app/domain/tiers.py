"""Tiers (jalur): how an answer came in, the strongest first."""

from __future__ import annotations

# key -> (Indonesian, English)
TIERS = {
    "visit": ("Kode kunjungan", "Visit code"),
    "display": ("Layar loket", "Counter display"),
    "kiosk": ("Kios", "Kiosk"),
    "paper": ("Kertas", "Paper"),
    "poster": ("Poster", "Poster"),
}
VERIFIED = frozenset(TIERS) - {"poster"}  # the printed card proves no visit
