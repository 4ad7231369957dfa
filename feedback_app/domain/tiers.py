"""Tiers (cara masuk): how an answer came in, the strongest first, and which count for officers."""

from __future__ import annotations

from collections.abc import Collection

# key -> (Indonesian, English)
TIERS = {
    "visit": ("Kode kunjungan", "Visit code"),
    "display": ("Layar loket", "Counter display"),
    "kiosk": ("Kios", "Kiosk"),
    "paper": ("Kertas", "Paper"),
    "poster": ("Poster", "Poster"),
}
VERIFIED = frozenset(TIERS) - {"poster"}  # the printed card proves no visit
# A sheet of paper proves a visit only by the code on it, and then it is of the tier `visit`.
FOR_OFFICERS = ("visit", "display", "kiosk", "poster")
UNTIL_SET = frozenset(FOR_OFFICERS)  # before an admin or a stronger tier decides otherwise


def counts_for_officer(tier: str, *, allowed: Collection[str]) -> bool:
    """Whether an answer of this tier may enter an officer's score at a counter.

    The poster counts only while no stronger tier has been switched on: `allowed` names it then.
    """
    return tier in allowed and tier in FOR_OFFICERS


def checked_choice(chosen: Collection[str]) -> frozenset[str]:
    """What an admin may choose: any tiers, but the poster only when it stands alone."""
    known = frozenset(chosen) & frozenset(FOR_OFFICERS)
    return known - {"poster"} if known & VERIFIED else known


def with_stronger(allowed: Collection[str]) -> frozenset[str]:
    """The choice once a display, a kiosk or visit codes are in use: without the poster."""
    return frozenset(allowed) - {"poster"}
