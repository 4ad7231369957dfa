"""What happened at counters, beside a case or a study of the same days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.happenings import Happening, at_counter
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case
from feedback_app.storage.queries.counters import counters_of_agency
from feedback_app.storage.queries.happenings import happenings_between
from feedback_app.storage.queries.officer_room import counter_names


@dataclass(frozen=True, slots=True)
class Beside:
    """One happening; `place` is the counter's name, "" for a whole unit."""

    happening: Happening
    place: str


def beside_case(session: Session, case: Case) -> tuple[Beside, ...]:
    """What happened on the case's days at its counter, or, where it names none, in its unit."""
    found = happenings_between(session, [case.unit_id], first=case.first_day, last=case.last_day)
    if case.counter_id is not None:
        found = at_counter(found, counter_id=case.counter_id, unit_id=case.unit_id)
    return _with_places(session, found, agency_id=case.agency_id)


def beside_days(
    session: Session, unit_ids: Collection[int], *, agency_id: int, first: date, last: date
) -> tuple[Beside, ...]:
    """What happened at any counter of these units, newest first."""
    found = happenings_between(session, unit_ids, first=first, last=last)
    return _with_places(session, found, agency_id=agency_id)


def _with_places(
    session: Session, found: Sequence[Happening], *, agency_id: int
) -> tuple[Beside, ...]:
    ids = [one.counter_id for one in found if one.counter_id is not None]
    names = counter_names(session, ids) | counters_of_agency(session, agency_id) if ids else {}
    return tuple(Beside(one, names.get(one.counter_id or 0, "")) for one in found)
