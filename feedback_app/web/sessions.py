"""Sessions in a signed cookie, as Flask has them; who brings none gets an empty one at once."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class LightSessions(SecureCookieSessionInterface):
    """Citizens have no cookie: for them no signature is prepared."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie that came with the request."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
