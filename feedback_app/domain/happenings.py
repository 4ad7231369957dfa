"""What happened at a counter: told by people, or by a change of the instrument; read with figures.

A mean that moves because the queue machine broke says nothing about an officer. So happenings are
drawn on a counter's charts, and studies, needs and appeals ask for those of a counter and time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# kind -> (Indonesian, English)
KINDS: dict[str, tuple[str, str]] = {
    "machine": ("mesin atau alat", "machine or equipment"),
    "move": ("pindah tempat", "move"),
    "outage": ("gangguan jaringan atau listrik", "network or power failure"),
    "leave": ("banyak petugas tidak masuk", "many officers away"),
    "lebaran": ("Lebaran atau periode ramai", "Lebaran or another peak"),
    "instrument": ("pertanyaan formulir berubah", "questions of the form changed"),
    "other": ("lain-lain", "other"),
}
BY_ITSELF = "instrument"  # written by the program; people do not choose it
CHOSEN = tuple(kind for kind in KINDS if kind != BY_ITSELF)
LONGEST_WORDS = 200
FARTHEST = timedelta(days=366)  # ahead: what is planned, as a move
EARLIEST = date(2017, 1, 1)  # the official instrument's own year


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened from one day to another, both included, at a counter or at a whole unit.

    `last` None: it goes on. `counter_id` None: at every counter of the unit.
    """

    happening_id: int
    unit_id: int
    counter_id: int | None
    kind: str
    first: date
    last: date | None
    words: str

    def touches(self, first: date, last: date) -> bool:
        """Whether it fell on any of these days, both included."""
        return self.first <= last and (self.last is None or self.last >= first)


def at_counter(
    happenings: Iterable[Happening], *, counter_id: int, unit_id: int
) -> list[Happening]:
    """Those of a counter and of its whole unit."""
    return [
        one
        for one in happenings
        if one.counter_id == counter_id or (one.counter_id is None and one.unit_id == unit_id)
    ]
