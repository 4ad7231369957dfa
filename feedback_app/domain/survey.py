"""Survey periods: their bounds, their names, and which of them may stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.texts import Words, filled

# kind -> (Indonesian, English); a provider surveys at least once a year (PermenPANRB 14/2017 Ps 1)
PERIOD_KINDS = {
    "quarter": ("Triwulan", "Quarter"),
    "semester": ("Semester", "Semester"),
    "year": ("Tahun", "Year"),
}
_MONTHS_OF = {"quarter": 3, "semester": 6, "year": 12}
_ROMAN = ("I", "II", "III", "IV")
# What the population of Krejcie and Morgan's table means differs by office: chosen, and kept.
POPULATION_MEANINGS = {
    "month": ("kunjungan sebulan", "visits of a month"),
    "period": ("kunjungan selama periode survei", "visits of the survey period"),
    "year": ("kunjungan setahun", "visits of a year"),
}
# Which forms enter the index; kept with each survey so that an old report can be made again.
FORM_RULES = {
    "complete": (
        "hanya formulir yang kesembilan unsurnya terisi",
        "only forms with all nine elements answered",
    ),
}
# Agencies number Sarana and Pengaduan 8/9 or 9/8; everything is kept and compared by key.
ELEMENT_ORDERS = {
    "sarana_8": OFFICIAL_KEYS,
    "pengaduan_8": (*OFFICIAL_KEYS[:7], "pengaduan", "sarana"),
}
FIRST_YEAR = 2017  # the nine elements of PermenPANRB 14/2017: earlier surveys cannot be compared
MONTHS = (
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first to the last local day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def overlaps(self, other: Span) -> bool:
        """Whether a day belongs to both."""
        return self.first <= other.last and other.first <= self.last

    def holds(self, other: Span) -> bool:
        """Whether every day of the other is in this one."""
        return self.first <= other.first and other.last <= self.last


def span_of(kind: str, *, year: int, part: int) -> Span:
    """A quarter, semester or year; `part` counts from 1 and is 1 for a year."""
    months = _MONTHS_OF[kind]
    if not 1 <= part <= 12 // months:
        raise ValueError(f"there is no part {part} of a {kind}")
    first = date(year, (part - 1) * months + 1, 1)
    after = first.replace(year=year + 1, month=1) if part * months == 12 else None
    after = after or first.replace(month=part * months + 1)
    return Span(first, after - timedelta(days=1))


def quarter_from(starts: date) -> Span:
    """The calendar quarter that begins on this day."""
    return span_of("quarter", year=starts.year, part=(starts.month + 2) // 3)


def kind_of(span: Span) -> str:
    """The kind whose bounds these are, or 'free'."""
    for kind, months in _MONTHS_OF.items():
        part = (span.first.month - 1) // months + 1
        if span_of(kind, year=span.first.year, part=part) == span:
            return kind
    return "free"


def title(span: Span) -> Words:
    """Triwulan IV 2026, Semester II 2026, Tahun 2026, or the days."""
    kind, year = kind_of(span), span.first.year
    if kind == "free":
        return day_words(span)
    if kind == "year":
        return filled(("Tahun %(year)s", "Year %(year)s"), year=year)
    part = (span.first.month - 1) // _MONTHS_OF[kind]
    indonesian, english = PERIOD_KINDS[kind]
    return f"{indonesian} {_ROMAN[part]} {year}", f"{english} {part + 1}, {year}"


def short_title(span: Span) -> str:
    """For an axis: IV/2026, S2/2026, 2026, 10/2026."""
    kind, year = kind_of(span), span.first.year
    if kind == "year":
        return str(year)
    if kind == "free":
        return f"{span.first.month:02d}/{year}"
    part = (span.first.month - 1) // _MONTHS_OF[kind]
    return f"{_ROMAN[part]}/{year}" if kind == "quarter" else f"S{part + 1}/{year}"


def day_words(span: Span) -> Words:
    """1 Oktober – 31 Desember 2026."""

    def words(place: int) -> str:
        def day(at: date, *, with_year: bool) -> str:
            year = f" {at.year}" if with_year else ""
            return f"{at.day} {MONTHS[at.month - 1][place]}{year}"

        is_one_year = span.first.year == span.last.year
        if span.first == span.last:
            return day(span.first, with_year=True)
        return f"{day(span.first, with_year=not is_one_year)} – {day(span.last, with_year=True)}"

    return words(0), words(1)


def slug(span: Span) -> str:
    """For an address: 2026-t4, 2026-s2, 2026, or 2026-10-01_2026-11-15."""
    kind, year = kind_of(span), span.first.year
    if kind == "year":
        return str(year)
    if kind == "free":
        return f"{span.first.isoformat()}_{span.last.isoformat()}"
    part = (span.first.month - 1) // _MONTHS_OF[kind] + 1
    return f"{year}-{'t' if kind == 'quarter' else 's'}{part}"


def parts_of(whole: Span, others: Iterable[Span]) -> tuple[Span, ...]:
    """The smallest spans among `others` that lie within the whole and are not the whole."""
    within = {other for other in others if whole.holds(other) and other != whole}
    atoms = (a for a in within if not any(a.holds(b) and a != b for b in within))
    return tuple(sorted(atoms))


def clash(new: Span, others: Sequence[Span]) -> Span | None:
    """The survey that a new one would cut; None when both may stand.

    Two results that share some days could be taken from each other until a few people are left.
    So a new period shares no day with another, or is made of whole ones (a year of four quarters).
    """
    atoms = [a for a in others if not any(a.holds(b) and a != b for b in others)]
    touched = sorted(atom for atom in atoms if atom.overlaps(new))
    if not touched:
        return None
    outside = next((atom for atom in touched if not new.holds(atom)), None)
    if outside is not None:
        return outside
    if new in others:
        return new
    return None if sum(atom.days for atom in touched) == new.days else touched[0]


def usual_spans(today: date) -> dict[str, list[Span]]:
    """Periods an office is likely to survey: this year's and the last two years', newest first."""
    years = range(today.year, max(today.year - 3, FIRST_YEAR - 1), -1)
    return {
        kind: [
            span_of(kind, year=year, part=part)
            for year in years
            for part in range(12 // months, 0, -1)
            if span_of(kind, year=year, part=part).first <= today + timedelta(days=31)
        ]
        for kind, months in _MONTHS_OF.items()
    }
