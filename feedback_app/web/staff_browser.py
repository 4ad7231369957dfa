"""Browsers that staff have logged in with: what is sent from one is held for a look."""

from __future__ import annotations

from flask import request

STAFF_COOKIE = "sl_staff"


def is_staff_browser() -> bool:
    """Whether this browser ever logged in as staff; the mark names nobody."""
    return STAFF_COOKIE in request.cookies
