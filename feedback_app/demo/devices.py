"""The demo's display and kiosk: registered some weeks ago, paired, seen just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from feedback_app.demo.office import COUNTERS
from feedback_app.demo.people import Event
from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.paired_device import tablet_with
from feedback_app.services.devices.pairing import pair
from feedback_app.services.devices.register import register_device
from feedback_app.services.site import Site

BEGAN = timedelta(days=24)  # before the last day of data
AT = time(7, 30)  # before the counter opens
SEED = 20_261_126
SHARE = 0.8  # of the answers since then that come through the device; the rest by the card
# Every counter had a tablet on loan for some months; needs rest on what came through them.
LOAN_BEGAN, LOAN_ENDED = timedelta(days=610), timedelta(days=40)


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """A display or kiosk and its counter (place in COUNTERS)."""

    counter: int
    kind: str
    name: str


DEVICES = (
    DemoDevice(counter=5, kind="display", name="Layar Loket 6"),
    DemoDevice(counter=7, kind="kiosk", name="Tablet Rimbo 2"),
)


def tiers(days: Sequence[date], counters: Sequence[int], *, last: date) -> list[str]:
    """How each visit's answer came in, if it was given; drawn with a seed of their own."""
    rng = np.random.default_rng(SEED)
    kinds = {device.counter: device.kind for device in DEVICES}
    return [
        _tier(kinds.get(counter, ""), day, draw, last=last)
        for day, counter, draw in zip(days, counters, rng.random(len(days)), strict=True)
    ]


def _tier(own: str, day: date, draw: float, *, last: date) -> str:
    if own and day >= last - BEGAN:
        return own if draw < SHARE else "poster"
    return "kiosk" if is_on_loan(day, last=last) else "poster"


def is_on_loan(day: date, *, last: date) -> bool:
    """Whether a tablet stood at every counter."""
    return last - LOAN_BEGAN <= day < last - LOAN_ENDED


def is_for_officer(tier: str, *, day: date, counter: int, last: date) -> bool:
    """The poster counts for officers until a device was switched on at its counter."""
    has_device = counter in {device.counter for device in DEVICES} and day >= last - BEGAN
    return tier != "poster" or not has_device


def device_events(site: Site, viewer: Viewer, *, last: date) -> list[Event]:
    """Register and pair them; whoever held their secrets has forgotten them."""
    at = local_instant(last - BEGAN, AT)
    return [Event(at, _registering(site, viewer, device)) for device in DEVICES]


def _registering(now: Site, viewer: Viewer, device: DemoDevice) -> Callable[[Site], None]:
    def register(site: Site) -> None:
        code = COUNTERS[device.counter].code
        pairing = register_device(
            site, viewer, counter_code=code, kind=device.kind, name=device.name
        )
        secret = pair(site, pairing.code, from_staff_browser=False, network="").secret
        tablet_with(now, secret)

    return register
