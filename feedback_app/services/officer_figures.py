"""One officer's figures in closed batches: own progress, and the unit beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.elements import ELEMENTS, Element
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.officer_batches import Band, Span, batch_spans, told
from feedback_app.domain.shrinkage import Comparison, Level, compare, level_of
from feedback_app.domain.skm import TooFew
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer
from feedback_app.storage.queries import officer_room
from feedback_app.storage.queries.tallies import Sums

OFFICER_ITEMS = tuple(item for item in ELEMENTS if item.about == "officer")

Told = Mean | Band | TooFew


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One officer item's mean in a batch."""

    element: Element
    mean: Told


@dataclass(frozen=True, slots=True)
class OfficerBatch:
    """A closed batch: n answers, the four items and their mean, and the unit's comparison."""

    span: Span
    n: int
    mean: Told
    items: tuple[ItemLine, ...]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """Closed batches, oldest first, and how many answers wait for the next one."""

    batches: tuple[OfficerBatch, ...]
    waiting: TooFew


def closed_batches(session: Session, officer: Officer, *, today: date) -> OfficerFigures:
    """Everything about one officer that may be shown today."""
    by_month = officer_room.answers_by_month(session, officer.id)
    spans = batch_spans(by_month, today=today)
    colleagues = officer_room.colleagues_of(session, officer)
    batches = []
    for span in spans.closed:
        sums = officer_room.sums_of_officers(
            session, [officer.id, *colleagues], first=span.first, last=span.last_day
        )
        batches.append(_batch(span, officer.id, sums))
    return OfficerFigures(tuple(batches), TooFew(n=spans.waiting, needed=MIN_GROUP))


def _batch(span: Span, officer_id: int, sums: Mapping[int, Sums]) -> OfficerBatch:
    own = sums[officer_id]
    mean = mean_of_sums(
        own["officer_n"],
        own["officer_total"],
        own["officer_squares"],
        items=len(OFFICER_ITEMS),
        at_least=MIN_GROUP,
    )
    alike = own["officer_squares"] * own["officer_n"] == own["officer_total"] ** 2
    shown = mean if isinstance(mean, TooFew) else told(mean, None, is_alike=alike)
    others = [
        _level(line)
        for other, line in sums.items()
        if other != officer_id and line["officer_n"] >= MIN_GROUP
    ]
    return OfficerBatch(
        span=span,
        n=own["n"],
        mean=shown,
        items=tuple(_item(item, own) for item in OFFICER_ITEMS),
        comparison=compare(_level(own), others) if isinstance(shown, Mean) else None,
    )


def _level(sums: Sums) -> Level:
    return level_of(
        sums["officer_n"],
        sums["officer_total"],
        sums["officer_squares"],
        items=len(OFFICER_ITEMS),
    )


def _item(item: Element, sums: Sums) -> ItemLine:
    counts = tuple(sums[f"{item.key}_{value}"] for value in (1, 2, 3, 4))
    mean = mean_of_counts(counts, at_least=MIN_GROUP)
    return ItemLine(item, mean if isinstance(mean, TooFew) else told(mean, counts, is_alike=False))
