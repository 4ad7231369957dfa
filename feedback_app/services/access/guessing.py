"""The brake on guessing: a wait, never a lock, and the same for names known and unknown.

A browser in which the owner has logged in before has a brake of its own, so that strangers who
guess at a name make only strangers wait.
"""

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
# Those who wait hold threads that citizens need (24 log-ins at once made the form 16 times slower).
_WAITING = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 1.0


def key_of_name(username: str) -> str:
    """The brake of log-ins under this name, from browsers that nobody knows."""
    return hash_of(username)


def key_of_browser(browser: str) -> str:
    """The brake of log-ins from one browser in which the owner has logged in before."""
    return hash_of(hash_of("known browser") + browser)


def key_of_confirming(account_id: int) -> str:
    """The brake of a logged-in person who is asked for the password again."""
    return hash_of(hash_of("confirming") + str(account_id))


def key_of_second_step(account_id: int) -> str:
    """The brake of an account's second step; no typed name has the same."""
    return hash_of(hash_of("second step") + str(account_id))


def brake(site: Site, key: str) -> None:
    """Count a guess before it is looked at; TooManyTriesError when it must wait."""
    now = site.now()
    with site.db.transaction() as tx:
        if guesses.count_guess(tx, key, now=now, window_ends_at=now + GUESS_WINDOW) > GUESSES:
            raise TooManyTriesError


def count_unknown_name(tx: Session, site: Site) -> None:
    """Count one more refusal of a name that is nobody's."""
    now = site.now()
    guesses.count_guess(
        tx, hash_of(hash_of("unknown names")), now=now, window_ends_at=now + GUESS_WINDOW
    )


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of the process's turns to check a password; CrowdedError when none comes free.

    Taken before the guess is counted: who is sent away for others' sake has not guessed.
    """
    if not _TURNS.acquire(blocking=False):
        _wait_for_a_turn()
    try:
        yield
    finally:
        _TURNS.release()


def _wait_for_a_turn() -> None:
    if _WAITING.acquire(blocking=False):
        try:
            if _TURNS.acquire(timeout=PATIENCE_SECONDS):
                return
        finally:
            _WAITING.release()
    raise CrowdedError("Sedang banyak yang masuk. Coba lagi sebentar.")


def release(tx: Session, key: str) -> None:
    """Begin anew after a right answer."""
    guesses.forget_guesses(tx, key)
