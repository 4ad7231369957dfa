"""What was sent as it is stored: the rating, what screening keeps of it, its digest."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import date, timedelta

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_day
from feedback_app.domain.rating import NewRating, ScreeningMarks
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.roster import COUNTS_FOR_OFFICER, attribute
from feedback_app.domain.screening import Arrival, is_hasty
from feedback_app.domain.tiers import counts_for_officer
from feedback_app.services.citizen.arriving import Arriving, Submission, device_text, text_key
from feedback_app.services.citizen.daily_key import keyed_mark
from feedback_app.services.citizen.place import ONE_DAY, Place
from feedback_app.services.site import Site
from feedback_app.storage.queries.visit_codes import Spent

DIGEST_PURPOSE = "body digest"
# A form of the morning may be sent in the evening. After that, only a ticket tells which day was
# meant: 637 forms opened at nine were sent over two days (review of 27 November).
LATE = timedelta(hours=12)


def rating_of(
    arriving: Arriving, spent: Spent | None, *, tier: str, named: tuple[int, ...]
) -> NewRating:
    """What is stored of an answer; `named` are the officers whom it can be about."""
    sent, place = arriving.sent, arriving.place
    visit_day, served = visit_day_of(arriving, spent), sent.served
    if sent.is_pressed:  # stored as "not sure": nobody is to find such an answer by its row
        served = replace(served, by="not_sure", officer_id=None)
    elif served.by == "another" and not named:  # for want of a name; it blames no colleague
        served = replace(served, by="not_sure")
    attribution = attribute(officer_id=served.officer_id, named=named)
    return NewRating(
        id=arriving.token.submission_id,
        agency_id=place.agency_id,
        counter_id=place.counter_id,
        service_id=_service_of(sent, place, spent),
        attribution=attribution,
        served_by=served.by,
        visit_day=visit_day if served.by != "not_sure" or spent else None,
        tier=tier,
        day=arriving.site.today(),
        answers=sent.answers,
        causes=sent.causes,
        visit_facts=sent.visit_facts,
        bands=sent.bands,
        visit_purpose=sent.visit_purpose,
        language=sent.language,
        state="counted",
        for_officer=attribution.kind in COUNTS_FOR_OFFICER
        and counts_for_officer(tier, allowed=place.officer_tiers)
        and (spent is not None or arriving.age <= LATE),
    )


def visit_day_of(arriving: Arriving, spent: Spent | None) -> date | None:
    """The ticket's own day, else the one told, counted from the day the form was opened."""
    if spent:
        return local_day(spent.valid_from)
    opened_on = local_day(arriving.token.opened_at)
    days = {"today": opened_on, "day_before": opened_on - ONE_DAY}
    return days.get(arriving.sent.served.on or "")


def _service_of(sent: Submission, place: Place, spent: Spent | None) -> int | None:
    """The service as chosen, else the counter's only one, else the visit code's."""
    offered = [service_id for service_id, _name, _name_en in place.services]
    if len(offered) == 1 and sent.service_id is None:
        return offered[0]
    if sent.service_id in offered:
        return sent.service_id
    return spent.service_id if spent and spent.service_id in place.minutes else None


def marks_of(arriving: Arriving, rating: NewRating) -> ScreeningMarks:
    """What screening keeps of it."""
    site, sent, opened_at = arriving.site, arriving.sent, arriving.token.opened_at
    folder, today = site.settings.instance_dir, site.today()
    arrival = Arrival(
        rating_id=rating.id,
        counter_id=rating.counter_id,
        tier=rating.tier,
        opened_at=opened_at,
        received_at=site.now(),
        device=keyed_mark(folder, today=today, text=device_text(sent)),
        text=text_key(site, sent.comment),
        is_hasty=is_hasty(sent.answers.values(), taken=site.now() - opened_at),
    )
    return ScreeningMarks(
        arrival,
        body_digest=arriving.digest,
        receipt=arriving.receipt,
        rules=(),
    )


def digests_of(site: Site, sent: Submission) -> tuple[str, ...]:
    """Of what was answered, so that a retry over another network is still the same answer.

    One for each key still in use, the newest first. Keyed: beside the answers themselves a bare
    hash would tell by trying what is not stored with them, as whether somebody was pressed.
    """
    body = {
        "service": sent.service_id,
        "by": [sent.served.by, sent.served.officer_id, sent.served.on],
        "purpose": sent.visit_purpose,
        "answers": {key: sent.answers.get(key) for key in ALL_KEYS},
        "bands": {band.key: sent.bands.get(band.key) for band in BANDS},
        "comment": sent.comment,
        "visit": sent.visit.text,
        "pressed": sent.is_pressed,
    } | _said_since(sent)
    text = json.dumps(body, sort_keys=True).encode()
    keys = site.keys_for(DIGEST_PURPOSE)
    return tuple(hmac.digest(key, text, "sha256").hex() for key in keys)


def _said_since(sent: Submission) -> dict[str, object]:
    """What forms did not ask at first: a digest without it is the same as before."""
    said = {
        "charged": sent.is_charged,
        "causes": [cause.number for cause in sent.causes],
        "facts": {key: choice for key, choice in sent.visit_facts.items() if choice},
    }
    return {name: value for name, value in said.items() if value}
