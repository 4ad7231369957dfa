"""Ask for a comment to be masked: a case for two people from outside the unit, no deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.cases import LEAST_REASON, MOST_REASON
from feedback_app.domain.disclosure import Batch
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.holding import new_case
from feedback_app.services.counters.page import batches_of
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import cases, places
from feedback_app.storage.queries import counters as queries


@dataclass(frozen=True, slots=True)
class ShownBatch:
    """A batch of comments as on a counter's page, and which of them were asked for already."""

    counter: str
    code: str
    first: date
    last: date
    comments: tuple[tuple[str, bool], ...]


def shown_batch(site: Site, viewer: Viewer, code: str, *, month: str) -> ShownBatch:
    """The batch that ends in this month (YYYY-MM); NotThereError for any other."""
    with site.db.read() as session:
        counter = _counter(session, viewer, code)
        batch = _batch(site, session, counter, month)
        asked = cases.asked_about(session, batch.comment_ids)
        comments = zip(batch.texts, batch.comment_ids, strict=True)
        return ShownBatch(
            counter=counter.name,
            code=code,
            first=batch.first,
            last=batch.last,
            comments=tuple((text, comment_id in asked) for text, comment_id in comments),
        )


def ask_to_mask(
    site: Site, viewer: Viewer, code: str, *, month: str, place: int | None, reason: str
) -> None:
    """Open the case of the comment at that place, from 1.

    The comment stays as it is until two people hold that it be masked.
    """
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= MOST_REASON or "\x00" in reason:
        raise FieldFaultError("reason", "Tulis alasan, 10 sampai 500 huruf.")
    with site.db.transaction() as tx:
        counter = _counter(tx, viewer, code)
        places.hold_counter(tx, counter.id)  # one at a time: nothing is asked for twice
        batch = _batch(site, tx, counter, month)
        if place is None or not 1 <= place <= len(batch.comment_ids):
            raise FieldFaultError("place", "Pilih satu saran.")
        comment_id = batch.comment_ids[place - 1]
        if cases.asked_about(tx, [comment_id]):
            raise FieldFaultError("place", "Saran ini sudah diajukan.")
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
        case.comment_id, case.size = comment_id, 1
        log_act(tx, site, viewer, "ask_mask", f"{code} {month}")


def _counter(session: Session, viewer: Viewer, code: str) -> Counter:
    counter = queries.counter_in_units(session, code, viewer.unit_ids)
    if counter is None:
        raise NotThereError
    return counter


def _batch(site: Site, session: Session, counter: Counter, month: str) -> Batch:
    for batch in batches_of(site, session, counter.id):
        if batch.last.strftime("%Y-%m") == month:
            return batch
    raise NotThereError
