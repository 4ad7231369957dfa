"""Happenings straight into the register."""

from __future__ import annotations

from datetime import date

from feedback_app.services.site import Site
from feedback_app.storage.queries.happenings import add_happening
from tests.ground.office import Office


def add_told(
    site: Site,
    office: Office,
    *,
    counter: str,
    kind: str,
    first: date,
    last: date | None,
    words: str,
) -> int:
    """What somebody told of a counter of unit A, or of the whole unit (`counter` "")."""
    values = {
        "agency_id": office.agency_id,
        "unit_id": office.unit["A"],
        "counter_id": office.counter[counter] if counter else None,
        "kind": kind,
        "first_day": first,
        "last_day": last,
        "words": words,
        "recorded_by": None,
        "recorded_at": site.now(),
        "replaces_id": None,
    }
    with site.db.transaction() as tx:
        return add_happening(tx, values)
