"""Appeals of officers: against a class of ratings, never a single one; once more when rejected.

A class is a closed batch (a quarter) as a whole, one tier or one counter within it, or one of its
days on which the roster shows the officer absent. Taking a class away must not tell by subtraction
what its answers were: in each unit that shows the officer (ten complete forms or more) it takes
none or ten of them, and leaves none or ten; forms that stopped early are no longer shown where it
takes few of those. The absent day is the exception: it may be small, its size is never shown, and
a batch from which one was taken shows its officer no figures any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.disclosure.blocks import PARTS_DELAY
from feedback_app.domain.form_sets import COMPLETE
from feedback_app.domain.survey import Span, slug

DAYS_TO_APPEAL = timedelta(days=14)
LONGEST_TEXT = 1000

# kind -> (Indonesian, English)
KINDS = {
    "batch": ("Seluruh periode", "The whole batch"),
    "tier": ("Satu cara masuk", "One way in"),
    "counter": ("Satu loket", "One counter"),
    "day": ("Satu hari saya tidak bertugas", "One day I was not on duty"),
}
# key -> (Indonesian, English)
GROUNDS = {
    "not_me": (
        "Penilaian ini bukan tentang saya (salah penunjukan)",
        "These ratings are not about me (wrong attribution)",
    ),
    "absent": ("Saya tidak bertugas pada hari itu", "I was not on duty that day"),
    "not_genuine": (
        "Ada tanda penilaian tidak berasal dari pengunjung",
        "There are signs that these do not come from applicants",
    ),
    "circumstances": (
        "Gangguan di luar kendali petugas (sistem, listrik, blangko)",
        "A disturbance beyond the officer's control (system, power, forms)",
    ),
    "other": ("Alasan lain", "Another reason"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers that count for the officer, of one day, counter, tier and set of forms."""

    day: date
    unit_id: int
    counter_id: int
    tier: str
    form_set: int
    n: int


@dataclass(frozen=True, slots=True)
class AppealClass:
    """One class within a batch; `value` is '' (batch), a tier, a counter's id or an ISO day."""

    span: Span
    kind: str
    value: str

    @property
    def key(self) -> str:
        """How forms and cases name it, such as 2026-t3:tier:poster."""
        return f"{slug(self.span)}:{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Made:
    """An appeal as far as its rules ask; `removed` counts the answers it took from the officer."""

    what: AppealClass
    round: int  # 1, or 2 for a second review
    closed_on: date | None
    outcome: str | None
    removed: int

    @property
    def key(self) -> str:
        """The key of its class."""
        return self.what.key


@dataclass(frozen=True, slots=True)
class Offer:
    """A class that may be appealed against; `n` is None where it is not told."""

    what: AppealClass
    n: int | None


def published_on(span: Span) -> date:
    """From which day a batch's figures may be seen."""
    return span.last + timedelta(days=1) + PARTS_DELAY


def deadline(span: Span) -> date:
    """The last day on which an appeal against the batch is taken."""
    return published_on(span) + DAYS_TO_APPEAL


def second_deadline(closed_on: date) -> date:
    """The last day on which a rejection can be taken to a second pair."""
    return closed_on + DAYS_TO_APPEAL


def within(cells: Iterable[Cell], span: Span) -> list[Cell]:
    """The cells of a batch's days."""
    return [cell for cell in cells if span.first <= cell.day <= span.last]


def offers(span: Span, cells: Sequence[Cell], *, present: Collection[date]) -> list[Offer]:
    """Classes of a batch that may be appealed against; `cells` are the batch's own.

    `present` are the days on which the roster has the officer anywhere; without any, no roster
    was kept and nobody can be called absent.
    """
    classes = [AppealClass(span, "batch", "")]
    for kind, values in (
        ("tier", {cell.tier for cell in cells}),
        ("counter", {str(cell.counter_id) for cell in cells}),
    ):
        if len(values) > 1:  # else it is the whole batch once more
            classes += [AppealClass(span, kind, value) for value in sorted(values)]
    found = [
        Offer(what, sum(cell.n for cell in cells if holds(what, cell)))
        for what in classes
        if _tells_nobody(what, cells)
    ]
    absent = sorted({cell.day for cell in cells} - set(present)) if present else []
    found += [Offer(AppealClass(span, "day", day.isoformat()), None) for day in absent]
    return found


def _tells_nobody(what: AppealClass, cells: Sequence[Cell]) -> bool:
    if sum(cell.n for cell in cells if holds(what, cell)) < MIN_GROUP:
        return False
    complete = [cell for cell in cells if cell.form_set == COMPLETE]
    for unit_id in {cell.unit_id for cell in complete}:
        here = [cell for cell in complete if cell.unit_id == unit_id]
        total = sum(cell.n for cell in here)
        taken = sum(cell.n for cell in here if holds(what, cell))
        left = total - taken
        if total >= MIN_GROUP and taken and (taken < MIN_GROUP or 0 < left < MIN_GROUP):
            return False
    return True


def apart_from_open(
    found: Sequence[Offer], made: Iterable[Made], cells: Sequence[Cell]
) -> list[Offer]:
    """Offers that share no answer with an appeal that waits: its end would change their sizes."""
    waiting = [one.what for one in made if one.outcome is None]
    return [
        offer
        for offer in found
        if not any(
            holds(offer.what, cell) and holds(what, cell)
            for what in waiting
            if what.span == offer.what.span
            for cell in cells
        )
    ]


def offered(found: Sequence[Offer], key: str) -> AppealClass | None:
    """The class of this key, if it is among those offered."""
    return next((offer.what for offer in found if offer.what.key == key), None)


def holds(what: AppealClass, cell: Cell) -> bool:
    """Whether the class takes in answers of this day, counter and tier."""
    return {
        "batch": True,
        "tier": cell.tier == what.value,
        "counter": str(cell.counter_id) == what.value,
        "day": cell.day.isoformat() == what.value,
    }[what.kind]


def may_open(key: str, made: Sequence[Made], *, span: Span, today: date) -> bool:
    """Whether a first appeal against this class is still taken: in time, and none was made."""
    return today <= deadline(span) and all(one.key != key for one in made)


def may_review(one: Made, made: Sequence[Made], *, today: date) -> bool:
    """Whether a rejected appeal can be taken to a second pair: once, in time."""
    return (
        one.round == 1
        and one.outcome == "rejected"
        and one.closed_on is not None
        and today <= second_deadline(one.closed_on)
        and all(other.key != one.key or other.round == 1 for other in made)
    )


def is_corrected(span: Span, made: Iterable[Made]) -> bool:
    """Whether an upheld appeal changed a batch so little that its figures must be hidden.

    Who knows a batch before and after could subtract what was taken away.
    """
    return any(
        one.outcome == "upheld"
        and one.what.span == span
        and (one.what.kind == "day" or one.removed < MIN_GROUP)
        for one in made
    )
