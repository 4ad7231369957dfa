"""Questions that the tally of details answers: causes ticked, facts told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, func, literal, literal_column, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import DetailTally
from feedback_app.storage.queries.tallies import Days

Details = dict[tuple[str, str], int]


def complete_details_by_stretch(
    session: Session, days: Days, *, ends: Sequence[date]
) -> list[Details]:
    """How many complete counted forms said what, (item, choice), in each consecutive stretch."""
    table = DetailTally
    # written out: PostgreSQL takes two expressions with parameters for different ones
    written = [(literal(end, literal_execute=True), number) for number, end in enumerate(ends)]
    place = case(*((table.c.day <= end, literal_column(str(n))) for end, n in written))
    rows = session.execute(
        select(place, table.c.item, table.c.choice, func.sum(table.c.n))
        .where(
            table.c.counter_id == days.counter_id,
            table.c.day.between(days.first, days.last),
            table.c.state == "counted",
            table.c.is_complete == 1,
        )
        .group_by(place, table.c.item, table.c.choice)
    )
    found: list[Details] = [{} for _end in ends]
    for number, item, choice, n in rows:
        found[number][item, choice] = int(n)
    return found
