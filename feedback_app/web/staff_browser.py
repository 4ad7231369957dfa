"""A browser in which staff have logged in is marked for good: it rates nobody unseen.

The mark is the same in every such browser: it tells that staff used it, never who.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from feedback_app.web.access import site

COOKIE = "sl_staff"
LIFE = timedelta(days=400)  # browsers keep no cookie for longer
_MEANING = b"staff have logged in here"


def mark_staff_browser() -> None:
    """Set the mark with this request's answer; logging out leaves it."""
    newest = site().keys_for("staff browser")[0]

    @after_this_request
    def _mark(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            _signature(newest),
            max_age=LIFE,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
        return response


def is_staff_browser() -> bool:
    """Whether staff have ever logged in with the browser of this request."""
    found = request.cookies.get(COOKIE, "").encode("utf-8", "surrogatepass")
    return any(
        hmac.compare_digest(found, _signature(key).encode())
        for key in site().keys_for("staff browser")
    )


def _signature(key: bytes) -> str:
    return hmac.new(key, _MEANING, hashlib.sha256).hexdigest()
