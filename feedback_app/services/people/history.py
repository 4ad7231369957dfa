"""What happened to a person: changes of the officer's rows and of the account, newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import AuditEntry
from feedback_app.storage.queries import audit

SHOWN = 50
OFFICER_ACTS = (
    "add_officer",
    "change_officer",
    "wish_for_greeting",
    "retire_officer",
    "end_of_officer",
    "rejoin_officer",
    "join_officers",
    "part_officers",
)
ACCOUNT_ACTS = (
    "create_account",
    "change_account",
    "close_account",
    "issue_link",
    "revoke_link",
    "use_link",
    "remove_second_factor",
    "end_sessions_of_account",
    "set_sso_name",
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act: when, what, by whom ('' where nobody is known), and what changed."""

    at: datetime
    action: str
    by: str
    detail: Mapping[str, Any]


def history_of(
    session: Session, viewer: Viewer, *, officer_ids: Collection[int], username: str
) -> Sequence[HistoryLine]:
    """The newest acts about a person; imports stand in the audit log as a whole."""
    found: list[tuple[AuditEntry, str | None]] = []
    subjects: list[tuple[str, Collection[str]]] = [(str(one), OFFICER_ACTS) for one in officer_ids]
    if username:
        subjects.append((username, ACCOUNT_ACTS))
    for subject, actions in subjects:
        found += audit.entries_about(
            session,
            agency_id=viewer.agency_id,
            subject=subject,
            actions=actions,
            limit=SHOWN,
        )
    found.sort(key=lambda pair: pair[0].id, reverse=True)
    return [
        HistoryLine(entry.at, entry.action, name or "", entry.detail)
        for entry, name in found[:SHOWN]
    ]


def history_of_account(site: Site, viewer: Viewer, username: str) -> Sequence[HistoryLine]:
    """The same of an account alone."""
    with site.db.read() as session:
        return history_of(session, viewer, officer_ids=(), username=username)
