"""Trainings: kinds, how officers are chosen, and the yearly hours the law asks for.

Kinds follow SIASN's list (jenis diklat) and the mission's own; both are data read second-hand,
see docs/method.md. JP (jam pelajaran) is an entered number and never computed from hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

# key -> Indonesian, English
TRAINING_KINDS: dict[str, tuple[str, str]] = {
    "struktural": ("Diklat struktural", "Structural"),
    "fungsional": ("Diklat fungsional", "Functional"),
    "teknis": ("Diklat teknis", "Technical"),
    "workshop": ("Workshop", "Workshop"),
    "manajerial": ("Pelatihan manajerial", "Managerial"),
    "sosial_kultural": ("Pelatihan sosial kultural", "Socio-cultural"),
    "komunikasi": ("Pelatihan komunikasi", "Communication"),
    "pelayanan_publik": ("Pelatihan pelayanan publik", "Public service"),
    "manajemen_proyek": ("Pelatihan manajemen proyek", "Project management"),
    "sosialisasi": ("Sosialisasi", "Briefing"),
    "bimbingan_teknis": ("Bimbingan teknis", "Technical guidance"),
    "seminar": ("Seminar", "Seminar"),
    "magang": ("Magang", "Internship"),
    "penelitian": ("Penelitian", "Research"),
    "kursus": ("Kursus", "Course"),
    "e_learning": ("E-learning", "E-learning"),
}

# How an officer came to be sent: it decides what a comparison can show.
REASONS: dict[str, tuple[str, str]] = {
    "lot": ("undian", "by lot"),
    "low_score": ("nilai rendah", "low score"),
    "all": ("semua dikirim", "everyone was sent"),
    "volunteer": ("sukarela", "volunteered"),
    "unknown": ("tidak tahu", "not known"),
}

SENT: dict[str, tuple[str, str]] = {
    "officer": ("petugas", "officer"),
    "counter": ("seluruh loket", "whole counter"),
}

RESULTS: dict[str, tuple[str, str]] = {
    "passed": ("lulus", "passed"),
    "failed": ("tidak lulus", "did not pass"),
    "attended": ("hadir", "attended"),
}

# PNS at least 20 JP a year (PP 11/2017 jo. 17/2020, Pasal 203); PPPK at most 24 JP a year
# (PP 49/2018, PerLAN 15/2020): a floor for one, a ceiling for the other.
PNS_LEAST_JP = 20
PPPK_MOST_JP = 24
HORIZON = 4  # months after a training that its effect is judged by, where nothing else was fixed
USUAL = 9  # months before a date that say what is usual (LAGS without the oldest)
HORIZONS = (2, 4, 6, 12)  # that may be chosen
LARGEST_JP = 2000  # of one training; more is a typing error


@dataclass(frozen=True, slots=True)
class YearlyHours:
    """JP of one officer in one year against what the law asks of the employment."""

    jp: int
    bound: int
    is_floor: bool  # True: at least `bound`; False: at most

    @property
    def is_met(self) -> bool:
        """Whether the year's JP keep the bound."""
        return self.jp >= self.bound if self.is_floor else self.jp <= self.bound

    @property
    def missing(self) -> int:
        """JP still to be taken (floor), or 0."""
        return max(self.bound - self.jp, 0) if self.is_floor else 0

    @property
    def above(self) -> int:
        """JP above a ceiling, or 0."""
        return 0 if self.is_floor else max(self.jp - self.bound, 0)


def yearly_hours(jp: int, *, employment: str) -> YearlyHours:
    """The year's JP of a PNS or PPPK against the bound that holds for them."""
    if employment == "PPPK":
        return YearlyHours(jp, PPPK_MOST_JP, is_floor=False)
    return YearlyHours(jp, PNS_LEAST_JP, is_floor=True)


def title_key(title: str) -> str:
    """A title folded so that two spellings of the same course meet."""
    return " ".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())


# Words that titles of one course have or leave out.
_FILLING = frozenset(
    [
        "pelatihan",
        "diklat",
        "bimtek",
        "bimbingan",
        "teknis",
        "workshop",
        "lokakarya",
        "kursus",
        "kegiatan",
        "webinar",
        "seminar",
        "sosialisasi",
        "penataran",
        "pendidikan",
        "dan",
        "tentang",
        "bagi",
        "untuk",
        "di",
        "pada",
        "dalam",
        "rangka",
        "angkatan",
        "gelombang",
        "batch",
        "tahun",
        "tahap",
        "ke",
        "se",
        "peserta",
        "pegawai",
        "asn",
        "pns",
    ]
)
_NUMERAL = re.compile(r"[0-9]+|m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
NEAR_BY_LETTERS = 0.88  # "pelayanan publik" and "pelayanan publk"; below it, different courses meet


def title_core(title: str) -> tuple[str, ...]:
    """The words that make a course what it is, in order of the alphabet; no levels, no years."""
    words = [word for word in title_key(title).split() if word not in _FILLING]
    return tuple(sorted({word for word in words if not _NUMERAL.fullmatch(word)}))


def near_title(title: str, others: Iterable[str]) -> str | None:
    """Another title that probably means the same course; None where none comes near."""
    core = title_core(title)
    if not core:
        return None
    for other in others:
        if title_key(other) != title_key(title) and _is_near(core, title_core(other)):
            return other
    return None


def _is_near(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not other:
        return False
    first, second = set(one), set(other)
    if first == second:
        return True
    if (
        min(len(first), len(second)) >= 2
        and len(first ^ second) == 1
        and (first < second or second < first)
    ):
        return True
    return SequenceMatcher(None, " ".join(one), " ".join(other)).ratio() >= NEAR_BY_LETTERS
