"""A candidate run as a person or a file tells of it, and what no run of a year's plan can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.texts import Text
from feedback_app.domain.training import LARGEST_JP
from feedback_app.domain.training_plan import LARGEST_MONEY, LONGEST_RUN, MONEY

MOST_SEATS = 100_000


@dataclass(frozen=True, slots=True)
class ToldRun:
    """Prices are rupiah a participant for the whole run."""

    training: str
    starts_on: date
    ends_on: date
    seats: int
    fee: int
    travel: int
    daily: int
    jp: int


def fault_of(told: ToldRun, *, year: int, today: date) -> tuple[str, Text] | None:
    """The field that is wrong and why; None for a run that can be."""
    if told.ends_on < told.starts_on:
        words = Text("Tanggal selesai harus sama dengan atau sesudah tanggal mulai.")
        return "ends_on", words
    if (told.ends_on - told.starts_on).days >= LONGEST_RUN:
        return "ends_on", Text("Pelatihan lebih lama dari satu tahun.")
    if told.starts_on.year != year or told.ends_on.year != year:
        words = Text("Tanggalnya harus di dalam tahun %(year)s, dari awal sampai akhir.", year=year)
        return "starts_on", words
    if told.starts_on <= today:
        return "starts_on", Text("Tanggal mulai harus sesudah hari ini.")
    if not 1 <= told.seats <= MOST_SEATS:
        return "seats", Text("Jumlah kursi bilangan bulat mulai dari 1.")
    if not 0 <= told.jp <= LARGEST_JP:
        return "jp", Text("JP bilangan bulat dari 0 sampai 2.000.")
    for kind in MONEY:
        if not 0 <= getattr(told, kind) <= LARGEST_MONEY:
            return kind, Text("Biaya seorang peserta dalam rupiah; 0 bila tanpa biaya.")
    return None
