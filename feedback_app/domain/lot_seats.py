"""Who sits after a draw: the seat of one who cannot go is taken by the next who waits."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from feedback_app.domain.lot import Draw

# No letter or figure that is read as another, and no vowel: a code never spells a word.
_LETTERS = "BCDFGHJKMNPQRTVWXYZ2346789"
_CODE_LENGTH = 6
Kind = Literal["left", "fewer"]


@dataclass(frozen=True, slots=True)
class Place:
    """One person of the list as drawn: `place` from 1; `date` 1…N, None while waiting or gone.

    `replaces` is the code whose seat this one took; `has_left` keeps the line where it stood.
    """

    place: int
    code: str
    date: int | None
    replaces: str = ""
    has_left: bool = False


def new_codes(count: int) -> tuple[str, ...]:
    """So many different codes by chance, as K7F-2M9."""
    found: set[str] = set()
    while len(found) < count:
        text = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        found.add(f"{text[:3]}-{text[3:]}")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """After the draw: `code` cannot go (left), or gives the seat up as a date has fewer (fewer)."""

    kind: Kind
    code: str


def standing(drawn: Draw, changes: Iterable[Change]) -> tuple[Place, ...]:
    """Everybody in the order of the draw, after these changes in their order.

    The seat of one who cannot go falls to the first who waits; when nobody waits it stays empty.
    A seat that is no more leaves its holder waiting, before all who were drawn later.
    """
    dates = {seat.code: seat.date for seat in drawn.seated}
    lines = {
        code: Place(number, code, dates.get(code)) for number, code in enumerate(drawn.order, 1)
    }
    for change in changes:
        before = lines[change.code]
        if change.kind == "fewer":
            lines[change.code] = replace(before, date=None, replaces="")
        elif not before.has_left:
            lines[change.code] = replace(before, date=None, has_left=True)
            heir = _first_waiting(lines.values())
            if before.date is not None and heir is not None:
                lines[heir.code] = replace(heir, date=before.date, replaces=change.code)
    return tuple(lines.values())


def _first_waiting(lines: Iterable[Place]) -> Place | None:
    return next((one for one in lines if one.date is None and not one.has_left), None)


def seated_on(places: Sequence[Place], date: int) -> list[Place]:
    """Who sits on one of the dates, in the order of the draw."""
    return [one for one in places if one.date == date]


def dealt(seats: int, dates: int) -> list[int]:
    """Seats of each date when they are dealt in turn."""
    return [len(range(place, seats, dates)) for place in range(dates)]
