"""Save a note: a comment or a tick that a citizen sent without rating anything.

It is no rating: no row of answers, no tally, no visit code spent. Its comment is shown in the same
batches as others, its ticks are counted by counter and month; floods of either are held apart.
"""

from __future__ import annotations

from datetime import time, timedelta

from feedback_app.domain.codes import is_stale, receipt_code
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.notes import rules_met
from feedback_app.domain.pace import HALF_HOUR
from feedback_app.services.citizen import holding
from feedback_app.services.citizen.arriving import (
    RECEIPT_PURPOSE,
    Arriving,
    DifferentAnswerError,
    Received,
    StaleFormError,
    Submission,
    device_of,
    device_text,
    patiently,
    text_key,
    token_of,
)
from feedback_app.services.citizen.daily_key import keyed_mark, mark_of_yesterday
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.said_before import Ticks, digests
from feedback_app.services.site import Site
from feedback_app.storage.comments import new_comment_id
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case
from feedback_app.storage.queries import notes, places
from feedback_app.storage.queries import ratings as rating_queries


def submit_note(site: Site, sent: Submission) -> Received:
    """Save a note and return its receipt; sending the same form again returns it too.

    The form may still be sent as a rating afterwards: then it gets a receipt of its own.
    """
    token = token_of(site, sent)
    own = receipt_code(f"note {token.submission_id}", key=site.keys_for(RECEIPT_PURPOSE)[-1])
    received = Received(own, was_at=token.device_id)
    if is_stale(token, now=site.now(), max_age=timedelta(hours=site.settings.form_hours)):
        with site.db.read() as session:
            if not _is_there(session, site, token.submission_id, sent):
                raise StaleFormError
        return received
    place = place_at(site, sent.place_code, at=min(token.opened_at, site.now()))
    digest = digests(site, sent.comment, Ticks(sent.is_pressed, sent.is_charged))[0]
    arriving = Arriving(site, sent, place, token, digest, own)
    patiently(site, lambda tx: _save(tx, arriving))
    return received


def _save(tx: Session, arriving: Arriving) -> None:
    place = arriving.place
    places.hold_counter(tx, place.counter_id)
    arriving = arriving.at_one_instant()
    site, sent, note_id = arriving.site, arriving.sent, arriving.token.submission_id
    if _is_there(tx, site, note_id, sent):
        return
    if rating_queries.is_there(tx, note_id):
        raise DifferentAnswerError  # this form is used up; what else is to say needs a new one
    rules = _rules(tx, arriving)
    case = _case(tx, arriving, rules) if rules and sent.comment else None
    row = {
        "id": note_id,
        "comment_id": new_comment_id() if sent.comment else None,
        "case_id": case.id if case else None,
        "agency_id": place.agency_id,
        "counter_id": place.counter_id,
        "received_at": site.now(),
        "body_digest": arriving.digest,
        "receipt": arriving.receipt,
        "device_key": _mark(arriving),
        "text_key": text_key(site, sent.comment),
        "rules": ",".join(rules),
    }
    notes.add_note(tx, row, sent.comment, day=site.today())
    tell = holding.signal_of_flood if rules else holding.signal
    for kind, is_ticked in (("pressed", sent.is_pressed), ("fee", sent.is_charged)):
        if is_ticked:
            tell(tx, site, place, kind, unit_id=place.unit_id)


def _is_there(session: Session, site: Site, note_id: str, sent: Submission) -> bool:
    """Whether this very note was saved; DifferentAnswerError when another one was."""
    before = notes.note_with(session, note_id)
    if before and before.body_digest not in digests(
        site, sent.comment, Ticks(sent.is_pressed, sent.is_charged)
    ):
        raise DifferentAnswerError
    return before is not None


def _rules(tx: Session, arriving: Arriving) -> tuple[str, ...]:
    """Why it is looked at first; nothing where it stands as it came."""
    site, sent, place = arriving.site, arriving.sent, arriving.place
    device = device_of(tx, arriving)
    yesterday = mark_of_yesterday(
        site.settings.instance_dir, today=site.today(), text=device_text(sent)
    )
    others = notes.others_before(
        tx,
        place.counter_id,
        place.unit_id,
        marks=[mark for mark in (_mark(arriving), yesterday) if mark],
        text_key=text_key(site, sent.comment),
        midnight=local_instant(site.today(), time.min),
        half_an_hour_ago=site.now() - HALF_HOUR,
    )
    return rules_met(
        others,
        is_kiosk=device == "kiosk",
        is_revoked_device=bool(arriving.token.device_id) and device is None,
        from_staff_browser=sent.from_staff_browser,
    )


def _mark(arriving: Arriving) -> str:
    site = arriving.site
    text = device_text(arriving.sent)
    return keyed_mark(site.settings.instance_dir, today=site.today(), text=text)


def _case(tx: Session, arriving: Arriving, rules: tuple[str, ...]) -> Case:
    """The open case of these rules and day that nobody has looked at, or a new one."""
    place, site = arriving.place, arriving.site
    case = holding.case_of_day(
        tx, site, place, kind="note", rules=",".join(rules), unit_id=place.unit_id
    )
    case.size += 1
    case.last_day = max(case.last_day, site.today())
    return case
