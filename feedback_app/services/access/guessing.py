"""The brake on guessing: a wait, never a lock, and the same for names known and unknown."""

from __future__ import annotations

from datetime import timedelta

from feedback_app.services.access.people import TooManyGuessesError
from feedback_app.services.access.secrets import hash_of
from feedback_app.services.site import Site
from feedback_app.storage import guesses
from feedback_app.storage.db import Session

GUESSES = 8  # of one name or one second step per window
GUESS_WINDOW = timedelta(minutes=10)


def key_of_name(username: str) -> str:
    """The brake of log-ins under this name."""
    return hash_of(username)


def key_of_second_step(account_id: int) -> str:
    """The brake of an account's second step; no typed name has the same."""
    return hash_of(hash_of("second step") + str(account_id))


def brake(site: Site, key: str) -> None:
    """Count a guess before it is looked at; TooManyGuessesError when it must wait."""
    now = site.now()
    with site.db.transaction() as tx:
        if guesses.count_guess(tx, key, now=now, window_ends_at=now + GUESS_WINDOW) > GUESSES:
            raise TooManyGuessesError


def release(tx: Session, key: str) -> None:
    """Begin anew after a right answer."""
    guesses.forget_guesses(tx, key)
