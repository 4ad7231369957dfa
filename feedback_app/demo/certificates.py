"""Certificates of the demo's officer, one of them withdrawn, and the criteria that came before.

The made-up answers come through the poster, which proves no visit and earns nothing: so these two
are written as the pages would have written them where visits are proven.
"""

from __future__ import annotations

import secrets
from datetime import date, time, timedelta

from feedback_app.demo.office import OFFICERS, ROOM_OWNER
from feedback_app.demo.people import Event
from feedback_app.demo.places import Places
from feedback_app.domain.appeals import published_on
from feedback_app.domain.certificates import half_of
from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.officer.certificates import publish_rule
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.queries.certificates import rules_of

LEVEL = 3.3
BEFORE = timedelta(days=900)  # the criteria, before the older half-year begins
MEANS = (3.41, 3.36)  # of the newest half-year that is out, and of the one before
FORMS = 371


def criteria_event(hr: Viewer, *, last: date) -> Event:
    """HR publishes the criteria."""
    at = local_instant(last - BEFORE, time(9))
    return Event(at, lambda site: publish_rule(site, hr, level=LEVEL))


def add_certificates(site: Site, places: Places, *, last: date) -> None:
    """A certificate that stands, and an older one that an appeal has withdrawn."""
    newest = half_of(half_of(last).first)  # as the newest of all may not be out yet
    older = half_of(newest.first)
    with site.db.transaction() as tx:
        for half, mean in zip((newest, older), MEANS, strict=True):
            _add(tx, places, half.first, half.last, mean, is_withdrawn=half is older)


def _add(
    tx: Session, places: Places, first: date, last: date, mean: float, *, is_withdrawn: bool
) -> None:
    out = published_on(half_of(last + timedelta(days=1)))
    row = {
        "agency_id": places.agency_id,
        "officer_id": places.officers[ROOM_OWNER],
        "rule_id": rules_of(tx, places.agency_id)[0].id,
        "number": f"{out.year}/0001",
        "check_code": secrets.token_hex(9).upper(),
        "name": OFFICERS[ROOM_OWNER][0],
        "first_day": first,
        "last_day": last,
        "issued_on": out,
        "ground": "level",
        "n": FORMS,
        "mean": mean,
        "low": mean - 0.07,
        "high": mean + 0.07,
        "reliability": 0.78,
        "withdrawn_at": local_instant(out + timedelta(days=20), time(10)) if is_withdrawn else None,
    }
    bulk.add_rows(tx, "certificate", [row])
