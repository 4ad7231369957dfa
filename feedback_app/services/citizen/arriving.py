"""A sent form on its way into the database: what it carries, its token, what is known of it.

Shared by what a form can become: a rating (`rating.py`) or a note (`note.py`).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from feedback_app.domain.causes import Cause
from feedback_app.domain.codes import (
    FormToken,
    new_form_token,
    read_form_token,
)
from feedback_app.domain.faults import ConflictError
from feedback_app.domain.local_time import local_day
from feedback_app.domain.rating import Served
from feedback_app.domain.screening import comparable_text
from feedback_app.services.citizen import paired_device, visit_codes
from feedback_app.services.citizen.place import Place
from feedback_app.services.site import Clock, Site
from feedback_app.storage.db import DatabaseError, Session

TOKEN_PURPOSE = "form token"  # noqa: S105 (a label for key derivation)
RECEIPT_PURPOSE = "receipt"
TRIES = 4
KIOSK_PATIENCE = timedelta(minutes=30)  # a kiosk's form lies open no longer


class StaleFormError(Exception):
    """The form's token is missing, forged or too old: show the form again, answers kept."""


class FaultyError(Exception):
    """The database refused the answer for a reason that is ours; nothing was written."""


class DifferentAnswerError(Exception):
    """This form was already sent with other answers; the first ones stand."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the citizen sent, already checked for shape by the form."""

    place_code: str
    token: str
    service_id: int | None
    served: Served
    visit_purpose: str | None
    answers: Mapping[str, int | None]
    causes: tuple[Cause, ...]  # ticked under answers of 1 and 2, no others
    visit_facts: Mapping[str, str | None]
    bands: Mapping[str, str | None]
    comment: str
    visit: visit_codes.Given
    is_pressed: bool  # "somebody pressed me", for the inspectorate only
    is_charged: bool  # "I was asked for money beyond the fee", for the inspectorate only
    language: str
    device: str
    network: str
    device_secret: str  # of a kiosk's cookie, '' elsewhere
    from_staff_browser: bool

    @property
    def is_note(self) -> bool:
        """Whether nothing was rated, but something said: a comment or a tick alone."""
        says = bool(self.comment) or self.is_pressed or self.is_charged
        return says and not any(self.answers.values())


@dataclass(frozen=True, slots=True)
class Received:
    """What the sender gets: a receipt; `was_at` is the display or kiosk that opened the form."""

    receipt: str
    was_at: int


def open_form(site: Site, place: Place, *, device_id: int = 0) -> str:
    """A fresh token: the submission id that makes a second sending harmless."""
    return _token(site, place, secrets.token_bytes(16), device_id)


def open_again(site: Site, place: Place, stale: str, *, device_id: int = 0) -> str:
    """A token of now for a form that was open too long; the same answer stays the same one."""
    old = read_form_token(stale, place.code, keys=site.keys_for(TOKEN_PURPOSE))
    if not isinstance(old, FormToken):
        return open_form(site, place, device_id=device_id)
    return _token(site, place, bytes.fromhex(old.submission_id), device_id)


def _token(site: Site, place: Place, submission_id: bytes, device_id: int) -> str:
    return new_form_token(
        place.code,
        key=site.keys_for(TOKEN_PURPOSE)[0],
        opened_at=site.now(),
        random_bytes=submission_id,
        device_id=device_id,
    )


@dataclass(frozen=True, slots=True)
class Arriving:
    """A sent form with what is known of it before its transaction."""

    site: Site
    sent: Submission
    place: Place  # as it was offered when the form was opened
    token: FormToken
    digest: str  # of the answer, keyed, so that a retry is told from a second one
    receipt: str

    clock: Clock | None = None  # the running one, once `site`'s was stopped

    def at_one_instant(self) -> Arriving:
        """The same with its clock stopped: midnight must not pass within it."""
        clock = self.clock or self.site.clock
        return replace(self, site=replace(self.site, clock=clock).at_one_instant(), clock=clock)

    def is_of_another_day(self) -> bool:
        """Whether midnight has passed since its clock was stopped."""
        return self.clock is not None and local_day(self.clock()) != self.site.today()

    @property
    def age(self) -> timedelta:
        """How long ago the form was opened."""
        return self.site.now() - self.token.opened_at


def patiently(site: Site, save: Callable[[Session], None]) -> None:
    """Try again where two transactions stood in each other's way: the citizen need not know."""
    for attempt in range(TRIES):
        try:
            with site.db.transaction() as tx:
                save(tx)
        except ConflictError:
            if attempt == TRIES - 1:
                raise
        except DatabaseError as error:
            raise FaultyError from error
        else:
            return


def device_of(tx: Session, arriving: Arriving) -> str | None:
    """'display' or 'kiosk' that opened the form; StaleFormError past a kiosk's time."""
    token = arriving.token
    device = paired_device.kind_in_use(
        tx,
        token.device_id,
        counter_id=arriving.place.counter_id,
        secret=arriving.sent.device_secret,
    )
    if device == "kiosk" and arriving.age > KIOSK_PATIENCE:
        raise StaleFormError
    return device


def token_of(site: Site, sent: Submission) -> FormToken:
    """The opened form that was sent; StaleFormError where its token is none of ours."""
    token = read_form_token(sent.token, sent.place_code, keys=site.keys_for(TOKEN_PURPOSE))
    if not isinstance(token, FormToken):
        raise StaleFormError
    return token


def device_text(sent: Submission) -> str:
    """What a device's mark is made of; it is kept as a keyed mark only."""
    return f"{sent.device}\n{sent.network}"


def text_key(site: Site, comment: str) -> str | None:
    """A keyed mark of a long comment; None for one too short to compare."""
    text = comparable_text(comment)
    key = site.keys_for("comment text")[-1]
    return hmac.digest(key, text.encode(), "sha256").hex()[:32] if text else None
