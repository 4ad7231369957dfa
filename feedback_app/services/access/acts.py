"""What staff did, written down in the transaction of the act itself."""

from __future__ import annotations

from typing import Any

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import audit


def log_act(
    tx: Session,
    site: Site,
    viewer: Viewer,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one line to the audit log: who did what to what."""
    audit.append(
        tx,
        agency_id=viewer.agency_id,
        at=site.now(),
        account_id=viewer.account_id,
        action=action,
        subject=subject,
        detail=detail,
    )
