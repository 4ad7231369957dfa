"""The brake on guessing typed codes: a wait until the next minute, never a lock.

Each way of typing one has a budget of its own, so that who uses up one closes no other; and each
network has a smaller one first, so that one machine alone closes none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedback_app.domain.visit_codes import GUESSES_A_MINUTE
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import visit_codes as queries

# Wrong codes a minute, in each process: four of them together stay below GUESSES_A_MINUTE. A hall
# behind one address mistypes less.
GUESSES_OF_A_NETWORK = 7
Way = Literal["front page", "pairing", "form", "paper"]


class TooManyGuessesError(Exception):
    """Too many wrong typed codes came in this minute: try again in the next one."""


@dataclass(frozen=True, slots=True)
class Typist:
    """Who types a code: by which way, at which unit ('' scope: all), from which network.

    A form is opened by its card's code, so its budget is its unit's. `network` is kept in memory
    only and for a minute; '' has no budget of its own.
    """

    way: Way
    unit_id: int = 0
    network: str = ""

    @property
    def scope(self) -> str:
        """The name under which wrong guesses are counted."""
        return f"{self.way} {self.unit_id}"


def brake(session: Session, site: Site, typist: Typist) -> None:
    """Raise TooManyGuessesError while this way or this network has guessed wrong too often."""
    minute = _minute(site)
    is_over = site.wrong_codes.count(minute, typist.network) >= GUESSES_OF_A_NETWORK
    if is_over or queries.wrong_guesses(session, typist.scope, minute=minute) >= GUESSES_A_MINUTE:
        raise TooManyGuessesError


def note_wrong(tx: Session, site: Site, typist: Typist) -> None:
    """Count a code that opened nothing."""
    queries.add_wrong_guess(tx, typist.scope, minute=_minute(site))
    if typist.network:
        site.wrong_codes.add(_minute(site), typist.network)


def _minute(site: Site) -> datetime:
    return site.now().replace(second=0, microsecond=0)
