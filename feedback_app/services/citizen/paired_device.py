"""Displays and kiosks at counters: which one this is, where it stands, whether it still may."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from feedback_app.domain.codes import place_code
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen.place import Place, place_at
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Device
from feedback_app.storage.queries import devices as queries


class NotPairedError(Exception):
    """This browser is no display and no kiosk."""


class RevokedError(Exception):
    """This browser was one once, and is none any more."""


@dataclass(frozen=True, slots=True)
class Tablet:
    """A display or kiosk in use, and its counter as the citizen meets it."""

    device_id: int
    kind: str
    place: Place


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
