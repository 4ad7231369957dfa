"""What a supervisor sees of the own units: live counts, and scores over closed blocks only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import Grid, Score, ending_within, score_of
from feedback_app.domain.happenings import Happening
from feedback_app.domain.interval import Mean
from feedback_app.domain.periods import Period, period, weeks_before
from feedback_app.domain.skm import TooFew
from feedback_app.domain.tiers import TIERS
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters import closed_figures
from feedback_app.services.counters.coverage import crowded_counters
from feedback_app.services.roster.ahead import next_days_without_shift
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import tallies
from feedback_app.storage.queries.happenings import happenings_of_counters

TREND_WEEKS = 12


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The index of the blocks that ended in one week, in points 1 to 4, or nothing."""

    week: Period
    mean: Mean | TooFew


@dataclass(frozen=True, slots=True)
class Received:
    """How many ratings came in, live: numbers of ratings tell nobody's answer."""

    counted: int
    held: int
    aside: int
    partial: int
    tiers: tuple[tuple[str, int], ...]  # counted ones by tier, the strongest tier first


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One counter in the overview."""

    code: str
    name: str
    serving: tuple[str, ...]
    received: Received
    visits: int | None
    score: Score | TooFew
    trend: tuple[TrendPoint, ...]
    unstaffed_on: date | None  # the next working day, when nobody is rostered on it
    is_silent: bool
    is_crowded: bool  # more of its visitors seem to have answered than ever do
    waiting: int  # held answers of any day that wait for the inspectorate
    happenings: tuple[Happening, ...]  # of the trend's weeks, newest first


def overview(site: Site, viewer: Viewer, *, period_key: str) -> tuple[Period, list[CounterLine]]:
    """Every open counter of the viewer's units."""
    chosen = period(period_key, today=site.today())
    with site.db.read() as session:
        counters = queries.counters_of_units(session, viewer.unit_ids)
        grids = closed_figures.grids(
            site,
            session,
            [one.id for one in counters],
            oldest=min(chosen.first, site.today() - timedelta(weeks=TREND_WEEKS)),
        )
        return chosen, lines_of(site, session, counters, chosen, grids)


def lines_of(
    site: Site,
    session: Session,
    counters: Sequence[Counter],
    chosen: Period,
    grids: Mapping[int, Grid],
) -> list[CounterLine]:
    """What the overview and a counter's own page both say of a counter."""
    ids = [counter.id for counter in counters]
    now, today = site.now(), site.today()
    received = _received(session, ids, chosen)
    visits = queries.visits_by_counter(
        session, ids, first=chosen.first, last=chosen.last, service_id=None
    )
    serving = queries.officers_serving(session, ids, at=now)
    unstaffed = next_days_without_shift(session, site, counters)
    silent = silent_counters(session, ids, today)
    crowded = crowded_counters(session, ids, today)
    waiting = tallies.held_for_verdict(session, ids)
    since = weeks_before(today, TREND_WEEKS)[0].first
    happened = happenings_of_counters(session, ids, first=since, last=today)
    return [
        CounterLine(
            code=counter.code,
            name=counter.name,
            serving=tuple(serving.get(counter.id, ())),
            received=received[counter.id],
            visits=visits.get(counter.id),
            score=_score(grids[counter.id], chosen),
            trend=_trend(grids[counter.id], today),
            unstaffed_on=unstaffed.get(counter.id),
            is_silent=counter.id in silent,
            is_crowded=counter.id in crowded,
            waiting=waiting.get(counter.id, 0),
            happenings=tuple(happened.get(counter.id, ())),
        )
        for counter in counters
    ]


def _received(session: Session, ids: Sequence[int], chosen: Period) -> dict[int, Received]:
    rows = tallies.received_by_counter(session, ids, first=chosen.first, last=chosen.last)
    found = {}
    for counter_id in ids:
        own = [row[1:] for row in rows if row[0] == counter_id]
        counted = [(tier, n, complete) for state, tier, n, complete in own if state == "counted"]
        found[counter_id] = Received(
            counted=sum(n for _tier, n, _complete in counted),
            held=sum(n for state, _tier, n, _complete in own if state == "held"),
            aside=sum(n for state, _tier, n, _complete in own if state == "aside"),
            partial=sum(n - complete for _tier, n, complete in counted),
            tiers=tuple((tier, n) for tier in TIERS for of, n, _complete in counted if of == tier),
        )
    return found


def _score(grid: Grid, chosen: Period) -> Score | TooFew:
    return score_of(ending_within(grid.blocks, first=chosen.first, last=chosen.last), grid=grid)


def _trend(grid: Grid, today: date) -> tuple[TrendPoint, ...]:
    weeks = weeks_before(today, TREND_WEEKS)
    scores = [(week, _score(grid, week)) for week in weeks]
    return tuple(
        TrendPoint(week, score.mean if isinstance(score, Score) else score)
        for week, score in scores
    )


# An alarm when a counter that served this many people got no answer in a week (5 working days).
SILENCE_VISITS = 40


def silent_counters(session: Session, ids: Sequence[int], today: date) -> set[int]:
    """Counters that served many in the last week and got no answer in it."""
    first = today - timedelta(days=7)
    visits = queries.visits_by_counter(session, ids, first=first, last=today, service_id=None)
    busy = {counter_id for counter_id, count in visits.items() if count >= SILENCE_VISITS}
    return busy - tallies.answered_since(session, busy, first) if busy else busy
