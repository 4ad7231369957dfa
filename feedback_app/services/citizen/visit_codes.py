"""Visit codes at the moment of rating: spend one in the answer's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_app.domain.local_time import local_day
from feedback_app.domain.visit_codes import GUESSES_A_MINUTE, GivenCode, mark_of, read_visit_code
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import visit_codes as queries
from feedback_app.storage.queries.visit_codes import Spent

PURPOSE = "visit code"


class TooManyGuessesError(Exception):
    """Too many wrong typed codes came in this minute: try again in the next one."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came in as a visit code. `is_odd`: sent in a way that no form of ours sends it."""

    text: str
    is_odd: bool

    @property
    def is_there(self) -> bool:
        """Whether a code was claimed at all."""
        return bool(self.text) or self.is_odd


NONE_GIVEN = Given("", is_odd=False)


def is_visit_code(text: str) -> bool:
    """Whether a text can be a visit code at all: its length and check character fit."""
    return read_visit_code(text) is not None


def marks(site: Site, code: GivenCode) -> list[str]:
    """Under which a code may be kept: one for each key still in use."""
    return [mark_of(code, key=key) for key in site.keys_for(PURPOSE)]


def spend(tx: Session, site: Site, given: Given, *, agency_id: int, unit_id: int) -> Spent | None:
    """Spend what was given; None when it opens nothing. TooManyGuessesError before it is tried."""
    code = None if given.is_odd else read_visit_code(given.text)
    if code is None:
        return None
    now = site.now()
    minute = now.replace(second=0, microsecond=0)
    is_guessable = code.kind == "typed"
    if is_guessable and queries.wrong_guesses(tx, minute=minute) >= GUESSES_A_MINUTE:
        raise TooManyGuessesError
    spent = queries.spend(tx, code.kind, marks(site, code), unit_id=unit_id, now=now)
    if spent is not None:
        queries.count(
            tx,
            agency_id=agency_id,
            unit_id=unit_id,
            service_id=spent.service_id,
            day=local_day(now),
            added={"redeemed": 1},
        )
    elif is_guessable:
        queries.add_wrong_guess(tx, minute=minute)
    return spent


def calls_are_told(tx: Session, unit_id: int, *, at: datetime) -> bool:
    """Whether this unit's queue tells whom it calls."""
    return queries.calls_are_told(tx, unit_id, day=local_day(at))
