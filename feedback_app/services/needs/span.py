"""Which days needs are read from; without loading the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from feedback_app.domain.disclosure import months_later
from feedback_app.domain.disclosure.blocks import PARTS_DELAY, quarter_start
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import needs as queries
from feedback_app.storage.queries.past_changes import past_changes

QUARTERS = 5  # the newest and the four before it, with which a unit is compared


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of the closed quarters that needs are read from."""

    first: date
    last: date


def verified_days(site: Site, session: Session, agency_id: int) -> tuple[date, date] | None:
    """First and last day with a counted answer that proves a visit and names its officer.

    Days that are over are looked through once a day, and again when they change.
    """
    over = site.today() - timedelta(days=2)
    asked = partial(queries.verified_days, session, agency_id=agency_id)
    before: tuple[date, ...] = site.closed.get(
        ("verified days", agency_id, over, past_changes(session)),
        lambda: asked(first=date.min, last=over) or (),
    )
    days = (*before, *(asked(first=over + timedelta(days=1), last=date.max) or ()))
    return (min(days), max(days)) if days else None


def closed_span(today: date) -> Span:
    """The five newest quarters that ended a week ago or longer."""
    after = quarter_start(today - PARTS_DELAY)
    return Span(months_later(after, -3 * QUARTERS), after - timedelta(days=1))
