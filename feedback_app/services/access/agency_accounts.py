"""Accounts within a viewer's reach."""

from __future__ import annotations

from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account


def account_of_agency(tx: Session, viewer: Viewer, account_id: int) -> Account:
    """An open account of the viewer's agency; NotThereError for any other."""
    account = tx.get(Account, account_id)
    if account is None or account.agency_id != viewer.agency_id or account.closed_at is not None:
        raise NotThereError
    return account
