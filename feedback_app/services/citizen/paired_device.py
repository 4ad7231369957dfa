"""Displays and kiosks at counters: which one this is, where it stands, whether it still may."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from feedback_app.domain.codes import place_code
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.visit_codes import GivenCode, mark_of, read_visit_code
from feedback_app.services.citizen import code_guesses
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.citizen.place import Place, place_at
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Device
from feedback_app.storage.queries import audit
from feedback_app.storage.queries import devices as queries

PAIRING_PURPOSE = "pairing code"


class NotPairedError(Exception):
    """This browser is no display and no kiosk."""


class RevokedError(Exception):
    """This browser was one once, and is none any more."""


class WrongPairingCodeError(Exception):
    """No device waits for this pairing code: mistyped, used or expired."""


class StaffBrowserError(Exception):
    """A kiosk in a browser of staff: whatever is rated there would be held."""


@dataclass(frozen=True, slots=True)
class Tablet:
    """A display or kiosk in use, and its counter as the citizen meets it."""

    device_id: int
    kind: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paired:
    """What a tablet gets once: its secret, for its cookie, and what it has become."""

    secret: str
    kind: str


def kind_in_use(tx: Session, device_id: int, *, counter_id: int, secret: str) -> str | None:
    """'display' or 'kiosk' when this device stands at the counter and was not revoked.

    A kiosk's form is good on the kiosk itself only: its secret must come with the answer.
    """
    device = queries.device_in_use(tx, device_id) if device_id else None
    if device is None or device.counter_id != counter_id:
        return None
    if device.kind == "kiosk" and not hmac.compare_digest(
        device.secret_hash or "", secret_hash(secret)
    ):
        return None
    return device.kind


def secret_hash(secret: str) -> str:
    """How a device's secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def tablet_with(site: Site, secret: str) -> Tablet:
    """The device that holds this secret; notes that it was seen."""
    device, counter = _in_use(site, secret)
    _note_seen(site, device)
    return Tablet(device.id, device.kind, place_of_counter(site, counter))


def kiosk_with(site: Site, secret: str, *, counter_id: int) -> int:
    """The number of the kiosk at this counter that holds this secret; 0 when there is none."""
    try:
        device, _counter = _in_use(site, secret)
    except (NotPairedError, RevokedError):
        return 0
    return device.id if device.kind == "kiosk" and device.counter_id == counter_id else 0


def place_of_counter(site: Site, counter: Counter) -> Place:
    """A counter as its newest card opens it now, closed or not."""
    code = place_code(counter.number, counter.card_serial, key=site.settings.place_key)
    return place_at(site, code, at=site.now())


def pair(site: Site, text: str, *, from_staff_browser: bool, network: str) -> Paired:
    """Take a pairing code and hand out the device's secret; every code is good once."""
    given = read_visit_code(text)  # the same letters and check character, so as easy to type
    if given is None or given.kind != "typed":
        raise WrongPairingCodeError
    secret = secrets.token_urlsafe(32)
    typist = Typist("pairing", network=network)
    with site.db.transaction() as tx:
        kind = _take_code(tx, site, given, secret, typist, from_staff_browser=from_staff_browser)
    if kind is None:  # the wrong guess is counted by now
        raise WrongPairingCodeError
    return Paired(secret, kind)


def pairing_mark(site: Site, typed: str) -> str:
    """How a new pairing code is kept: as an HMAC, since eight letters alone could be guessed."""
    return mark_of(GivenCode("typed", typed), key=site.keys_for(PAIRING_PURPOSE)[0])


def _take_code(
    tx: Session,
    site: Site,
    given: GivenCode,
    secret: str,
    typist: Typist,
    *,
    from_staff_browser: bool,
) -> str | None:
    now = site.now()
    code_guesses.brake(tx, site, typist)
    marks = [mark_of(given, key=key) for key in site.keys_for(PAIRING_PURPOSE)]
    device = queries.device_to_pair(tx, marks, at=now)
    if device is None:
        code_guesses.note_wrong(tx, site, typist)
        return None
    if device.kind == "kiosk" and from_staff_browser:
        raise StaffBrowserError
    if not queries.use_pairing(tx, device.id, secret_hash=secret_hash(secret), at=now):
        return None
    audit.append(
        tx,
        agency_id=device.agency_id,
        at=now,
        account_id=None,
        action="pair_device",
        subject=device.name,
    )
    return device.kind


def _in_use(site: Site, secret: str) -> tuple[Device, Counter]:
    if not secret:
        raise NotPairedError
    with site.db.read() as session:
        found = queries.device_with_secret(session, secret_hash(secret))
    if found is None or found[0].revoked_at is not None:
        raise RevokedError
    return found


def _note_seen(site: Site, device: Device) -> None:
    now = site.now()
    if device.seen_at is not None and now - device.seen_at < queries.SEEN_IS_FRESH:
        return
    try:
        with site.db.transaction() as tx:
            queries.note_seen(tx, device.id, at=now)
    except NotSavedError:  # a full disk must not darken the display
        return
