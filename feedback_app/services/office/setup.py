"""Getting an office live: what is there, what is missing, its agency and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from feedback_app.domain.faults import ReadableError
from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.queries import agencies
from feedback_app.storage.queries.past_changes import past_changes


class SetupFaultError(ReadableError):
    """Something typed cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit: its identifier, code and name."""

    unit_id: int
    code: str
    name: str


def progress(site: Site, viewer: Viewer) -> Mapping[str, int]:
    """How many units, services, counters, officers, shifts ahead, accounts, ratings there are."""
    today = local_instant(site.today(), time.min)
    with site.db.read() as session:
        counts = agencies.row_counts(
            session, viewer.agency_id, shifts_from=today, shifts_to=today + timedelta(days=7)
        )
        return counts | {"ratings": _ratings(site, session, viewer.agency_id)}


def _ratings(site: Site, session: Session, agency_id: int) -> int:
    """Answers of days that are over are counted once a day, and again when these change."""
    over = site.today() - timedelta(days=2)
    asked = partial(agencies.ratings_of_days, session, agency_id)
    question = ("ratings", agency_id, over, past_changes(session))
    before = site.closed.get(question, lambda: asked(first=date.min, last=over))
    return before + asked(first=over + timedelta(days=1), last=date.max)


def is_complete(counts: Mapping[str, int]) -> bool:
    """Whether an office that counts so has all that it needs, and was rated once.

    An account of an admin alone is none: without a supervisor nobody reads what citizens say.
    """
    needed = ("units", "services", "counters", "officers", "shifts_ever", "colleagues", "ratings")
    return all(counts[name] for name in needed)


def unit_lines(site: Site, viewer: Viewer) -> list[UnitLine]:
    """The agency's units, by name."""
    with site.db.read() as session:
        found = agencies.units_of(session, viewer.agency_id)
    return [UnitLine(unit_id=row.id, code=row.code, name=row.name) for row in found]


def agency_for(site: Site, *, code: str, name: str) -> int:
    """The agency of this code, made when it is new."""
    with site.db.transaction() as tx:
        found = agencies.agency_with_code(tx, code)
        if found is not None:
            return found.id
        return bulk.add_rows(tx, "agency", [{"code": code, "name": name, "is_demo": False}])[0]


def units_named(site: Site, agency_id: int, codes: Sequence[str]) -> frozenset[int]:
    """The agency's units of these codes; SetupFaultError when one is unknown."""
    with site.db.read() as session:
        known = {row.code: row.id for row in agencies.units_of(session, agency_id)}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise SetupFaultError("Tidak ada unit dengan kode %(codes)s.", codes=", ".join(unknown))
    return frozenset(known[code] for code in codes)
