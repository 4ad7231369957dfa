"""What people tick most under low answers: officer, process or place. Only needs read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import get_args

from feedback_app.domain.causes import OF_ELEMENT
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.needs import CauseLevel, Level
from feedback_app.services.needs.span import Span
from feedback_app.storage.db import Session
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import needs as queries

LEAST = 10  # ticks; fewer say nothing (and are told nowhere else either)
LEVELS: tuple[CauseLevel, ...] = get_args(CauseLevel)

Place = tuple[Level, str, str]  # level, ref as in the panel, item


def cause_levels(session: Session, *, agency_id: int, span: Span) -> dict[Place, CauseLevel]:
    """The level that more than half of the ticks name, of each officer, counter, unit and item."""
    level_of = {(c.element, c.key): c.level for own in OF_ELEMENT.values() for c in own}
    owners = joins.owners_on(session, span.last)
    units = queries.unit_of_counter(session, agency_id=agency_id)
    ticks: dict[Place, Counter[str]] = {}
    rows = queries.causes_by_officer(
        session, agency_id=agency_id, items=OFFICER_KEYS, days=(span.first, span.last)
    )
    for officer_id, counter_id, item, cause, n in rows:
        level = level_of.get((item, cause))
        if level is None or counter_id not in units:
            continue
        places: tuple[Place, ...] = (
            ("officer", str(owners.get(officer_id, officer_id)), item),
            ("counter", str(counter_id), item),
            ("unit", str(units[counter_id]), item),
        )
        for place in places:
            ticks.setdefault(place, Counter())[level] += n
    return _most(ticks)


def _most(ticks: Mapping[Place, Counter[str]]) -> dict[Place, CauseLevel]:
    return {
        place: level
        for place, own in ticks.items()
        for level in LEVELS
        if own.total() >= LEAST and 2 * own[level] > own.total()
    }
