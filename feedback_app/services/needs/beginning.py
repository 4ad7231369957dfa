"""Before the first needs: when they can come, and what people say of the counters meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.causes import Cause
from feedback_app.domain.disclosure import closed_quarters, months_later
from feedback_app.domain.disclosure.blocks import PARTS_DELAY, quarter_start
from feedback_app.domain.texts import Words
from feedback_app.services.counters import closed_figures
from feedback_app.services.needs.span import verified_days
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as counters_queries

BEFORE, AFTER = 4, 2  # months with ratings before and after a training, for its first effect
YEAR = timedelta(days=366)
MOST_CAUSES = 6


@dataclass(frozen=True, slots=True)
class CauseSaid:
    """About how many of a hundred low answers at a counter name a cause."""

    counter: str
    item: str
    cause: Cause
    percent: int

    @property
    def words(self) -> Words:
        """The cause in both languages."""
        return self.cause.text, self.cause.text_en


@dataclass(frozen=True, slots=True)
class Beginning:
    """`has_answers` False: the days assume that verified answers begin today."""

    has_answers: bool
    needs_on: date
    trainings_from: date  # a month
    effects_on: date  # a month
    causes: tuple[CauseSaid, ...]


def beginning_of(site: Site, session: Session, agency_id: int) -> Beginning:
    """What a new office reads instead of needs."""
    days = verified_days(site, session, agency_id)
    first = days[0] if days else site.today()
    trainings_from = months_later(_month_from(first), BEFORE)
    return Beginning(
        has_answers=days is not None,
        needs_on=first_needs(first, today=site.today()),
        trainings_from=trainings_from,
        effects_on=months_later(trainings_from, AFTER),
        causes=_causes(site, session, agency_id),
    )


def first_needs(first: date, *, today: date) -> date:
    """The day when the quarter that is running now, or began the ratings, is looked at."""
    return months_later(quarter_start(max(first, today)), 3) + PARTS_DELAY


def _month_from(day: date) -> date:
    """The first whole month from a day on."""
    return day if day.day == 1 else months_later(day.replace(day=1), 1)


def _causes(site: Site, session: Session, agency_id: int) -> tuple[CauseSaid, ...]:
    """The commonest causes of the counters' newest closed quarters, through their own gate."""
    names = counters_queries.counters_of_agency(session, agency_id)
    oldest = site.today() - YEAR
    grids = closed_figures.grids(site, session, list(names), oldest=oldest)
    said = []
    for counter_id, grid in grids.items():
        quarters = closed_quarters(grid.blocks, today=site.today())
        if not quarters:
            continue
        quarter = closed_figures.quarter_of(site, session, counter_id, quarters[-1])
        said += [
            CauseSaid(names[counter_id], own.key, share.cause, share.percent)
            for own in quarter.causes
            for share in own.shares[:1]
        ]
    said.sort(key=lambda one: (-one.percent, one.counter, one.item))
    return tuple(said[:MOST_CAUSES])
