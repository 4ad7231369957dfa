"""Displays and kiosks at counters: which one opened a form, and whether it still may."""

from __future__ import annotations

import hashlib
import hmac

from feedback_app.storage.db import Session
from feedback_app.storage.queries import devices as queries


def kind_in_use(tx: Session, device_id: int, *, counter_id: int, secret: str) -> str | None:
    """'display' or 'kiosk' when this device stands at the counter and was not revoked.

    A kiosk's form is good on the kiosk itself only: its secret must come with the answer.
    """
    device = queries.device_in_use(tx, device_id) if device_id else None
    if device is None or device.counter_id != counter_id:
        return None
    if device.kind == "kiosk" and not hmac.compare_digest(
        device.secret_hash or "", secret_hash(secret)
    ):
        return None
    return device.kind


def secret_hash(secret: str) -> str:
    """How a device's secret or pairing code is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
