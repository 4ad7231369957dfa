"""A browser in which somebody has logged in keeps a name for that account's later log-ins.

Strangers who guess at the account's name then do not make its owner wait. The name opens nothing,
and travels to the log-in page only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from feedback_app.services.access.log_in import Browser
from feedback_app.web.access import site

PREFIX = "sl_known_"
LIFE = timedelta(days=400)  # browsers keep no cookie for longer
PATH = "/masuk"
MOST = 20  # accounts of one shared PC that are looked at
NAME_BYTES = 16
_PURPOSE = "known browser"


def know_browser(account_id: int) -> None:
    """Give this browser a new name for the account with this request's answer."""
    name = secrets.token_urlsafe(NAME_BYTES)
    value = f"{name}.{_signature(site().keys_for(_PURPOSE)[0], account_id, name)}"

    @after_this_request
    def _mark(response: Response) -> Response:
        response.set_cookie(
            f"{PREFIX}{account_id}",
            value,
            max_age=LIFE,
            path=PATH,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
        return response


def asking_browser() -> Browser:
    """The browser of this request, with the names that we gave it."""
    found = [item for item in request.cookies.items() if item[0].startswith(PREFIX)][:MOST]
    return Browser(
        user_agent=request.user_agent.string,
        known_as={
            int(number): value.partition(".")[0]
            for cookie, value in found
            if _is_account(number := cookie.removeprefix(PREFIX)) and _is_ours(int(number), value)
        },
    )


def _is_account(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11


def _is_ours(account_id: int, value: str) -> bool:
    name, _dot, signature = value.partition(".")
    given = signature.encode("utf-8", "surrogatepass")
    return any(
        hmac.compare_digest(given, _signature(key, account_id, name).encode())
        for key in site().keys_for(_PURPOSE)
    )


def _signature(key: bytes, account_id: int, name: str) -> str:
    meant = f"{account_id}:{name}".encode("utf-8", "surrogatepass")
    return hmac.new(key, meant, hashlib.sha256).hexdigest()
