"""The brake on guessing: a wait, never a lock, and the same for names known and unknown."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from feedback_app.services.access.people import CrowdedError, TooManyTriesError
from feedback_app.services.access.secrets import hash_of
from feedback_app.services.site import Site
from feedback_app.storage import guesses
from feedback_app.storage.db import Session

GUESSES = 8  # of one name or one second step per window; then a wait, never a lock (ADR 1)
GUESS_WINDOW = timedelta(minutes=10)
# To check a password takes a core for a twentieth of a second and 64 MiB, on purpose. Names that
# are always new have no brake of their own, so this one is for all of them together.
_TURNS = threading.BoundedSemaphore(os.cpu_count() or 1)
PATIENCE_SECONDS = 1.0  # those who wait hold threads that citizens need


def key_of_name(username: str) -> str:
    """The brake of log-ins under this name."""
    return hash_of(username)


def key_of_second_step(account_id: int) -> str:
    """The brake of an account's second step; no typed name has the same."""
    return hash_of(hash_of("second step") + str(account_id))


def brake(site: Site, key: str) -> None:
    """Count a guess before it is looked at; TooManyTriesError when it must wait."""
    now = site.now()
    with site.db.transaction() as tx:
        if guesses.count_guess(tx, key, now=now, window_ends_at=now + GUESS_WINDOW) > GUESSES:
            raise TooManyTriesError


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of the process's turns to check a password; CrowdedError when none comes free.

    Taken before the guess is counted: who is sent away for others' sake has not guessed.
    """
    if not _TURNS.acquire(timeout=PATIENCE_SECONDS):
        raise CrowdedError("Sedang banyak yang masuk. Coba lagi sebentar.")
    try:
        yield
    finally:
        _TURNS.release()


def release(tx: Session, key: str) -> None:
    """Begin anew after a right answer."""
    guesses.forget_guesses(tx, key)
