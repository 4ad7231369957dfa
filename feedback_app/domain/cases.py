"""Cases (kasus): what kinds there are, what can be decided, by when, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

DAYS_TO_DECIDE = timedelta(days=14)  # ADR 11; the marks of a held answer are kept as long
LEAST_REASON, MOST_REASON = 10, 500  # letters: a reason that another person can follow
VOICES = 2  # people from outside the unit who must hold the same

# kind -> (Indonesian, English)
KINDS = {
    "held": ("Penilaian tertahan", "Held ratings"),
    "note": ("Saran tertahan", "Held comments"),
    "pressed": ("Pengunjung merasa ditekan", "Visitors felt pressed"),
    "fee": ("Tanda pungutan", "Signs of a charge"),
    "appeal": ("Keberatan petugas", "An officer's appeal"),
    "text": ("Saran yang minta disamarkan", "A comment to be masked"),
}
# kind -> outcome -> (Indonesian, English)
OUTCOMES = {
    "held": {
        "counted": ("Dihitung sepenuhnya", "Counted in full"),
        "unit_only": (
            "Dihitung untuk unit, tidak untuk petugas",
            "Counted for the unit, not for the officer",
        ),
        "rest_aside": (
            "Yang sudah dihitung tetap dihitung, sisanya dikesampingkan",
            "Those counted before stay counted, the rest set aside",
        ),
        "aside": ("Dikesampingkan", "Set aside"),
    },
    "note": {
        "admitted": ("Ditampilkan bersama saran lain", "Shown with the other comments"),
        "aside": ("Dikesampingkan", "Set aside"),
    },
    "pressed": {
        "followed_up": ("Ditindaklanjuti", "Followed up"),
        "no_sign": ("Tidak ditemukan tanda", "No sign found"),
    },
    "fee": {
        "followed_up": ("Ditindaklanjuti", "Followed up"),
        "no_sign": ("Tidak ditemukan tanda", "No sign found"),
    },
    "appeal": {
        "upheld": (
            "Diterima: tidak dihitung untuk petugas",
            "Upheld: not counted for the officer",
        ),
        "rejected": ("Ditolak", "Rejected"),
    },
    "text": {
        "masked": ("Saran disamarkan", "Comment masked"),
        "shown": ("Saran tetap tampil", "Comment stays"),
    },
}
EXPIRED = "expired"  # nobody decided in time
ALL_OUTCOMES = {
    name: words for outcomes in OUTCOMES.values() for name, words in outcomes.items()
} | {EXPIRED: ("Lewat waktu", "Not decided in time")}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person held, the newest of each person's."""

    account_id: int
    outcome: str


def agreed(opinions: Sequence[Opinion]) -> str | None:
    """The outcome that two different people hold now; None while there is none.

    `opinions` run from old to new; a person's later one takes the place of the earlier.
    """
    latest = {opinion.account_id: opinion.outcome for opinion in opinions}
    for outcome in dict.fromkeys(opinion.outcome for opinion in opinions):
        if sum(1 for held in latest.values() if held == outcome) >= VOICES:
            return outcome
    return None


def may_decide(unit_id: int, *, own_units: Collection[int], own_officer: bool) -> bool:
    """Whether somebody stands outside the unit: neither its supervisor nor one of its officers."""
    return unit_id not in own_units and not own_officer


def note_state(outcome: str) -> str:
    """How the comments of a case stand that came without ratings; undecided they are shown."""
    return "aside" if outcome == "aside" else "counted"


def standing_of(outcome: str, *, for_officer: bool, had_counted: bool) -> tuple[str, bool] | None:
    """(state, counts for the officer) of a case's answers; None where an outcome changes none.

    `had_counted`: it counted until the case took it along. Undecided it counts as before: else
    whoever floods a counter would take an officer's honest ratings away by nobody's decision.
    """
    return {
        "counted": ("counted", for_officer),
        "unit_only": ("counted", False),
        "rest_aside": ("counted" if had_counted else "aside", for_officer),
        "aside": ("aside", for_officer),
        "upheld": ("counted", False),
        EXPIRED: ("counted", for_officer and had_counted),
    }.get(outcome)
