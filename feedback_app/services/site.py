"""The running site: what every use case needs and nothing else (settings, database, clock)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from time import monotonic

from feedback_app.config import Settings
from feedback_app.domain.codes import derive_key
from feedback_app.domain.local_time import keep_time_of, local_day
from feedback_app.helper.work import Here, Work
from feedback_app.services.cache import Memory, Openings, Stamped, ThisMinute
from feedback_app.services.faults import LoopbackAddressError
from feedback_app.storage.db import Database, open_database
from feedback_app.storage.saving import Trial

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, aware."""
    return datetime.now(UTC)


def clock_from(instant: datetime) -> Clock:
    """A clock that shows this instant now, and goes on: for a process beside the one that asks."""
    began = monotonic()
    return lambda: instant + timedelta(seconds=monotonic() - began)


@dataclass(frozen=True, slots=True)
class Site:
    """Handed to every service as its first argument."""

    settings: Settings
    db: Database
    clock: Clock
    closed: Memory = field(default_factory=Memory)  # figures of closed quarters and months
    openings: Openings = field(default_factory=Openings)  # forms opened, until they are kept
    places: Stamped = field(default_factory=Stamped)  # with their rosters (citizen/place.py)
    results: Stamped = field(default_factory=Stamped)  # as published (public/kept.py)
    wrong_codes: ThisMinute = field(default_factory=ThisMinute)  # typed, by network
    documents: Work = field(default_factory=Here)  # where files and large figures are made
    studies: Work = field(default_factory=Here)  # where trainings are measured, which takes minutes
    trial: Trial = field(default_factory=Trial)  # whether an answer can be saved

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return self.clock()

    def today(self) -> date:
        """The present day in local time."""
        return local_day(self.now())

    def printed_address(self, *, is_demo: bool) -> str:
        """The address for what leaves this machine.

        LoopbackAddressError where nobody could open it, unless that was asked for. The made-up
        office is for this machine only, so its cards and links may say so.
        """
        settings = self.settings
        if settings.has_loopback_address and not (is_demo or settings.loopback_ok):
            raise LoopbackAddressError(settings.base_url)
        return settings.base_url

    def with_loopback_allowed(self) -> Site:
        """The same where somebody has asked for such an address."""
        return replace(self, settings=replace(self.settings, loopback_ok=True))

    def at_one_instant(self) -> Site:
        """The same with its clock stopped: for what must not see midnight pass within it."""
        now = self.now()
        return replace(self, clock=lambda: now)

    def keys_for(self, purpose: str) -> tuple[bytes, ...]:
        """Keys for one purpose, newest first."""
        return tuple(derive_key(key, purpose) for key in self.settings.secret_keys)


def open_site(settings: Settings, *, clock: Clock = system_clock) -> Site:
    """Open the database a deployment names; all work is done in this process, by its local time."""
    keep_time_of(settings.time_zone)
    return Site(settings=settings, db=open_database(settings.database_url), clock=clock)


@contextmanager
def own_site(settings: Settings, now: datetime) -> Iterator[Site]:
    """The site as a helper process opens it for one job: its clock goes on from `now`."""
    site = open_site(settings, clock=clock_from(now))
    try:
        yield site
    finally:
        site.db.close()
