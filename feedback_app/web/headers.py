"""Security headers on every response, errors and static files too."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache

from flask import Flask, Response, g, request

HeaderLines = tuple[tuple[str, str], ...]

_POLICY = (
    "default-src 'none'; style-src 'self'{style}; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def allow_inline_style(sheet: str) -> None:
    """Let this response's one inline style pass, by its digest."""
    g.style_digest = digest(sheet)


@lru_cache(maxsize=4)  # the sheets that are inlined
def digest(sheet: str) -> str:
    """'sha256-…' of an inlined sheet, as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()


def send_safe_headers(app: Flask) -> None:
    """Add the headers after every request."""
    app.after_request(_add_headers)


@cache
def policy(style_digest: str = "") -> str:
    """What a page may load; of inline styles only the one of this digest."""
    return _POLICY.format(style=f" '{style_digest}'" if style_digest else "")


@cache
def always(*, is_secure: bool) -> HeaderLines:
    """What every answer says beside its policy."""
    lines = (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    )
    https = (("Strict-Transport-Security", "max-age=31536000"),)
    return lines + https if is_secure else lines


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy(g.get("style_digest", "")))
    for name, value in always(is_secure=request.is_secure):
        response.headers[name] = value
    if request.endpoint not in ("static", "public.favicon"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
