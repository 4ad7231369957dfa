"""What happened to one's own account: log-ins, failed ones, and who set the password anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.models import AuditEntry
from feedback_app.storage.queries import audit

SHOWN = 20
LOOKED_AT = 200  # lines between two log-ins; guesses of four hours, as the brake lets them through
ACTIONS = (
    "log_in",
    "fail_to_log_in",
    "change_password",
    "issue_link",
    "use_link",
    "set_second_factor",
    "remove_second_factor",
    "end_sessions_of_account",
    "set_sso_name",
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened; `by` is the name of who did it, '' when it was the owner or nobody
    known."""

    at: datetime
    action: str
    by: str
    browser: str


@dataclass(frozen=True, slots=True)
class News:
    """What the owner should hear after a log-in, since the log-in before it.

    `failures` is 0 and `reset_at` None where there is nothing to tell; `reset_by` is '' when a
    script made the link.
    """

    failures: int
    last_failure_at: datetime | None
    reset_at: datetime | None
    reset_by: str


def own_history(site: Site, viewer: Viewer) -> list[HistoryLine]:
    """The newest lines about the viewer's account, newest first."""
    return [_line(viewer, entry, name) for entry, name in _entries(site, viewer, limit=SHOWN)]


def news_of_account(site: Site, viewer: Viewer) -> News:
    """What happened between the viewer's last two log-ins; nothing before a first one."""
    between: list[tuple[AuditEntry, str | None]] = []
    log_ins = 0
    for entry, name in _entries(site, viewer, limit=LOOKED_AT):
        log_ins += entry.action == "log_in"
        if log_ins == 2:
            break
        between.append((entry, name))
    failed = [entry.at for entry, _name in between if entry.action == "fail_to_log_in"]
    resets = [entry for entry, _name in between if _is_reset(entry, "use_link")]
    makers = [name for entry, name in between if _is_reset(entry, "issue_link")]
    return News(
        failures=len(failed),
        last_failure_at=failed[0] if failed else None,
        reset_at=resets[0].at if resets else None,
        reset_by=(makers[0] or "") if resets and makers else "",
    )


def _is_reset(entry: AuditEntry, action: str) -> bool:
    return entry.action == action and entry.detail.get("kind") == "reset"


def _entries(site: Site, viewer: Viewer, *, limit: int) -> Sequence[tuple[AuditEntry, str | None]]:
    with site.db.read() as session:
        return audit.entries_about(
            session,
            agency_id=viewer.agency_id,
            subject=viewer.username,
            actions=ACTIONS,
            limit=limit,
        )


def _line(viewer: Viewer, entry: AuditEntry, name: str | None) -> HistoryLine:
    by_other = entry.account_id not in (None, viewer.account_id)
    return HistoryLine(
        at=entry.at,
        action=entry.action,
        by=(name or "") if by_other else "",
        browser=str(entry.detail.get("browser", "")),
    )
