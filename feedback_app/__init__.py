"""Suara Loket: citizen feedback at government counters, tied to the training of those who serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from feedback_app.config import Settings
    from feedback_app.services.site import Clock


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """One site, wired together (`feedback_app/wiring.py`); without a clock the machine's."""
    # Whoever imports one file of this package, as scripts and the helper process do, loads no page.
    from feedback_app import wiring  # noqa: PLC0415 (1 s and 50 MB)

    return (
        wiring.create_app(settings) if clock is None else wiring.create_app(settings, clock=clock)
    )
