"""The audit log as staff read it: who did what, when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from feedback_app.domain.acts import ACTS
from feedback_app.domain.local_time import local_instant
from feedback_app.files.exports import Sheet
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import audit

PAGE_LINES = 50
MOST_LINES = 100_000  # of a file
COLUMNS = ("Waktu (WIB)", "Akun", "Tindakan", "Tentang", "Rincian", "Kode tindakan")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines: local days (both ends), one action or '', one account's name or ''."""

    first: date | None
    last: date | None
    action: str
    username: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act; `username` is '' for a script, `detail` the raw `facts` in one text."""

    at: datetime
    username: str
    action: str
    subject: str
    detail: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of them."""

    lines: tuple[AuditLine, ...]
    total: int
    page: int
    pages: int


def audit_page(site: Site, viewer: Viewer, choice: Choice, *, page: int) -> AuditPage:
    """A page of the agency's log, newest first; a page that is not there becomes the last."""
    with site.db.read() as session:
        total, _none = _entries(session, viewer, choice, limit=0, offset=0)
        pages = max(1, ceil(total / PAGE_LINES))
        page = min(max(page, 1), pages)
        _total, lines = _entries(
            session, viewer, choice, limit=PAGE_LINES, offset=(page - 1) * PAGE_LINES
        )
    return AuditPage(lines, total, page, pages)


def audit_sheet(site: Site, viewer: Viewer, choice: Choice) -> Sheet:
    """The chosen lines as a table; taking them away is itself written down."""
    with site.db.transaction() as tx:
        _total, lines = _entries(tx, viewer, choice, limit=MOST_LINES, offset=0)
        log_act(tx, site, viewer, "export_audit", f"{len(lines)}")
    rows = tuple(
        (
            line.at,
            line.username,
            ACTS[line.action][0] if line.action in ACTS else line.action,
            line.subject,
            line.detail,
            line.action,
        )
        for line in lines
    )
    return Sheet("Catatan", COLUMNS, rows)


def _entries(
    session: Session, viewer: Viewer, choice: Choice, *, limit: int, offset: int
) -> tuple[int, tuple[AuditLine, ...]]:
    since = local_instant(choice.first, time.min) if choice.first else None
    day_after = choice.last + timedelta(days=1) if choice.last else None
    total, rows = audit.entries(
        session,
        agency_id=viewer.agency_id,
        since=since,
        until=local_instant(day_after, time.min) if day_after else None,
        action=choice.action,
        username=choice.username,
        limit=limit,
        offset=offset,
    )
    return total, tuple(
        AuditLine(row.at, name or "", row.action, row.subject, _words(row.detail), row.detail)
        for row, name in rows
    )


def _words(detail: dict[str, object]) -> str:
    return ", ".join(
        f"{key}: {value if isinstance(value, str) else json.dumps(value)}"
        for key, value in detail.items()
    )
