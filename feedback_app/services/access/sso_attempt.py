"""A single sign-on that was begun; apart from sso.py, whose libraries load at the first use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_app.services.access.secrets import new_token


class SsoRefusedError(Exception):
    """The issuer's answer cannot be used; why is for the log, not for the page."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Kept by the browser's own session until the answer comes."""

    state: str
    nonce: str
    verifier: str
    begun_at: int  # seconds since 1970

    @classmethod
    def new(cls, now: datetime) -> Attempt:
        """Three random secrets and the time."""
        return cls(new_token(), new_token(), new_token(), int(now.timestamp()))
