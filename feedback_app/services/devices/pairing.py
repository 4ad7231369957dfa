"""A screen or tablet becomes a counter's display or kiosk by its pairing code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from feedback_app.domain.visit_codes import GivenCode, mark_of, read_visit_code
from feedback_app.services.citizen import code_guesses
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.citizen.paired_device import secret_hash
from feedback_app.services.office.tier_choice import switch_on_stronger
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import audit
from feedback_app.storage.queries import devices as queries

PAIRING_PURPOSE = "pairing code"


class WrongPairingCodeError(Exception):
    """No device waits for this pairing code: mistyped, used or expired."""


class StaffBrowserError(Exception):
    """A kiosk in a browser of staff: whatever is rated there would be held."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What a tablet gets once: its secret, for its cookie, and what it has become."""

    secret: str
    kind: str


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
    is_first = device.paired_at is None  # a tablet in another's place changes nothing
    if not queries.use_pairing(tx, device.id, secret_hash=secret_hash(secret), at=now):
        return None
    if is_first:
        switch_on_stronger(
            tx, site, agency_id=device.agency_id, counter_ids=[device.counter_id], by=None
        )
    audit.append(
        tx,
        agency_id=device.agency_id,
        at=now,
        account_id=None,
        action="pair_device",
        subject=device.name,
    )
    return device.kind
