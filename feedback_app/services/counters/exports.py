"""Turn what a page shows into files: the same numbers, hidden where the page hides them."""

from __future__ import annotations

from feedback_app.domain.disclosure import Answers, Band, Score
from feedback_app.domain.disclosure.parts import SERVICE_KEYS
from feedback_app.domain.elements import element
from feedback_app.domain.interval import Mean
from feedback_app.domain.periods import Period
from feedback_app.domain.skm import CONVERSION, TooFew
from feedback_app.files.exports import Cell, Sheet
from feedback_app.services.counters.dashboard import CounterLine
from feedback_app.services.counters.page import CounterView

ABOUT = {"officer": "petugas", "process": "proses", "premises": "tempat", "unit": "unit"}
UNTIL_MONTH = "Tampil setelah satu bulan selesai dan memuat sedikitnya 10 formulir lengkap."
UNTIL_QUARTER = "Tampil seminggu setelah sebuah triwulan selesai."


def overview_sheet(lines: list[CounterLine]) -> Sheet:
    """One row a counter."""
    columns = (
        "Loket",
        "Nama",
        "Penilaian",
        "Ditahan",
        "Dikesampingkan",
        "Kunjungan",
        "IKM dari",
        "IKM sampai",
        "Formulir lengkap",
        "IKM",
        "Batas bawah",
        "Batas atas",
        "Mutu",
    )
    return Sheet("Loket", columns, tuple(_overview_row(line) for line in lines))


def counter_sheets(view: CounterView) -> list[Sheet]:
    """Elements, weeks, services and causes of one counter, and what they are about."""
    return [
        _element_sheet(view),
        _trend_sheet(view),
        _service_sheet(view),
        _cause_sheet(view),
        _fact_sheet(view),
    ]


def overview_about(chosen: Period) -> list[tuple[str, Cell]]:
    """What the overview's file is about."""
    return [
        ("Isi", "Loket unit Anda"),
        ("Penilaian dari", chosen.first),
        ("Penilaian sampai", chosen.last),
        ("IKM", "Tiap baris menyebut harinya sendiri (IKM dari, IKM sampai); 25 sampai 100."),
    ]


def counter_about(chosen: Period, view: CounterView) -> list[tuple[str, Cell]]:
    """What one counter's file is about, and its figures as a whole."""
    received, score = view.line.received, view.line.score
    found: list[tuple[str, Cell]] = [
        ("Loket", view.line.name),
        ("Penilaian dari", chosen.first),
        ("Penilaian sampai", chosen.last),
        ("Penilaian dihitung", received.counted),
        ("Ditahan", received.held),
        ("Dikesampingkan", received.aside),
        ("Sebagian terisi", received.partial),
    ]
    if isinstance(score, Score):
        found.append(("IKM dari", score.first))
        found.append(("IKM sampai", score.last))
        found.append(("IKM", score.ikm))
        found.append(("IKM batas bawah", CONVERSION * score.mean.low))
        found.append(("IKM batas atas", CONVERSION * score.mean.high))
    if view.months:
        found.append(("Unsur dari", view.months.first))
        found.append(("Unsur sampai", view.months.last))
    if view.quarter:
        found.append(("Triwulan", view.quarter.title[0]))
        found.append(("Triwulan dari", view.quarter.first))
        found.append(("Triwulan sampai", view.quarter.last))
    return found


def _element_sheet(view: CounterView) -> Sheet:
    columns = ("Unsur", "Jenis", "Jawaban", "1", "2", "3", "4", "Rata-rata", "Bawah", "Atas")
    rows = tuple(
        (line.element.unsur, ABOUT[line.element.about], *_answers(line.shown))
        for line in (view.months.lines if view.months else ())
    )
    return Sheet("Unsur", (*columns, "Keterangan"), rows, note=UNTIL_MONTH)


def _trend_sheet(view: CounterView) -> Sheet:
    columns = ("Minggu mulai", "Penilaian lengkap", "IKM", "Batas bawah", "Batas atas")
    rows = tuple(
        (
            point.week.first,
            point.mean.n if isinstance(point.mean, Mean) else None,
            *mean_cells(point.mean),
        )
        for point in view.line.trend
    )
    return Sheet("Tren mingguan", columns, rows)


def _service_sheet(view: CounterView) -> Sheet:
    keys = [element(key).unsur for key in SERVICE_KEYS]
    rows = tuple(
        (
            " + ".join(name for name, _name_en in line.names),
            line.n,
            *(_mean_or_band(part.shown) for part in line.elements),
        )
        for line in (view.quarter.services if view.quarter else ())
    )
    return Sheet("Layanan", ("Layanan", "Formulir lengkap", *keys), rows, note=UNTIL_QUARTER)


def _cause_sheet(view: CounterView) -> Sheet:
    """Shares among the low answers, in tens of percent; months where each of them may be told."""
    months = view.quarter.months if view.quarter else ()
    columns = ("Unsur", "Sebab", "Tingkat", "Jawaban 1 atau 2", "Sekitar persen")
    rows = tuple(
        (
            line.element.unsur,
            share.cause.text,
            share.cause.level,
            line.shown.low,
            share.percent,
            *(share.months or (None,) * len(months)),
        )
        for line in (view.quarter.causes if view.quarter else ())
        for share in line.shown.shares
    )
    return Sheet("Sebab", (*columns, *(f"{month:%Y-%m}" for month in months)), rows)


def _fact_sheet(view: CounterView) -> Sheet:
    rows = tuple(
        (line.fact.question, choice[1], line.shown.n, percent)
        for line in (view.quarter.facts if view.quarter else ())
        for choice, percent in zip(line.fact.choices, line.shown.percents, strict=True)
    )
    return Sheet("Kunjungan", ("Pertanyaan", "Jawaban", "Yang menjawab", "Sekitar persen"), rows)


def _overview_row(line: CounterLine) -> tuple[Cell, ...]:
    received = line.received
    head = (line.code, line.name, received.counted, received.held, received.aside, line.visits)
    score = line.score
    if isinstance(score, TooFew):
        return (*head, *(None,) * 7)
    days = (score.first, score.last, score.n, score.ikm)
    return (*head, *days, *mean_cells(score.mean)[1:], score.mutu)


def _answers(shown: Answers | Band | TooFew) -> tuple[Cell, ...]:
    if isinstance(shown, Answers):
        return (shown.mean.n, *shown.counts, *mean_cells(shown.mean, scale=1), "")
    note = band_words(shown) if isinstance(shown, Band) else "belum cukup"
    return (shown.n if isinstance(shown, Band) else None, *(None,) * 7, note)


def _mean_or_band(shown: Answers | Band | TooFew) -> Cell:
    if isinstance(shown, Answers):
        return shown.mean.mean
    return band_words(shown) if isinstance(shown, Band) else None


def band_words(shown: Band) -> str:
    """A band in a cell."""
    low, high = (f"{end:.1f}".replace(".", ",") for end in (shown.low, shown.high))
    return f"antara {low} dan {high}"


def mean_cells(mean: Mean | TooFew, *, scale: int = CONVERSION) -> tuple[Cell, Cell, Cell]:
    """A mean and its interval."""
    if isinstance(mean, TooFew):
        return (None, None, None)
    return (scale * mean.mean, scale * mean.low, scale * mean.high)
