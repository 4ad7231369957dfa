"""Reads what the disclosure gate needs of a counter, and returns only what it lets through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

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
    closed_months,
    elements_of,
    grid_of,
    grid_start,
    hidden_elements,
)
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
from feedback_app.storage.db import Session
from feedback_app.storage.queries import cases, tallies
from feedback_app.storage.queries.cases import TakenAnswer
from feedback_app.storage.queries.tallies import Days, Sums, counts_of

OfficerLines = Mapping[int, OfficerPart | Withheld | TooFew]
# Every complete form answers the official items, so one of them stands for both.
COUNTED_KEYS = ("kompetensi", *(key for key in OFFICER_KEYS if key not in OFFICIAL_KEYS))


def grids(
    session: Session, counter_ids: Collection[int], *, oldest: date, today: date
) -> dict[int, Grid]:
    """Each counter's closed blocks from the year of the oldest day on that is asked for."""
    forms: dict[int, list[DayForms]] = {counter_id: [] for counter_id in counter_ids}
    rows = tallies.complete_days(session, counter_ids, since=grid_start(oldest))
    for counter_id, day, n, total, squares in rows:
        forms[counter_id].append(DayForms(day, n, total, squares))
    return {counter_id: grid_of(days, today=today) for counter_id, days in forms.items()}


def counts_of_months(
    session: Session, counter_id: int, months: Sequence[Stretch]
) -> list[dict[str, Counts]]:
    """Counts of each element in each of these months: for the gate only, never to be shown."""
    sums = [tallies.complete_sums(session, _days(counter_id, month)) for month in months]
    return [{key: counts_of(own, key) for key in ALL_KEYS} for own in sums]


def elements_over(
    session: Session, counter_id: int, months: Sequence[Stretch]
) -> dict[str, Answers | Band | TooFew]:
    """The elements over closed months of a counter."""
    return elements_of(counts_of_months(session, counter_id, months))


def services_in(
    session: Session, counter_id: int, quarter: Stretch, *, counts: Sequence[Mapping[str, Counts]]
) -> list[ServicePart]:
    """A quarter by service; `counts` are those of its months."""
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


def officers_in(
    session: Session, counter_id: int, quarter: Stretch, *, counts: Sequence[Mapping[str, Counts]]
) -> OfficerLines:
    """A quarter by officer; the same cells wherever an officer's answers are shown."""
    days, months = _days(counter_id, quarter), months_in(quarter)
    sums = tallies.complete_sums_by_officer(session, days)
    posters = tallies.poster_forms_by_officer(session, days)
    taken = cases.taken_by_appeals(session, days)
    return officer_parts(
        {who: _officer_sums(own, by_poster=posters.get(who, 0)) for who, own in sums.items()},
        shown=_showable(session, days, quarter.blocks, months, taken),
        taken=_counts_taken(taken),
        whole={key: add_counts([month[key] for month in counts]) for key in ALL_KEYS},
        hidden=_hidden(counts),
    )


def _showable(
    session: Session,
    days: Days,
    blocks: Sequence[Block],
    months: Sequence[Stretch],
    taken: Sequence[TakenAnswer],
) -> frozenset[int]:
    """Scores are known by block; the two items outside the index only by month."""
    named = tallies.officer_days(session, days, keys=COUNTED_KEYS)
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


def _officer_sums(own: Sums, *, by_poster: int) -> OfficerSums:
    return OfficerSums(
        items={key: counts_of(own, key) for key in OFFICER_KEYS},
        n=own["officer_n"],
        total=own["officer_total"],
        squares=own["officer_squares"],
        by_poster=by_poster,
    )


def _hidden(months: Iterable[Mapping[str, Counts]]) -> frozenset[str]:
    return frozenset[str]().union(*(hidden_elements(month) for month in months))


def months_in(quarter: Stretch) -> list[Stretch]:
    """The months of a closed quarter."""
    return closed_months(quarter.blocks, today=date.max)


def _days(counter_id: int, stretch: Stretch) -> Days:
    return Days(counter_id, stretch.first, stretch.last)


def _of(rows: Iterable[tuple[int, date, int]], who: int) -> list[tuple[date, int]]:
    return [(day, n) for owner, day, n in rows if owner == who]
