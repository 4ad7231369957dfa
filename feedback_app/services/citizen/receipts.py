"""What whoever holds a receipt may ask: whether the rating counts and when results come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.codes import receipt_is_well_formed
from feedback_app.domain.receipts import (
    Cause,
    NoteStanding,
    Standing,
    cause_of,
    note_standing_of,
    standing_of,
)
from feedback_app.domain.survey import Span, title
from feedback_app.services.citizen.mended import newest_mended
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import notes
from feedback_app.storage.queries import ratings as queries

KIOSK_SHOWS_RECEIPT = timedelta(seconds=30)  # 20 on the page, and a slow network


@dataclass(frozen=True, slots=True)
class RunningSurvey:
    """The open survey an answer belongs to, and its last day."""

    title: tuple[str, str]
    last_day: date


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt page may say: never the answers, and no hour.

    `is_note` is of what came without a rating.
    `survey` is None when none of the unit's open surveys covers the answer's day, or its last day
    is over. `cause` and `until` are of an answer that two people look at first.
    """

    code: str
    is_note: bool
    standing: Standing | NoteStanding
    cause: Cause
    until: date | None
    counter: str
    unit: str
    unit_code: str
    agency_code: str
    survey: RunningSurvey | None
    is_demo: bool
    mended: str  # what was mended last because of answers, '' for nothing yet


def receipt_of(site: Site, code: str) -> Receipt | None:
    """A received rating; None when unknown or older than the screening period."""
    if not receipt_is_well_formed(code):
        return None
    with site.db.read() as session:
        found = queries.receipted(session, code)
        if found is None:
            return _of_note(session, code)
        case = queries.case_of_held(session, found.rating_id) if found.state == "held" else None
        return Receipt(
            code=code,
            is_note=False,
            standing=standing_of(
                found.state,
                official=found.official,
                names_officer=found.names_officer,
                for_officer=found.for_officer,
            ),
            cause=cause_of(case[0] if case else ""),
            until=case[1] if case else None,
            counter=found.counter.name,
            unit=found.unit.name,
            unit_code=found.unit.code,
            agency_code=found.agency.code,
            survey=_running(session, found.unit.id, found.day, today=site.today()),
            is_demo=found.agency.is_demo,
            mended=newest_mended(session, found.unit.id),
        )


def _of_note(session: Session, code: str) -> Receipt | None:
    found = notes.receipted_note(session, code)
    if found is None:
        return None
    return Receipt(
        code=code,
        is_note=True,
        standing=note_standing_of(found.state, rules=found.rules),
        cause=cause_of(found.rules),
        until=found.due_on,
        counter=found.counter.name,
        unit=found.unit.name,
        unit_code=found.unit.code,
        agency_code=found.agency.code,
        survey=None,
        is_demo=found.agency.is_demo,
        mended=newest_mended(session, found.unit.id),
    )


def receipt_just_given(site: Site, code: str) -> Receipt | None:
    """The same within the seconds that a kiosk shows it; None ever after."""
    found = receipt_of(site, code)
    if found is None:
        return None
    with site.db.read() as session:
        came = notes.receipted_note(session, code) if found.is_note else None
        arrived = came.received_at if came else queries.arrival_of_receipt(session, code)
    is_fresh = arrived is not None and site.now() - arrived <= KIOSK_SHOWS_RECEIPT
    return found if is_fresh else None


def _running(session: Session, unit_id: int, day: date, *, today: date) -> RunningSurvey | None:
    """The first to end of the open surveys with this day."""
    for first, last in queries.open_survey_days(session, unit_id, day):
        if last >= today:
            return RunningSurvey(title(Span(first, last)), last)
    return None
