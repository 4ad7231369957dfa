"""Words of a deployment's health: each thing that is looked at, and the three states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.texts import Words, fill

Level = Literal["ok", "warn", "bad"]
LEVELS: tuple[Level, ...] = ("bad", "warn", "ok")  # the worst first
STATES: dict[Level, Words] = {
    "ok": ("baik", "good"),
    "warn": ("perlu dilihat", "needs a look"),
    "bad": ("rusak", "broken"),
}
# What is looked at, as it is called at a terminal, with its name on the page.
NAMES: dict[str, Words] = {
    "version": ("Versi", "Version"),
    "TLS": ("Alamat", "Address"),
    "proxy": ("Jalan ke server", "The way to the server"),
    "disk": ("Diska", "Disk"),
    "keys": ("Hak berkas kunci", "Rights of the key files"),
    "rights": ("Hak berkas", "Rights of files"),
    "daily keys": ("Kunci harian", "Daily keys"),
    "database": ("Basis data", "Database"),
    "schema": ("Susunan data", "Schema"),
    "clock": ("Jam komputer", "Clock"),
    "retention": ("Penghapusan pada waktunya", "Deleting in time"),
    "upkeep": ("Pemeliharaan harian", "Daily upkeep"),
    "second step": ("Langkah kedua", "Second step"),
    "old keys": ("Kunci lama", "Old keys"),
    "backup": ("Cadangan", "Backup"),
    "demo": ("Data contoh", "Demo data"),
    "tallies": ("Rekap", "Tallies"),
    "roster": ("Jadwal", "Roster"),
    "counters": ("Loket tanpa penilaian", "Counters without ratings"),
    "devices": ("Layar dan kios", "Displays and kiosks"),
}


@dataclass(frozen=True, init=False)
class Said:
    """A sentence in both languages whose values are written when it is said."""

    words: Words
    values: Mapping[str, object]

    def __init__(self, words: Words, **values: object) -> None:
        """Keep words and values apart: a page writes days and numbers as its reader does."""
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "values", values)

    def in_language(self, language: str, written: Callable[[object], object] = str) -> str:
        """The sentence in 'id' or 'en', each value as `written` writes it (ISO days otherwise)."""
        values = {name: written(value) for name, value in self.values.items()}
        return fill(self.words[0 if language == "id" else 1], values, language=language)


NOTHING = Said(("", ""))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how it is, what was found, what to do (`NOTHING` when all is well)."""

    level: Level
    what: str  # of NAMES
    found: Said
    advice: Said = NOTHING
