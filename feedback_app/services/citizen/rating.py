"""Save a citizen's rating: one transaction, acknowledged only after its commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from feedback_app.domain.codes import (
    FormToken,
    is_stale,
    receipt_code,
)
from feedback_app.domain.rating import NewRating
from feedback_app.domain.roster import on_day
from feedback_app.domain.screening import Circumstances
from feedback_app.services.citizen import (
    holding,
    openings,
    quick_rating,
    screening,
    visit_codes,
)
from feedback_app.services.citizen.answer import digests_of, marks_of, rating_of, visit_day_of
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
    token_of,
)
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.citizen.daily_key import mark_of_yesterday
from feedback_app.services.citizen.place import (
    Place,
    place_and_duty,
    shifts_of_day,
)
from feedback_app.services.citizen.said_before import NONE, Ticks, said_before
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.prepared import of_session
from feedback_app.storage.queries import backups, places
from feedback_app.storage.queries import ratings as queries
from feedback_app.storage.queries.place_material import UnitDuty
from feedback_app.storage.queries.screening import OfSession
from feedback_app.storage.queries.visit_codes import Spent
from feedback_app.storage.ratings import AlreadyThereError, add_rating

DISPLAY_PATIENCE = timedelta(minutes=15)  # a display's code is exchanged while standing there


def submit_rating(site: Site, sent: Submission) -> Received:
    """Save the rating and return its receipt; sending the same form again returns it too.

    A visit code is spent, the answer screened and, where a rule says so, held in the same
    transaction. A code that opens nothing never loses the answer: it is kept as the poster's.
    """
    token = token_of(site, sent)
    received = Received(
        receipt_code(token.submission_id, key=site.keys_for(RECEIPT_PURPOSE)[-1]),
        was_at=token.device_id,
    )
    digests = digests_of(site, sent)
    if is_stale(token, now=site.now(), max_age=timedelta(hours=site.settings.form_hours)):
        _must_be_saved(site, token)
        _must_be_the_same(site, token, digests)
        return received
    opened_at = min(token.opened_at, site.now())  # never later than now, whatever its clock said
    place, roster = place_and_duty(site, sent.place_code, at=opened_at)
    token = replace(token, opened_at=opened_at)
    arriving = Arriving(site, sent, place, token, digests[0], received.receipt)
    try:
        _save_patiently(arriving, roster)
    except AlreadyThereError:
        _must_be_the_same(site, token, digests)
    openings.keep(site)
    return received


def _save_patiently(arriving: Arriving, roster: UnitDuty) -> None:
    if quick_rating.is_ordinary(arriving) and quick_rating.is_saved(arriving, roster):
        return
    patiently(arriving.site, partial(_save, arriving=arriving, roster=roster))


def _save(tx: Session, arriving: Arriving, roster: UnitDuty) -> None:
    sent, place = arriving.sent, arriving.place
    places.hold_counter(tx, place.counter_id)
    arriving = arriving.at_one_instant()
    if queries.is_there(tx, arriving.token.submission_id):  # before its code would be spent again
        raise AlreadyThereError
    typist = Typist("form", place.unit_id, sent.network)
    spent = visit_codes.spend(tx, arriving.site, sent.visit, typist, agency_id=place.agency_id)
    device = device_of(tx, arriving)
    tier = _tier_of(tx, arriving, spent, device)
    named = _named_on(tx, place, visit_day_of(arriving, spent))
    rating = rating_of(arriving, spent, tier=tier, named=named)
    marks = marks_of(arriving, rating)
    screened = screening.screen_arrival(
        OfSession(tx),
        place,
        marks.arrival,
        _circumstances(tx, arriving, spent, device),
        roster=roster,
        service_id=rating.service_id,
    )
    if screened.rules:
        rating, marks = replace(rating, state="held"), replace(marks, rules=screened.rules)
    before = said_before(tx, arriving.site, rating.id)
    is_repeated = before is not None and before.comment == sent.comment
    add_rating(of_session(tx), rating, marks, comment="" if is_repeated else sent.comment)
    if screened.rules:
        held = holding.Held(rating, screened)
        holding.hold(tx, arriving.site, held, unit_id=place.unit_id)
    _signal(tx, arriving, rating, before.ticks if before else NONE)


def _signal(tx: Session, arriving: Arriving, rating: NewRating, told: Ticks) -> None:
    """What goes to the inspectorate only, counted apart from the answer; `told` was before."""
    site, sent, place = arriving.site, arriving.sent, arriving.place
    is_charged = sent.is_charged or holding.tells_charge(rating, place.free_services)
    if sent.is_pressed and not told.pressed:
        holding.signal(tx, site, place, "pressed", unit_id=place.unit_id)
    if is_charged and not told.charged:
        holding.signal(tx, site, place, "fee", unit_id=place.unit_id)


def _tier_of(tx: Session, arriving: Arriving, spent: Spent | None, device: str | None) -> str:
    """How the answer came in; a display's form past its time is kept as the poster's.

    It is not asked for again: the phone may only have lost its network. What was handed out before
    the office came back from a copy may have been used already, so it is the poster's too.
    """
    if spent:
        return "poster" if spent.is_restored else "visit"
    if device == "display":
        restored_at = backups.restored_at(tx)
        is_from_before = restored_at is not None and arriving.token.opened_at <= restored_at
        if is_from_before or arriving.age > DISPLAY_PATIENCE:
            return "poster"
    return device or "poster"


def _circumstances(
    tx: Session, arriving: Arriving, spent: Spent | None, device: str | None
) -> Circumstances:
    sent, now = arriving.sent, arriving.site.now()
    return Circumstances(
        says_today=sent.served.on == "today" and spent is None,
        from_staff_browser=sent.from_staff_browser,
        bad_code=sent.visit.is_there
        and spent is None
        and not visit_codes.some_were_lost(tx, now=now),
        revoked_device=bool(arriving.token.device_id) and device is None,
        code_from=spent.valid_from if spent else None,
        called_at=spent.called_at if spent else None,
        queue_calls=bool(spent) and visit_codes.calls_are_told(tx, arriving.place.unit_id, at=now),
        mark_of_yesterday=mark_of_yesterday(
            arriving.site.settings.instance_dir,
            today=arriving.site.today(),
            text=device_text(sent),
        ),
    )


def _named_on(tx: Session, place: Place, visit_day: date | None) -> tuple[int, ...]:
    """Officers whom the answer can be about: those on duty on the day of the visit."""
    if visit_day is None or visit_day in (place.day, place.day_before):
        return place.named_on(visit_day)
    shifts = shifts_of_day(tx, place.counter_id, visit_day)
    return on_day(shifts, counter_id=place.counter_id, day=visit_day)


def _must_be_saved(site: Site, token: FormToken) -> None:
    with site.db.read() as session:
        if not queries.is_there(session, token.submission_id):
            raise StaleFormError


def _must_be_the_same(site: Site, token: FormToken, digests: Sequence[str]) -> None:
    """Nothing is compared once the digest is gone with screening."""
    with site.db.read() as session:
        kept = queries.body_digest_of(session, token.submission_id)
    if kept and kept not in digests:
        raise DifferentAnswerError
