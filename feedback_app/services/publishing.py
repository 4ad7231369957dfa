"""Turn what a page shows into files: the same numbers, hidden where the page hides them."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_app.domain.interval import Mean
from feedback_app.domain.skm import Index, TooFew
from feedback_app.files.exports import Cell, Sheet, to_csv, to_xlsx
from feedback_app.services.dashboard import CounterLine, CounterView, Filters
from feedback_app.services.training_hours import HoursLine

__all__ = ["Sheet", "counter_sheets", "hours_sheet", "overview_sheet", "to_csv", "to_xlsx"]

POINTS_TO_INDEX = 25  # a mean of 1 to 4 points is an index of 25 to 100


def overview_sheet(lines: list[CounterLine]) -> Sheet:
    """One row a counter."""
    columns = (
        "Loket",
        "Nama",
        "Penilaian",
        "Ditahan",
        "Kunjungan",
        "IKM",
        "Batas bawah",
        "Batas atas",
        "Mutu",
    )
    return Sheet("Loket", columns, tuple(_overview_row(line) for line in lines))


def counter_sheets(chosen: Filters, view: CounterView) -> list[Sheet]:
    """Elements, weeks and officers of one counter, and what they are about."""
    about: tuple[tuple[Cell, ...], ...] = (
        ("Loket", view.line.name),
        ("Dari", chosen.period.first.isoformat()),
        ("Sampai", chosen.period.last.isoformat()),
        ("Penilaian", view.line.n),
        ("Sebagian terisi", view.partial),
        ("Menyebut petugas lain", view.another),
    )
    return [
        _element_sheet(view),
        _trend_sheet(view),
        _officer_sheet(view),
        Sheet("Keterangan", ("Hal", "Isi"), about),
    ]


def _element_sheet(view: CounterView) -> Sheet:
    columns = ("Unsur", "Jenis", "Jawaban", "1", "2", "3", "4", "Rata-rata", "Bawah", "Atas")
    rows = tuple(
        (
            line.element.unsur,
            line.element.about,
            *_counts(line.counts),
            *_mean(line.mean, scale=1),
        )
        for line in view.elements
    )
    return Sheet("Unsur", columns, rows)


def _trend_sheet(view: CounterView) -> Sheet:
    columns = ("Minggu mulai", "Penilaian lengkap", "IKM", "Batas bawah", "Batas atas")
    rows = tuple(
        (point.week.first.isoformat(), _shown_n(point.mean), *_mean(point.mean))
        for point in view.line.trend
    )
    return Sheet("Tren mingguan", columns, rows)


def _officer_sheet(view: CounterView) -> Sheet:
    columns = ("Petugas", "Penilaian", "Rata-rata", "Bawah", "Atas", "Keterangan")
    note = "" if view.is_verified else "belum terverifikasi (poster)"
    rows = tuple(
        (line.name, _shown_n(line.mean), *_mean(line.mean, scale=1), note) for line in view.officers
    )
    return Sheet("Petugas", columns, rows)


def _overview_row(line: CounterLine) -> tuple[Cell, ...]:
    index = line.index if isinstance(line.index, Index) else None
    return (
        line.code,
        line.name,
        line.n,
        line.held,
        line.visits,
        index.ikm if index else None,
        *_mean(line.interval)[1:],
        index.mutu if index else None,
    )


def _counts(counts: tuple[int, ...] | TooFew) -> tuple[Cell, ...]:
    if isinstance(counts, TooFew):
        return (None,) * 5
    return (sum(counts), *counts)


def _mean(mean: Mean | TooFew, *, scale: int = POINTS_TO_INDEX) -> tuple[Cell, Cell, Cell]:
    if isinstance(mean, TooFew):
        return (None, None, None)
    return (scale * mean.mean, scale * mean.low, scale * mean.high)


def _shown_n(mean: Mean | TooFew) -> int | None:
    return mean.n if isinstance(mean, Mean) else None


def hours_sheet(lines: Iterable[HoursLine]) -> Sheet:
    """One row an officer: JP of the year against the bound."""
    columns = ("Nama", "Status ASN", "JP", "Batas", "Arti batas", "Terpenuhi", "JP tidak diketahui")
    rows = tuple(
        (
            line.name,
            line.employment,
            line.hours.jp,
            line.hours.bound,
            "paling sedikit" if line.hours.is_floor else "paling banyak",
            "ya" if line.hours.is_met else "tidak",
            line.unknown,
        )
        for line in lines
    )
    return Sheet("JP", columns, rows)
