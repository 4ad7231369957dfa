"""Whose room it is: the officer behind the viewer's account, and that officer's batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from feedback_app.domain.appeals import AppealClass, Made
from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.local_time import local_day
from feedback_app.domain.survey import Span, quarter_from
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.officer.figures import OfficerBatch, own_batches
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Officer
from feedback_app.storage.queries import officer_room


def own_officer(session: Session, viewer: Viewer) -> Officer:
    """The viewer's own officer; NotThereError when the account has none."""
    officer = officer_room.officer_of(session, viewer.officer_id, viewer.agency_id)
    if officer is None:
        raise NotThereError
    return officer


def batches_of_viewer(site: Site, viewer: Viewer) -> tuple[OfficerBatch, ...]:
    """The closed quarters of the viewer's own officer, newest first."""
    with site.db.read() as session:
        officer_id = own_officer(session, viewer).id
    return own_batches(site, officer_id)


def batch_keyed(batches: Sequence[OfficerBatch], key: str) -> OfficerBatch:
    """The batch of this key, such as 2026-t3; NotThereError for any other."""
    for batch in batches:
        if batch.key == key:
            return batch
    raise NotThereError


def span_of_batch(batch: OfficerBatch) -> Span:
    """The calendar quarter of a batch; its blocks may begin some days before."""
    return quarter_from(quarter_start(batch.last))


def class_of(case: Case) -> AppealClass:
    """The class that an appeal's case is about."""
    kept = case.detail["about"]
    span = Span(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))
    return AppealClass(span, kept["kind"], kept["value"])


def appeals_made(session: Session, cases: Sequence[Case]) -> list[Made]:
    """What the rules of appeals ask of these cases, in their order."""
    removed = officer_room.removed_by_case(session, [case.id for case in cases])
    return [
        Made(
            what=class_of(case),
            round=int(case.detail["round"]),
            closed_on=None if case.closed_at is None else local_day(case.closed_at),
            outcome=case.outcome,
            removed=removed.get(case.id, 0),
        )
        for case in cases
    ]
