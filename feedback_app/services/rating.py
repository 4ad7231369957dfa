"""Save a citizen's rating: one transaction, acknowledged only after its commit."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from feedback_app.domain.codes import (
    FormToken,
    new_form_token,
    read_form_token,
    receipt_code,
    receipt_is_well_formed,
)
from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION
from feedback_app.domain.local_time import local_day
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.roster import attribute
from feedback_app.services.daily_key import keyed_mark
from feedback_app.services.place import Place, place_at
from feedback_app.services.site import Site
from feedback_app.storage.queries import ratings as queries
from feedback_app.storage.ratings import AlreadyThereError, add_rating

TOKEN_PURPOSE = "form token"  # noqa: S105 (a label for key derivation)
RECEIPT_PURPOSE = "receipt"


class StaleFormError(Exception):
    """The form's token is missing, forged or too old: show the form again, answers kept."""


class DifferentAnswerError(Exception):
    """This form was already sent with other answers; the first ones stand."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the citizen sent, already checked for shape by the form."""

    place_code: str
    token: str
    service_id: int | None
    served_by: Literal["officer", "another", "not_sure"]
    officer_id: int | None
    served_when: Literal["now", "earlier_today", "another_day"]
    visit_purpose: str | None
    answers: Mapping[str, int | None]
    bands: Mapping[str, str | None]
    comment: str
    language: str
    device: str
    network: str


def open_form(site: Site, place: Place) -> str:
    """A fresh token: the submission id that makes a second sending harmless."""
    return new_form_token(
        place.code,
        key=site.keys_for(TOKEN_PURPOSE)[0],
        opened_at=site.now(),
        random_bytes=secrets.token_bytes(16),
    )


def submit_rating(site: Site, sent: Submission) -> str:
    """Save the rating and return its receipt code; sending the same form again returns it too."""
    token = _token_of(site, sent)
    place = place_at(site, sent.place_code, at=token.opened_at)
    digest = _digest(sent)
    receipt = receipt_code(token.submission_id, key=site.keys_for(RECEIPT_PURPOSE)[-1])
    rating = _rating_row(site, sent, place, token)
    try:
        with site.db.transaction() as tx:
            add_rating(
                tx,
                rating=rating,
                screening=_screening_row(site, sent, rating, token, digest, receipt),
                comment=sent.comment,
            )
    except AlreadyThereError:
        _must_be_the_same(site, token, digest)
    return receipt


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt page may say: never the answers."""

    code: str
    state: str


def receipt_of(site: Site, code: str) -> Receipt | None:
    """The state of a received rating; None when unknown or older than the screening period."""
    if not receipt_is_well_formed(code):
        return None
    with site.db.read() as session:
        state = queries.state_of_receipt(session, code)
    return None if state is None else Receipt(code=code, state=state)


def _token_of(site: Site, sent: Submission) -> FormToken:
    token = read_form_token(
        sent.token,
        sent.place_code,
        keys=site.keys_for(TOKEN_PURPOSE),
        now=site.now(),
        max_age=timedelta(hours=site.settings.form_hours),
    )
    if not isinstance(token, FormToken):
        raise StaleFormError
    return token


def _rating_row(site: Site, sent: Submission, place: Place, token: FormToken) -> dict[str, Any]:
    attribution = attribute(
        served_by=sent.served_by,
        officer_id=sent.officer_id,
        served_when=sent.served_when,
        shifts=place.shifts,
        counter_id=place.counter_id,
        at=token.opened_at,
    )
    return {
        "id": token.submission_id,
        "agency_id": place.agency_id,
        "counter_id": place.counter_id,
        "service_id": _service_of(sent, place),
        "officer_id": attribution.officer_id,
        "attribution": attribution.kind,
        "served_by": sent.served_by,
        "served_when": sent.served_when,
        "tier": "poster",  # the printed card is the only way in that exists yet
        "day": local_day(site.now()),
        **{key: sent.answers.get(key) for key in ALL_KEYS},
        **{band.key: sent.bands.get(band.key) for band in BANDS},
        "extra": {},
        "visit_purpose": sent.visit_purpose,
        "instrument_version": INSTRUMENT_VERSION,
        "language": sent.language,
        "state": "counted",
    }


def _service_of(sent: Submission, place: Place) -> int | None:
    offered = [service_id for service_id, _name, _name_en in place.services]
    if len(offered) == 1 and sent.service_id is None:
        return offered[0]
    return sent.service_id if sent.service_id in offered else None


def _screening_row(
    site: Site,
    sent: Submission,
    rating: Mapping[str, Any],
    token: FormToken,
    digest: str,
    receipt: str,
) -> dict[str, Any]:
    folder, today = site.settings.instance_dir, site.today()
    return {
        "rating_id": rating["id"],
        "agency_id": rating["agency_id"],
        "opened_at": token.opened_at,
        "received_at": site.now(),
        "body_digest": digest,
        "receipt": receipt,
        "device_key": keyed_mark(folder, today=today, text=f"{sent.device}\n{sent.network}"),
        "network_key": keyed_mark(folder, today=today, text=sent.network),
    }


def _digest(sent: Submission) -> str:
    """Of what was answered, so that a retry over another network is still the same answer."""
    body = {
        "service": sent.service_id,
        "by": [sent.served_by, sent.officer_id],
        "when": sent.served_when,
        "purpose": sent.visit_purpose,
        "answers": {key: sent.answers.get(key) for key in ALL_KEYS},
        "bands": {band.key: sent.bands.get(band.key) for band in BANDS},
        "comment": sent.comment,
    }
    text = json.dumps(body, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _must_be_the_same(site: Site, token: FormToken, digest: str) -> None:
    with site.db.read() as session:
        kept = queries.body_digest_of(session, token.submission_id)
    if kept != digest:
        raise DifferentAnswerError
