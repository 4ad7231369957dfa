"""One officer's own figures: closed quarters, made of the same cells that supervisors see.

Batches by month beside the supervisor's quarters would open small groups by subtraction. So a
batch is a quarter, and holds the officer's counters where the gate shows the officer apart: what
the officer sees adds nothing to what supervisors see (docs/adr/0012-closed-blocks.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.comparison import Comparison, compare
from feedback_app.domain.disclosure import (
    MIN_GROUP,
    Answers,
    Band,
    Stretch,
    Withheld,
    closed_quarters,
)
from feedback_app.domain.disclosure.parts import OfficerPart
from feedback_app.domain.disclosure.together import together
from feedback_app.domain.interval import Mean
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import quarter_from, slug, title
from feedback_app.services.counters import closed_figures
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import joins, tallies

BACK = timedelta(days=366)  # four or five closed quarters

Cell = tuple[Stretch, int, closed_figures.OfficerLines]  # quarter, counter, everybody there


@dataclass(frozen=True, slots=True)
class OfficerBatch:
    """One closed quarter of an officer, over the counters where it may be shown.

    `n` and `by_poster` count forms; where nothing is shown, `mean` says why and `items` is empty.
    `unverified` is the share that came through the poster, which proves no visit.
    """

    key: str
    title: tuple[str, str]
    first: date
    last: date
    n: int
    unverified: float
    mean: Mean | Band | Withheld | TooFew
    items: Mapping[str, Answers | Band]
    comparison: Comparison | None


def own_batches(site: Site, officer_id: int) -> tuple[OfficerBatch, ...]:
    """The officer's closed quarters, newest first; nothing of single answers, never a rank."""
    with site.db.read() as session:
        oldest = site.today() - BACK
        rows = joins.rows_of(session, officer_id)
        counter_ids = tallies.counters_of_officer(session, rows, since=oldest)
        unit_ids = queries.counters_of_same_units(session, counter_ids)
        cells = _cells(session, sorted({*counter_ids, *unit_ids}), oldest=oldest, site=site)
    starts = sorted({quarter.starts for quarter, _counter, _lines in cells}, reverse=True)
    batches = (
        _batch(rows, start, [cell for cell in cells if cell[0].starts == start]) for start in starts
    )
    return tuple(batch for batch in batches if batch is not None)


def _cells(session: Session, counter_ids: Sequence[int], *, oldest: date, site: Site) -> list[Cell]:
    grids = closed_figures.grids(site, session, counter_ids, oldest=oldest)
    found = []
    for counter_id, grid in grids.items():
        for quarter in closed_quarters(grid.blocks, today=site.today()):
            if quarter.last < oldest:
                continue
            closed = closed_figures.quarter_of(site, session, counter_id, quarter)
            found.append((quarter, counter_id, closed.officers))
    return found


def _batch(rows: Sequence[int], starts: date, cells: Sequence[Cell]) -> OfficerBatch | None:
    """Rows that were joined later were shown apart in this quarter: the sum of what was shown."""
    own = [(quarter, lines[row]) for quarter, _c, lines in cells for row in rows if row in lines]
    if not own:
        return None
    parts = [part for _quarter, part in own if isinstance(part, OfficerPart)]
    shown_in = [quarter for quarter, part in own if isinstance(part, OfficerPart)]
    whole = together(parts) if parts else None
    span = quarter_from(starts)
    return OfficerBatch(
        key=slug(span),
        title=title(span),
        first=min(quarter.first for quarter in shown_in or [own[0][0]]),
        last=max(quarter.last for quarter in shown_in or [own[0][0]]),
        n=whole.n if whole else 0,
        unverified=whole.by_poster / whole.n if whole else 0.0,
        mean=whole.mean if whole else _why_not([part for _quarter, part in own]),
        items=whole.items if whole else {},
        comparison=_comparison(rows, whole, cells),
    )


def _comparison(
    rows: Sequence[int], own: OfficerPart | None, cells: Sequence[Cell]
) -> Comparison | None:
    if own is None or not isinstance(own.mean, Mean):
        return None
    others: dict[int, list[OfficerPart]] = {}
    for _quarter_of, _counter, lines in cells:
        for who, part in lines.items():
            if who not in rows and isinstance(part, OfficerPart):
                others.setdefault(who, []).append(part)
    means = [together(parts).mean for parts in others.values()]
    return compare(own.mean, [mean for mean in means if isinstance(mean, Mean)])


def _why_not(parts: Sequence[OfficerPart | Withheld | TooFew]) -> Withheld | TooFew:
    n = sum(part.n for part in parts)
    return TooFew(n=n, needed=MIN_GROUP) if n < MIN_GROUP else Withheld(n)
