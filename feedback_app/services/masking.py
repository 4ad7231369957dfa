"""Ask for a comment to be masked: a case for two people from outside the unit, no deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.cases import LEAST_REASON, MOST_REASON
from feedback_app.services.accounts import Viewer
from feedback_app.services.acts import log_act
from feedback_app.services.counter_page import batches_of
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.screening import new_case
from feedback_app.services.site import NotThereError, Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import cases, places
from feedback_app.storage.queries import counters as queries


@dataclass(frozen=True, slots=True)
class ShownComment:
    """One comment of a batch on a counter's page, by its place there; whether it was asked for."""

    counter: str
    code: str
    first: date
    last: date
    text: str
    is_asked: bool


def shown_comment(site: Site, viewer: Viewer, code: str, *, month: str, place: int) -> ShownComment:
    """The comment at that place of the batch that ends in this month; NotThereError for another."""
    with site.db.read() as session:
        counter = _counter(session, viewer, code)
        rating_id, shown = _found(site, session, counter, month=month, place=place)
        return ShownComment(
            counter=counter.name,
            code=code,
            first=shown[0],
            last=shown[1],
            text=shown[2],
            is_asked=cases.is_in_case(session, rating_id, kind="text"),
        )


def ask_to_mask(
    site: Site, viewer: Viewer, code: str, *, month: str, place: int, reason: str
) -> None:
    """Open the case; the comment stays as it is until two people hold that it be masked."""
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= MOST_REASON or "\x00" in reason:
        raise FieldFaultError("reason", "Tulis alasan, 10 sampai 500 huruf.")
    with site.db.transaction() as tx:
        counter = _counter(tx, viewer, code)
        places.hold_counter(tx, counter.id)  # one at a time: nothing is asked for twice
        rating_id, _shown = _found(site, tx, counter, month=month, place=place)
        if cases.is_in_case(tx, rating_id, kind="text"):
            raise FieldFaultError("reason", "Saran ini sudah diajukan.")
        case = new_case(
            tx,
            site,
            agency_id=counter.agency_id,
            unit_id=counter.unit_id,
            counter_id=counter.id,
            kind="text",
            rules="",
            at=site.now(),
        )
        case.detail = {"text": reason}
        case.size = cases.add_answers(tx, case, [rating_id])
        log_act(tx, site, viewer, "ask_mask", f"{code} {month}")


def _counter(session: Session, viewer: Viewer, code: str) -> Counter:
    counter = queries.counter_in_units(session, code, viewer.unit_ids)
    if counter is None:
        raise NotThereError
    return counter


def _found(
    site: Site, session: Session, counter: Counter, *, month: str, place: int
) -> tuple[str, tuple[date, date, str]]:
    for batch in batches_of(site, session, counter.id):
        if batch.last.strftime("%Y-%m") == month and 1 <= place <= len(batch.texts):
            at = place - 1
            return batch.rating_ids[at], (batch.first, batch.last, batch.texts[at])
    raise NotThereError
