"""Who of the staff was shown an officer's figures: written down, and told to the officer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil

from feedback_app.services.access.people import Viewer
from feedback_app.services.officer.signed_in import own_officer
from feedback_app.services.site import Site
from feedback_app.storage.queries import officer_room
from feedback_app.storage.queries.officer_room import Seen

PAGE_LINES = 50


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One page of who looked."""

    lines: tuple[Seen, ...]
    total: int
    page: int
    pages: int


def note_views(site: Site, viewer: Viewer, officer_ids: Collection[int]) -> None:
    """Write down that the viewer is shown these officers' figures; the own ones are not."""
    rows: list[dict[str, object]] = [
        {
            "officer_id": officer_id,
            "account_id": viewer.account_id,
            "day": site.today(),
            "agency_id": viewer.agency_id,
            "n": 1,
        }
        for officer_id in sorted(set(officer_ids) - {viewer.officer_id})
    ]
    if not rows:
        return
    with site.db.transaction() as tx:
        officer_room.add_view(tx, rows)


def who_saw(site: Site, viewer: Viewer, *, page: int) -> SeenPage:
    """A page of who looked at the viewer's own figures, newest first."""
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        total, _none = officer_room.who_saw(session, officer.id, limit=0, offset=0)
        pages = max(1, ceil(total / PAGE_LINES))
        page = min(max(page, 1), pages)
        _total, lines = officer_room.who_saw(
            session, officer.id, limit=PAGE_LINES, offset=(page - 1) * PAGE_LINES
        )
    return SeenPage(tuple(lines), total, page, pages)
