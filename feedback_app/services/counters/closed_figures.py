"""Reads what the disclosure gate needs of a counter, and returns only what it lets through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from feedback_app.domain.disclosure import (
    Answers,
    Band,
    Block,
    Counts,
    DayForms,
    Grid,
    Stretch,
    by_stretch,
    counter_to_shorten,
    elements_of,
    grid_of,
    grid_start,
    hidden_elements,
    months_later,
    months_of,
    without_end_of,
)
from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.disclosure.causes import ElementCauses, FactShares, causes_of, facts_of
from feedback_app.domain.disclosure.parts import SERVICE_KEYS, ServicePart, service_parts
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.skm import TooFew
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters, surveys, tallies
from feedback_app.storage.queries.details import complete_details_by_stretch
from feedback_app.storage.queries.tallies import Days, counts_of


@dataclass(frozen=True, slots=True)
class ClosedQuarter:
    """A counter's quarter by service and cause; the same cells wherever they are shown."""

    services: tuple[ServicePart, ...]
    causes: tuple[ElementCauses, ...]
    facts: tuple[FactShares, ...]


def grids(
    site: Site,
    session: Session,
    counter_ids: Collection[int],
    *,
    oldest: date,
    newest: date | None = None,
) -> dict[int, Grid]:
    """Each counter's closed blocks from the quarter of the oldest day on that is asked for.

    `newest`: the last day of a quarter that is over, after which no block is asked for.
    """
    today = site.today()
    until = newest or today
    found = _grids(site, session, counter_ids, since=grid_start(oldest), until=until)
    units = counters.units_of(session, counter_ids)
    starts = grid_start(oldest)
    while months_later(starts, 3) <= min(today, until + timedelta(days=1)):
        for unit_id in units:
            counter_id = site.closed.get(
                ("shortened", unit_id, starts), partial(_shortened, session, unit_id, starts)
            )
            if counter_id in found:
                found[counter_id] = without_end_of(found[counter_id], starts)
        starts = months_later(starts, 3)
    return found


def _grids(
    site: Site, session: Session, counter_ids: Collection[int], *, since: date, until: date
) -> dict[int, Grid]:
    """The blocks of these days; those of quarters that are over stay in memory by their sums.

    So their days are read once a process, and again should their answers ever change.
    """
    today = site.today()
    running = quarter_start(today)
    over = min(running - timedelta(days=1), until)
    sums = tallies.complete_sums_by_counter(session, counter_ids, since=since, until=over)
    questions = {one: ("blocks", one, since, over, sums.get(one)) for one in counter_ids}
    unknown = [one for one, asked in questions.items() if site.closed.peek(asked) is None]
    days = _forms_by_day(session, unknown, since=since, until=over)
    rest = _forms_by_day(session, counter_ids, since=max(since, running), until=until)
    found = {}
    for one, asked in questions.items():
        own = grid_of(rest[one], today=today)
        work_out = partial(_closed_blocks, days.get(one, ()), running)
        found[one] = replace(own, blocks=site.closed.get(asked, work_out) + own.blocks)
    return found


def _closed_blocks(days: Iterable[DayForms], today: date) -> tuple[Block, ...]:
    return grid_of(days, today=today).blocks


def _shortened(session: Session, unit_id: int, starts: date) -> int:
    """The counter whose last block of that quarter is not shown; 0 for none."""
    until = months_later(starts, 3) - timedelta(days=1)
    counter_ids = surveys.counter_ids_of_unit(session, unit_id)
    days = _forms_by_day(session, counter_ids, since=starts, until=until)
    return counter_to_shorten(days, starts=starts) or 0


def _forms_by_day(
    session: Session, counter_ids: Collection[int], *, since: date, until: date
) -> dict[int, list[DayForms]]:
    forms: dict[int, list[DayForms]] = {counter_id: [] for counter_id in counter_ids}
    if not forms or since > until:
        return forms
    rows = tallies.complete_days(session, counter_ids, since=since, until=until)
    for counter_id, day, n, total, squares in rows:
        forms[counter_id].append(DayForms(day, n, total, squares))
    return forms


def counts_of_months(
    session: Session, counter_id: int, months: Sequence[Stretch]
) -> list[dict[str, Counts]]:
    """For the gate only: counts of each element in each of these months, one after another."""
    spans = [(month.first, month.last) for month in months]
    sums = tallies.complete_sums_by_stretch(session, counter_id, spans=spans)
    return [{key: counts_of(own, key) for key in ALL_KEYS} for own in sums]


def elements_over(
    site: Site, session: Session, counter_id: int, months: Sequence[Stretch]
) -> Mapping[str, Answers | Band | TooFew]:
    """The elements over closed months of a counter."""
    return site.closed.get(
        ("elements", counter_id, tuple(months)),
        lambda: elements_of(counts_of_months(session, counter_id, months)),
    )


def quarter_of(site: Site, session: Session, counter_id: int, quarter: Stretch) -> ClosedQuarter:
    """A closed quarter of a counter; worked out once, as its days keep their answers (ADR 12).

    Only what a restore or an import may do to its blocks changes it.
    """
    return site.closed.get(
        ("quarter", counter_id, quarter), lambda: _quarter(session, counter_id, quarter)
    )


def _quarter(session: Session, counter_id: int, quarter: Stretch) -> ClosedQuarter:
    months = months_of(quarter.blocks)
    counts = counts_of_months(session, counter_id, months)
    ends = [month.last for month in months]
    said = complete_details_by_stretch(session, _days(counter_id, quarter), ends=ends)
    return ClosedQuarter(
        services=tuple(_services_in(session, counter_id, quarter, counts=counts)),
        causes=causes_of(counts, said, hidden=hidden_in(counts)),
        facts=facts_of(said),
    )


def _services_in(
    session: Session, counter_id: int, quarter: Stretch, *, counts: Sequence[Mapping[str, Counts]]
) -> list[ServicePart]:
    days = _days(counter_id, quarter)
    rows = tallies.service_days(session, days)
    sizes = {
        service_id: by_stretch(_of(rows, service_id), quarter.blocks)
        for service_id in {row[0] for row in rows}
    }
    sums = tallies.complete_sums_by_service(session, days)
    by_service = {
        service_id: {key: counts_of(own, key) for key in SERVICE_KEYS}
        for service_id, own in sums.items()
    }
    return service_parts(by_service, sizes=sizes, hidden=hidden_in(counts))


def hidden_in(months: Iterable[Mapping[str, Counts]]) -> frozenset[str]:
    """Elements that one of these months shows as a band."""
    return frozenset[str]().union(*(hidden_elements(month) for month in months))


def _days(counter_id: int, stretch: Stretch) -> Days:
    return Days(counter_id, stretch.first, stretch.last)


def _of(rows: Iterable[tuple[int, date, int]], who: int) -> list[tuple[date, int]]:
    return [(day, n) for owner, day, n in rows if owner == who]
