"""A sheet's answer as a rating: held as keyed, put right while it is held, counted with its batch.

It counts once the batch's double entry is finished, under that day: an answer that came to, left or
changed in a day that is over would move figures already shown, and could be subtracted (P19).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time

from feedback_app.domain.causes import under_low_answers
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.paper import Entry, batch_mark, day_of_answer
from feedback_app.domain.rating import NewRating
from feedback_app.domain.roster import COUNTS_FOR_OFFICER, UNKNOWN, Attribution
from feedback_app.domain.screening import Screened
from feedback_app.domain.survey import Span
from feedback_app.domain.tiers import counts_for_officer
from feedback_app.services.citizen import holding, visit_codes
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.citizen.place import shifts_of_day, tiers_for_officers
from feedback_app.services.citizen.said_before import Ticks
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.storage import comments
from feedback_app.storage.db import Session
from feedback_app.storage.models import PaperBatch, PaperSheet
from feedback_app.storage.queries import paper as queries
from feedback_app.storage.queries import places, surveys
from feedback_app.storage.queries.paper import BatchRow
from feedback_app.storage.ratings import add_paper_rating
from feedback_app.storage.verdicts import Change, append_verdicts, standings

LANGUAGE = "id"  # the printed form's
HELD_FOR = ("bad_code",)
# Reasons name the batch, never the sheet: which answer a sheet became is forgotten (ADR 14).
CHECKED = "entri ganda kumpulan kertas {mark} selesai"
UNCHECKED = "entri ganda kumpulan kertas {mark} tidak selesai dalam 14 hari"


def add_answer(
    tx: Session,
    site: Site,
    batch: BatchRow,
    sheet: PaperSheet,
    entry: Entry,
    *,
    visit: visit_codes.Given,
    comment: str,
    ticks: Ticks,
) -> None:
    """Save a sheet's answer, held until its batch is checked, and let the sheet know it.

    A visit code is spent in the same transaction and makes the answer one of the tier `visit`.
    One that opens nothing leaves it on paper, in a case for two people to look at.
    """
    places.hold_counter(tx, entry.counter_id)
    site = site.at_one_instant()
    unit_id = batch.unit.id
    typist = Typist("paper", unit_id)
    spent = visit_codes.spend(tx, site, visit, typist, agency_id=batch.agency.id)
    is_bad = visit.is_there and spent is None
    rating = _rating(tx, site, batch, entry, tier="visit" if spent else "paper")
    words = add_paper_rating(tx, rating, comment=comment, comment_day=site.today())
    sheet.rating_id, sheet.comment_id = rating.id, words
    if is_bad:
        held = holding.Held(rating, Screened(HELD_FOR, frozenset()))
        holding.hold(tx, site, held, unit_id=unit_id)
    _signal(tx, site, rating, ticks, is_free=batch.service.is_free, unit_id=unit_id)


def _signal(
    tx: Session, site: Site, rating: NewRating, ticks: Ticks, *, is_free: bool, unit_id: int
) -> None:
    """What the sheet tells the inspectorate only: counted apart, linked to no answer."""
    if ticks.pressed:
        holding.signal(tx, site, rating, "pressed", unit_id=unit_id)
    if ticks.charged:
        holding.signal(tx, site, rating, "fee", unit_id=unit_id)
    else:
        free = {rating.service_id} if is_free and rating.service_id else set()
        holding.signal_charge(tx, site, rating, free_services=free, unit_id=unit_id)


def replace_answer(
    tx: Session,
    site: Site,
    batch: BatchRow,
    sheet: PaperSheet,
    entry: Entry,
    *,
    comment: str | None,
    reason: str,
) -> None:
    """Set the sheet's answer aside and save the right one, held where the first was held.

    The tier goes over to the new one: keying again gains nothing. `comment` None keeps the words.
    FieldFaultError once the first one is decided about or counted.
    """
    places.hold_counter(tx, entry.counter_id)
    (old,) = standings(tx, [sheet.rating_id or ""])
    if old.state != "held":
        raise FieldFaultError("sheet", "Jawaban lembar ini sudah diputus atau dihitung.")
    rating = _rating(tx, site, batch, entry, tier=old.rating["tier"])
    words = add_paper_rating(
        tx,
        rating,
        comment=comments.text_of(tx, sheet.comment_id) if comment is None else comment,
        comment_day=comments.month_of(tx, sheet.comment_id) or site.today(),
    )
    aside = Change(old.rating["id"], "aside", for_officer=False, counted_on=old.counted_on)
    append_verdicts(tx, [aside], reason=reason, at=_day_only(site), case_id=None)
    queries.put_in_place(tx, old=old.rating["id"], new=rating.id)
    sheet.rating_id, sheet.comment_id = rating.id, words


def is_decided(tx: Session, rating_id: str) -> bool:
    """Whether two people decided about a sheet's answer before its batch was checked."""
    (found,) = standings(tx, [rating_id])
    return found.state != "held"


def count_batch(tx: Session, site: Site, batch: PaperBatch, *, is_checked: bool) -> int:
    """Count the batch's answers that wait for nothing else, from today on; return how many.

    Without a finished check they count for the unit, not for an officer.
    """
    site = site.at_one_instant()
    waiting = queries.uncounted_answers(tx, batch.id)
    changes = [
        Change(row.rating["id"], "counted", row.for_officer and is_checked, site.today())
        for row in standings(tx, waiting)
        if row.state == "held"
    ]
    reason = (CHECKED if is_checked else UNCHECKED).format(mark=batch_mark(batch.number))
    return append_verdicts(tx, changes, reason=reason, at=_day_only(site), case_id=None)


def _day_only(site: Site) -> datetime:
    """An hour would lead from the audit log, which names the sheet, to the answer."""
    return local_instant(site.today(), time.min)


def _day(tx: Session, site: Site, batch: BatchRow, entry: Entry) -> date:
    closed = [
        Span(row.first_day, row.last_day)
        for row in surveys.surveys_of_units(tx, [batch.unit.id])
        if row.closed_at is not None
    ]
    return day_of_answer(entry.visited_on, today=site.today(), closed=closed)


def rostered(session: Session, counter_id: int, day: date) -> dict[int, str]:
    """Who was on duty at a counter on a day: display names by officer, by name."""
    shifts = shifts_of_day(session, counter_id, day)
    names = places.display_names(session, sorted({shift.officer_id for shift in shifts}))
    return dict(sorted(names.items(), key=lambda item: (item[1], item[0])))


def _rating(tx: Session, site: Site, batch: BatchRow, entry: Entry, *, tier: str) -> NewRating:
    attribution = _attribution(rostered(tx, entry.counter_id, entry.visited_on), entry.officer_id)
    allowed = tiers_for_officers(tx, entry.counter_id, at=site.now())
    return NewRating(
        id=secrets.token_hex(16),
        agency_id=batch.agency.id,
        counter_id=entry.counter_id,
        service_id=batch.service.id,
        attribution=attribution,
        served_by="not_sure" if entry.officer_id is None else "officer",
        visit_day=entry.visited_on,
        tier=tier,
        day=_day(tx, site, batch, entry),
        answers=entry.answers,
        causes=under_low_answers({f"c{number}" for number in entry.causes}, entry.answers),
        visit_facts=entry.bands,
        bands=entry.bands,
        visit_purpose=None,
        language=LANGUAGE,
        state="held",
        for_officer=attribution.kind in COUNTS_FOR_OFFICER
        and counts_for_officer(tier, allowed=allowed),
    )


def _attribution(on_duty: Mapping[int, str], officer_id: int | None) -> Attribution:
    return Attribution(officer_id, "chosen") if officer_id in on_duty else UNKNOWN
