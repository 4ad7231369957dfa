"""Visit codes at the moment of rating: spend one in the answer's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_app.domain.local_time import local_day
from feedback_app.domain.visit_codes import LIFETIME, GivenCode, mark_of, read_visit_code
from feedback_app.services.citizen import code_guesses
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import backups
from feedback_app.storage.queries import visit_codes as queries
from feedback_app.storage.queries.visit_codes import Spent

PURPOSE = "visit code"


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


def spend(tx: Session, site: Site, given: Given, typist: Typist, *, agency_id: int) -> Spent | None:
    """Spend what was given at a unit; None when it opens nothing there.

    TooManyGuessesError before it is tried.
    """
    code = None if given.is_odd else read_visit_code(given.text)
    if code is None:
        return None
    now, unit_id = site.now(), typist.unit_id
    is_guessable = code.kind == "typed"
    if is_guessable:
        code_guesses.brake(tx, site, typist)
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
        code_guesses.note_wrong(tx, site, typist)
    return spent


def some_were_lost(tx: Session, *, now: datetime) -> bool:
    """Whether codes handed out after the last backup may come that this office no longer knows.

    Their holders are honest: as long as such codes live, an unknown one is no sign of a false one.
    """
    restored_at = backups.restored_at(tx)
    return restored_at is not None and now - restored_at < LIFETIME


def calls_are_told(tx: Session, unit_id: int, *, at: datetime) -> bool:
    """Whether this unit's queue tells whom it calls."""
    return queries.calls_are_told(tx, unit_id, day=local_day(at))
