"""A mark of how a person or a place stands, so that the second of two who change it sees so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from feedback_app.services.roster.writing import ChangedMeanwhileError


def mark_of(values: Iterable[object]) -> str:
    """A short mark of these values: another one tells that somebody changed them since."""
    return hashlib.sha256(repr(tuple(map(str, values))).encode()).hexdigest()[:16]


def refuse_stale(seen: str, now: str) -> None:
    """ChangedMeanwhileError unless what was shown still stands."""
    if seen != now:
        raise ChangedMeanwhileError
