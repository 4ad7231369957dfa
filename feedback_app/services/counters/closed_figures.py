"""Reads what the disclosure gate needs of a counter, and returns only what it lets through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from feedback_app.domain.disclosure import (
    MIN_GROUP,
    Answers,
    Band,
    Block,
    Counts,
    DayForms,
    Grid,
    Stretch,
    Withheld,
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
from feedback_app.domain.disclosure.causes import ElementCauses, FactShares, causes_of, facts_of
from feedback_app.domain.disclosure.gate import add_counts
from feedback_app.domain.disclosure.parts import (
    SERVICE_KEYS,
    Column,
    OfficerPart,
    OfficerSums,
    ServicePart,
    officer_parts,
    service_parts,
    showable_officers,
)
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.skm import TooFew
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import cases, counters, joins, surveys, tallies
from feedback_app.storage.queries.cases import TakenAnswer
from feedback_app.storage.queries.details import complete_details_by_stretch
from feedback_app.storage.queries.tallies import Days, Sums, counts_of

Owners = Mapping[int, int]  # joined row -> the officer whose answers these are
OfficerLines = Mapping[int, OfficerPart | Withheld | TooFew]
# Every complete form answers the official items, so one of them stands for both.
COUNTED_KEYS = ("kompetensi", *(key for key in OFFICER_KEYS if key not in OFFICIAL_KEYS))


@dataclass(frozen=True, slots=True)
class ClosedQuarter:
    """A quarter by service, officer and cause; the same cells wherever they are shown."""

    services: tuple[ServicePart, ...]
    officers: OfficerLines
    causes: tuple[ElementCauses, ...]
    facts: tuple[FactShares, ...]


def grids(
    site: Site, session: Session, counter_ids: Collection[int], *, oldest: date
) -> dict[int, Grid]:
    """Each counter's closed blocks from the quarter of the oldest day on that is asked for."""
    today = site.today()
    days = _forms_by_day(session, counter_ids, since=grid_start(oldest), until=today)
    found = {counter_id: grid_of(own, today=today) for counter_id, own in days.items()}
    units = counters.units_of(session, counter_ids)
    starts = grid_start(oldest)
    while months_later(starts, 3) <= today:
        for unit_id in units:
            counter_id = site.closed.get(
                ("shortened", unit_id, starts), partial(_shortened, session, unit_id, starts)
            )
            if counter_id in found:
                found[counter_id] = without_end_of(found[counter_id], starts)
        starts = months_later(starts, 3)
    return found


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
    rows = tallies.complete_days(session, counter_ids, since=since, until=until)
    for counter_id, day, n, total, squares in rows:
        forms[counter_id].append(DayForms(day, n, total, squares))
    return forms


def _counts_of_months(
    session: Session, counter_id: int, months: Sequence[Stretch]
) -> list[dict[str, Counts]]:
    """Counts of each element in each of these months, which follow each other."""
    if not months:
        return []
    days = Days(counter_id, months[0].first, months[-1].last)
    ends = [month.last for month in months]
    sums = tallies.complete_sums_by_stretch(session, days, ends=ends)
    return [{key: counts_of(own, key) for key in ALL_KEYS} for own in sums]


def elements_over(
    site: Site, session: Session, counter_id: int, months: Sequence[Stretch]
) -> Mapping[str, Answers | Band | TooFew]:
    """The elements over closed months of a counter."""
    return site.closed.get(
        ("elements", counter_id, tuple(months)),
        lambda: elements_of(_counts_of_months(session, counter_id, months)),
    )


def quarter_of(site: Site, session: Session, counter_id: int, quarter: Stretch) -> ClosedQuarter:
    """A closed quarter of a counter; worked out once, as its days keep their answers (ADR 12).

    Only an upheld appeal changes it; so does what a restore or an import may do to its blocks.
    Rows that were joined in this quarter or before it are one part from the start (ADR 19).
    """
    upheld = cases.upheld_appeals(session)
    owners = joins.owners_on(session, quarter.starts)
    return site.closed.get(
        ("quarter", counter_id, quarter, upheld, tuple(sorted(owners.items()))),
        lambda: _quarter(session, counter_id, quarter, owners),
    )


def _quarter(session: Session, counter_id: int, quarter: Stretch, owners: Owners) -> ClosedQuarter:
    months = _months_in(quarter)
    counts = _counts_of_months(session, counter_id, months)
    ends = [month.last for month in months]
    said = complete_details_by_stretch(session, _days(counter_id, quarter), ends=ends)
    return ClosedQuarter(
        services=tuple(_services_in(session, counter_id, quarter, counts=counts)),
        officers=_officers_in(session, counter_id, quarter, counts=counts, owners=owners),
        causes=causes_of(counts, said, hidden=_hidden(counts)),
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
    return service_parts(by_service, sizes=sizes, hidden=_hidden(counts))


def _officers_in(
    session: Session,
    counter_id: int,
    quarter: Stretch,
    *,
    counts: Sequence[Mapping[str, Counts]],
    owners: Owners,
) -> OfficerLines:
    days, months = _days(counter_id, quarter), _months_in(quarter)
    sums = _by_owner(tallies.complete_sums_by_officer(session, days), owners)
    taken = [
        replace(answer, officer_id=owners.get(answer.officer_id, answer.officer_id))
        for answer in cases.taken_by_appeals(session, days)
    ]
    named = [
        (owners.get(who, who), day, answers)
        for who, day, answers in tallies.officer_days(session, days, keys=COUNTED_KEYS)
    ]
    return officer_parts(
        {who: _officer_sums(own) for who, own in sums.items()},
        shown=_showable(session, days, quarter.blocks, months, taken, named),
        taken=_counts_taken(taken),
        whole={key: add_counts([month[key] for month in counts]) for key in ALL_KEYS},
        hidden=_hidden(counts),
    )


def _by_owner(sums: Mapping[int, Sums], owners: Owners) -> dict[int, Sums]:
    """The sums of joined rows as those of one officer."""
    found: dict[int, Sums] = {}
    for row, own in sums.items():
        who = owners.get(row, row)
        other = found.get(who)
        found[who] = own if other is None else {key: own[key] + other[key] for key in own}
    return found


def _showable(
    session: Session,
    days: Days,
    blocks: Sequence[Block],
    months: Sequence[Stretch],
    taken: Sequence[TakenAnswer],
    named: Sequence[tuple[int, date, tuple[int, ...]]],
) -> frozenset[int]:
    """Scores are known by block; the two items outside the index only by month."""
    everybody = tallies.answers_by_day(session, days, keys=COUNTED_KEYS)
    appeals = {(answer.officer_id, answer.case_id) for answer in taken}
    columns: list[Column] = []
    for place, key in enumerate(COUNTED_KEYS):
        over: Sequence[Block] | Sequence[Stretch] = blocks if key in OFFICIAL_KEYS else months
        whole = by_stretch(((day, answers[place]) for _who, day, answers in everybody), over)
        if any(0 < n < MIN_GROUP for n in whole):
            return frozenset()
        own = [(who, day, answers[place]) for who, day, answers in named]
        officers = {who for who, _day, _n in own}
        columns.append(
            Column(
                sizes={who: by_stretch(_of(own, who), over) for who in officers},
                whole=whole,
                taken={
                    appeal: by_stretch(_days_of(taken, appeal, key), over) for appeal in appeals
                },
            )
        )
    return showable_officers(columns)


def _days_of(
    taken: Sequence[TakenAnswer], appeal: tuple[int, int], key: str
) -> list[tuple[date, int]]:
    return [
        (answer.day, 1)
        for answer in taken
        if (answer.officer_id, answer.case_id) == appeal and answer.items[key] is not None
    ]


def _counts_taken(taken: Sequence[TakenAnswer]) -> list[tuple[int, dict[str, Counts]]]:
    """What each appeal took: of whom, and the counts of each item."""
    found = []
    for appeal in dict.fromkeys((answer.officer_id, answer.case_id) for answer in taken):
        mine = [a.items for a in taken if (a.officer_id, a.case_id) == appeal]
        counts = {key: _counted([items[key] for items in mine]) for key in OFFICER_KEYS}
        found.append((appeal[0], counts))
    return found


def _counted(values: Sequence[int | None]) -> Counts:
    return values.count(1), values.count(2), values.count(3), values.count(4)


def _officer_sums(own: Sums) -> OfficerSums:
    return OfficerSums(
        items={key: counts_of(own, key) for key in OFFICER_KEYS},
        n=own["officer_n"],
        total=own["officer_total"],
        squares=own["officer_squares"],
        by_poster=own["by_poster"],
    )


def _hidden(months: Iterable[Mapping[str, Counts]]) -> frozenset[str]:
    return frozenset[str]().union(*(hidden_elements(month) for month in months))


def _months_in(quarter: Stretch) -> list[Stretch]:
    return months_of(quarter.blocks)


def _days(counter_id: int, stretch: Stretch) -> Days:
    return Days(counter_id, stretch.first, stretch.last)


def _of(rows: Iterable[tuple[int, date, int]], who: int) -> list[tuple[date, int]]:
    return [(day, n) for owner, day, n in rows if owner == who]
