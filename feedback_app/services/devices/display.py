"""A counter's display: the code it shows now, and the form that a scanned code opens once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedback_app.domain.display_codes import (
    FORMS_A_STEP,
    DisplayCode,
    display_code,
    read_display_code,
    seconds_left,
)
from feedback_app.files.qr_symbols import screen_qr_svg
from feedback_app.services.citizen import arriving
from feedback_app.services.citizen.paired_device import Tablet, place_of_counter
from feedback_app.services.citizen.place import Place, RetiredPlaceError
from feedback_app.services.site import Site
from feedback_app.storage.queries import devices as queries

PURPOSE = "display code"

Reason = Literal["late", "early", "revoked"]


class UnknownCodeError(Exception):
    """We never made this code."""


class ClosedCodeError(Exception):
    """A code of ours that opens nothing now; the counter's card still does, as a poster."""

    def __init__(self, reason: Reason, place: Place) -> None:
        """Say why, and which counter it was."""
        super().__init__(reason)
        self.reason = reason
        self.place = place


class TooManyFormsError(Exception):
    """This picture of the code has opened all the forms it may; the next one opens more."""

    def __init__(self, place: Place, *, wait: int) -> None:
        """Say which counter it was, and after how many seconds the code changes."""
        super().__init__(wait)
        self.place = place
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Face:
    """What the display shows now. `ends_in`: seconds until the next code."""

    place: Place
    url: str
    picture: bytes  # SVG
    at: datetime
    ends_in: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code that holds: where its display stands."""

    code: DisplayCode
    place: Place


def face_of(site: Site, tablet: Tablet) -> Face:
    """The display's present code; RetiredPlaceError when its counter was closed."""
    if tablet.place.is_retired:
        raise RetiredPlaceError
    now = site.now()
    code = display_code(tablet.device_id, at=now, key=site.keys_for(PURPOSE)[0])
    url = f"{site.settings.base_url}/d/{code}"
    return Face(
        place=tablet.place,
        url=url,
        picture=screen_qr_svg(url),
        at=now,
        ends_in=seconds_left(now),
    )


def read_scanned(site: Site, text: str) -> Scanned:
    """What a scanned code opens, without opening it."""
    found = read_display_code(text, keys=site.keys_for(PURPOSE), now=site.now())
    if not found.device_id:
        raise UnknownCodeError
    with site.db.read() as session:
        counter = queries.counter_of_device(session, found.device_id)
        is_in_use = queries.device_in_use(session, found.device_id) is not None
    if counter is None:
        raise UnknownCodeError
    place = place_of_counter(site, counter)
    if place.is_retired:
        raise RetiredPlaceError
    if not isinstance(found, DisplayCode):
        raise ClosedCodeError("early" if found.fault == "early" else "late", place)
    if not is_in_use:
        raise ClosedCodeError("revoked", place)
    return Scanned(found, place)


def open_scanned(site: Site, scanned: Scanned) -> str:
    """Exchange a scanned code for a form's token, which can be sent once."""
    with site.db.transaction() as tx:
        is_open = queries.open_one_form(
            tx, scanned.code.device_id, step=scanned.code.step, most=FORMS_A_STEP
        )
    if not is_open:
        raise TooManyFormsError(scanned.place, wait=seconds_left(site.now()))
    return arriving.open_form(site, scanned.place, device_id=scanned.code.device_id)
