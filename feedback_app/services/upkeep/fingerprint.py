"""Which office keys and a database belong to, without telling a key."""

from __future__ import annotations

from feedback_app.config import Settings
from feedback_app.domain.codes import derive_key

LENGTH = 16


def office_fingerprint(place_key: bytes) -> str:
    """The office by the key of its printed cards, which outlives every other: 16 hex figures."""
    return derive_key(place_key, "office fingerprint").hex()[:LENGTH]


def secret_fingerprint(secret_key: bytes) -> str:
    """One key of sessions and second steps: 16 hex figures."""
    return derive_key(secret_key, "secret fingerprint").hex()[:LENGTH]


def keys_fingerprint(settings: Settings) -> str:
    """All keys together, to see that one has changed: 16 hex figures."""
    every = b"".join((settings.place_key, *settings.secret_keys))
    return derive_key(every, "keys fingerprint").hex()[:LENGTH]
