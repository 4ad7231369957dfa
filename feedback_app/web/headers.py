"""Security headers on every response, errors and static files too."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; style-src 'self'{style}; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def allow_inline_style(sheet: str) -> None:
    """Let this response's one inline style pass, by its digest."""
    g.style_digest = f" '{_digest(sheet)}'"


@lru_cache(maxsize=4)  # the sheets that are inlined
def _digest(sheet: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()


def send_safe_headers(app: Flask) -> None:
    """Add the headers after every request."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    policy = _POLICY.format(style=g.get("style_digest", ""))
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in ("static", "public.favicon"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
