"""What the gate needs of a unit's officers in a quarter: over all its counters, by set of forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.domain.elements import OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.form_sets import COMPLETE, OF_OFFICERS, form_set
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Tally, UpkeepMark
from feedback_app.storage.once import once
from feedback_app.storage.queries.tallies import Sums, for_officers, sums_by
from feedback_app.storage.standing import RATING, VERDICT

BY_COUNTER = "officers_by_counter"
Answered = tuple[int, ...]  # answers to each of the keys asked for


@dataclass(frozen=True, slots=True)
class UnitDays:
    """Days of a unit's counters, both ends included."""

    counter_ids: tuple[int, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer's forms of one set at one counter. `by_poster` says how many of them came
    through the printed card, which proves no visit."""

    counter_id: int
    officer_id: int
    form_set: int
    sums: Sums

    @property
    def by_poster(self) -> int:
        """Forms that prove no visit."""
        return self.sums["by_poster"]


def sums_by_officer(session: Session, days: UnitDays) -> list[OfficerRow]:
    """Complete forms, and those that stopped early, that count for an officer."""
    by_poster = func.sum(when((Tally.c.tier == "poster", Tally.c.n), else_=0))
    key = (Tally.c.counter_id, Tally.c.officer_id, Tally.c.form_set)
    wanted = [*_counted(days), Tally.c.form_set.in_(OF_OFFICERS), *for_officers()]
    rows = sums_by(session, key, wanted, also={"by_poster": by_poster})
    return [OfficerRow(found[0], found[1], found[2], sums) for found, sums in rows]


def sums_by_counter(session: Session, days: UnitDays) -> dict[int, Sums]:
    """All complete forms by counter, whoever they name."""
    rows = sums_by(session, [Tally.c.counter_id], _complete(days))
    return {found[0]: sums for found, sums in rows}


def officer_days(
    session: Session, days: UnitDays, *, keys: Collection[str]
) -> list[tuple[int, int, date, Answered]]:
    """(counter, officer, day, answers to each key) of complete forms that count for an officer."""
    who = [Tally.c.counter_id, Tally.c.officer_id]
    rows = _answers_by(session, who, [*_complete(days), *for_officers()], keys)
    return [(row[0], row[1], row[2], tuple(map(int, row[3:]))) for row in rows]


def counter_days(
    session: Session, days: UnitDays, *, keys: Collection[str]
) -> list[tuple[int, date, Answered]]:
    """(counter, day, answers to each key) of all complete forms."""
    rows = _answers_by(session, [Tally.c.counter_id], _complete(days), keys)
    return [(row[0], row[1], tuple(map(int, row[2:]))) for row in rows]


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """A form that an upheld appeal took from an officer; for the disclosure gate only."""

    officer_id: int
    case_id: int
    counter_id: int
    day: date
    form_set: int
    items: Mapping[str, int | None]


def taken_by_appeals(session: Session, days: UnitDays) -> list[TakenAnswer]:
    """What upheld appeals took from officers' figures of these days: of both sets of forms."""
    keys = (*OFFICIAL_KEYS, *(key for key in OFFICER_KEYS if key not in OFFICIAL_KEYS))
    rows = session.execute(
        select(
            RATING.c.officer_id,
            Case.id,
            RATING.c.counter_id,
            VERDICT.c.counted_on,
            *(RATING.c[key] for key in keys),
        )
        .select_from(Case)
        .join(VERDICT, VERDICT.c.case_id == Case.id)
        .join(RATING, RATING.c.id == VERDICT.c.rating_id)
        .where(
            Case.kind == "appeal",
            Case.outcome == "upheld",
            RATING.c.counter_id.in_(days.counter_ids),
            VERDICT.c.counted_on.between(days.first, days.last),
        )
    )
    found = []
    for row in rows:
        answers = dict(zip(keys, row[4:], strict=True))
        of_set = form_set(answers)
        if of_set in OF_OFFICERS:
            items = {key: answers[key] for key in OFFICER_KEYS}
            found.append(TakenAnswer(row[0], row[1], row[2], row[3], of_set, items))
    return found


def note_by_counter(session: Session, *, day: date) -> None:
    """Note once until when officers were told by counter: today where answers are there already.

    Somebody may have seen those figures, so what came out until then stays made of them.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    added = (sqlite.insert if is_sqlite else postgresql.insert)(UpkeepMark).on_conflict_do_nothing()
    has_answers = session.execute(select(RATING.c.id).limit(1)).first() is not None
    session.execute(added, {"name": BY_COUNTER, "day": day if has_answers else date.min})


def by_counter_until(session: Session) -> date:
    """The last day on which officers were told by counter; the first of all days: never."""
    question = select(UpkeepMark.day).where(UpkeepMark.name == BY_COUNTER)
    return once(session, BY_COUNTER, lambda: session.scalar(question)) or date.min


def _counted(days: UnitDays) -> list[ColumnElement[bool]]:
    return [
        Tally.c.counter_id.in_(days.counter_ids),
        Tally.c.day.between(days.first, days.last),
        Tally.c.state == "counted",
    ]


def _complete(days: UnitDays) -> list[ColumnElement[bool]]:
    return [*_counted(days), Tally.c.form_set == COMPLETE]


def _answers_by(
    session: Session,
    who: Sequence[ColumnElement[int]],
    wanted: list[ColumnElement[bool]],
    keys: Collection[str],
) -> list[tuple[Any, ...]]:
    if not set(keys) <= set(OFFICER_KEYS):
        raise ValueError(f"not about the officer: {sorted(set(keys) - set(OFFICER_KEYS))}")
    answered = [
        func.sum(sum((Tally.c[f"{key}_{value}"] for value in (2, 3, 4)), Tally.c[f"{key}_1"]))
        for key in keys
    ]
    rows = session.execute(
        select(*who, Tally.c.day, *answered).where(*wanted).group_by(*who, Tally.c.day)
    )
    return [tuple(row) for row in rows]
