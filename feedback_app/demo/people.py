"""Who acts in the demo, and when: a log-in's viewer, and the site as it was at an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.access.sessions import viewer_of
from feedback_app.services.site import Site
from feedback_app.storage.queries import accounts


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody did at an instant, by the services that the pages call."""

    at: datetime
    act: Callable[[Site], object]


def run_in_order(site: Site, events: Iterable[Event]) -> None:
    """Let everything happen in the order of time, so that the audit log reads like one."""
    for event in sorted(events, key=lambda event: event.at):
        event.act(as_of(site, event.at))


def as_of(site: Site, at: datetime) -> Site:
    """The site as it was at an instant, never later than now."""
    then = min(at, site.now())
    return replace(site, clock=lambda: then)


def at_nine(site: Site, day: date) -> Site:
    """The site as it was on a day, when offices open."""
    return as_of(site, local_instant(day, time(9)))


def viewer_named(site: Site, username: str, *, unit_ids: frozenset[int]) -> Viewer:
    """One of the demo's log-ins as services know who looks."""
    with site.db.read() as session:
        account = accounts.open_account_named(session, username)
    if account is None:
        raise LookupError(username)
    return viewer_of(account, unit_ids)
