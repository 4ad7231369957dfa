"""What a supervisor sees of the own units: scores with intervals, never single answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from feedback_app.domain.disclosure import MIN_GROUP, Batch, comment_batches, mask
from feedback_app.domain.elements import ELEMENTS, OFFICIAL_KEYS, Element
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.periods import Period, period, weeks_before
from feedback_app.domain.skm import WEIGHTS, Index, TooFew, skm_index
from feedback_app.domain.tiers import TIERS, VERIFIED
from feedback_app.services.accounts import Viewer
from feedback_app.services.site import NotThereError, Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import tallies
from feedback_app.storage.queries.tallies import NO_SUMS, Slice, Sums

TREND_WEEKS = 12
COMMENT_MONTHS = 12
OFFICER_ITEMS = 4


@dataclass(frozen=True, slots=True)
class Filters:
    """What the viewer chose; `service` and `tier` are None for all."""

    period: Period
    service_id: int | None
    tier: str | None
    services: tuple[tuple[int, str, str], ...]  # id, name, English name, to choose from


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One week's index in points 1 to 4, or too few."""

    week: Period
    mean: Mean | TooFew


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One counter in the overview."""

    code: str
    name: str
    serving: tuple[str, ...]
    n: int
    held: int
    visits: int | None
    index: Index | TooFew
    interval: Mean | TooFew
    trend: tuple[TrendPoint, ...]
    has_shift_tomorrow: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element's answers: counts of 1 to 4 and their mean; TooFew hides both."""

    element: Element
    counts: tuple[int, ...] | TooFew
    mean: Mean | TooFew


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """One officer's four items; answers through the poster alone are not verified."""

    officer_id: int
    name: str
    mean: Mean | TooFew


@dataclass(frozen=True, slots=True)
class CounterView:
    """Everything on a counter's page."""

    line: CounterLine
    partial: int
    another: int
    elements: tuple[ElementLine, ...]
    officers: tuple[OfficerLine, ...]
    batches: tuple[Batch, ...]
    is_verified: bool


def overview(
    site: Site, viewer: Viewer, *, period_key: str, service: str, tier: str
) -> tuple[Filters, list[CounterLine]]:
    """Every open counter of the viewer's units."""
    with site.db.read() as session:
        counters = queries.counters_of_units(session, viewer.unit_ids)
        chosen = _filters(site, session, counters, period_key, service, tier)
        return chosen, _lines(site, session, counters, chosen)


def counter_view(
    site: Site, viewer: Viewer, code: str, *, period_key: str, service: str, tier: str
) -> tuple[Filters, CounterView]:
    """One counter of the viewer's units; NotThereError for any other."""
    with site.db.read() as session:
        counter = queries.counter_in_units(session, code, viewer.unit_ids)
        if counter is None:
            raise NotThereError
        chosen = _filters(site, session, [counter], period_key, service, tier)
        part = _slice(chosen)
        sums = tallies.sums_by_counter(session, [counter.id], part).get(counter.id, NO_SUMS)
        view = CounterView(
            line=_lines(site, session, [counter], chosen)[0],
            partial=sums["n"] - sums["skm_n"],
            another=sums["n_another"],
            elements=tuple(_element_line(item, sums) for item in ELEMENTS),
            officers=_officer_lines(session, counter.id, part),
            batches=_batches(site, session, counter.id),
            is_verified=chosen.tier in VERIFIED,
        )
    return chosen, view


def _filters(
    site: Site,
    session: Session,
    counters: Sequence[Counter],
    period_key: str,
    service: str,
    tier: str,
) -> Filters:
    offered = queries.services_of_counters(session, [counter.id for counter in counters])
    services = tuple((row.id, row.name, row.name_en) for row in offered)
    known = {str(service_id): service_id for service_id, _name, _name_en in services}
    return Filters(
        period=period(period_key, today=site.today()),
        service_id=known.get(service),
        tier=tier if tier in TIERS else None,
        services=services,
    )


def _slice(chosen: Filters) -> Slice:
    return Slice(
        first=chosen.period.first,
        last=chosen.period.last,
        service_id=chosen.service_id,
        tier=chosen.tier,
    )


def _lines(
    site: Site, session: Session, counters: Sequence[Counter], chosen: Filters
) -> list[CounterLine]:
    ids = [counter.id for counter in counters]
    part, now, today = _slice(chosen), site.now(), site.today()
    complete = tallies.complete_sums_by_counter(session, ids, part)
    everything = tallies.sums_by_counter(session, ids, part)
    held = tallies.sums_by_counter(session, ids, part, state="held")
    visits = queries.visits_by_counter(
        session, ids, first=part.first, last=part.last, service_id=part.service_id
    )
    trends = _trends(session, ids, chosen, today)
    serving = queries.officers_serving(session, ids, at=now)
    midnight = local_instant(today + timedelta(days=1), time.min)
    tomorrow = queries.counters_with_shift(
        session, ids, since=midnight, until=midnight + timedelta(days=1)
    )
    silent = _silent(session, ids, today)
    return [
        CounterLine(
            code=counter.code,
            name=counter.name,
            serving=tuple(serving.get(counter.id, ())),
            n=everything.get(counter.id, NO_SUMS)["n"],
            held=held.get(counter.id, NO_SUMS)["n"],
            visits=visits.get(counter.id),
            index=_index(complete.get(counter.id, NO_SUMS)),
            interval=_skm_mean(complete.get(counter.id, NO_SUMS)),
            trend=trends[counter.id],
            has_shift_tomorrow=counter.id in tomorrow,
            is_silent=counter.id in silent,
        )
        for counter in counters
    ]


def _index(sums: Sums) -> Index | TooFew:
    counts = {key: _counts(sums, key) for key in OFFICIAL_KEYS}
    return skm_index(counts, weight=WEIGHTS["1/9"], at_least=MIN_GROUP)


def _skm_mean(sums: Sums) -> Mean | TooFew:
    return mean_of_sums(
        sums["skm_n"], sums["skm_total"], sums["skm_squares"], items=9, at_least=MIN_GROUP
    )


def _counts(sums: Sums, key: str) -> tuple[int, ...]:
    return tuple(sums[f"{key}_{value}"] for value in (1, 2, 3, 4))


def _element_line(item: Element, sums: Sums) -> ElementLine:
    counts = _counts(sums, item.key)
    mean = mean_of_counts(counts, at_least=MIN_GROUP)
    return ElementLine(item, mean if isinstance(mean, TooFew) else counts, mean)


def _officer_lines(session: Session, counter_id: int, part: Slice) -> tuple[OfficerLine, ...]:
    """By name: an order by score would be a ranking, and rankings of so few answers are noise."""
    by_officer = tallies.sums_by_officer(session, counter_id, part)
    names = queries.officers_named(session, by_officer)
    lines = [
        OfficerLine(
            officer_id=officer_id,
            name=names[officer_id],
            mean=mean_of_sums(
                sums["officer_n"],
                sums["officer_total"],
                sums["officer_squares"],
                items=OFFICER_ITEMS,
                at_least=MIN_GROUP,
            ),
        )
        for officer_id, sums in by_officer.items()
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


def _trends(
    session: Session, ids: Sequence[int], chosen: Filters, today: date
) -> Mapping[int, tuple[TrendPoint, ...]]:
    weeks = weeks_before(today, TREND_WEEKS)
    part = Slice(weeks[0].first, weeks[-1].last, chosen.service_id, chosen.tier)
    sums: dict[tuple[int, date], list[int]] = {}
    for counter_id, day, n, total, squares in tallies.skm_sums_by_day(session, ids, part):
        monday = day - timedelta(days=day.weekday())
        kept = sums.setdefault((counter_id, monday), [0, 0, 0])
        for place, value in enumerate((n, total, squares)):
            kept[place] += value
    return {
        counter_id: tuple(
            TrendPoint(
                week,
                mean_of_sums(
                    *sums.get((counter_id, week.first), [0, 0, 0]), items=9, at_least=MIN_GROUP
                ),
            )
            for week in weeks
        )
        for counter_id in ids
    }


# An alarm when a counter that served this many people got no answer in a week (5 working days).
SILENCE_VISITS = 40


def _silent(session: Session, ids: Sequence[int], today: date) -> set[int]:
    first = today - timedelta(days=7)
    visits = queries.visits_by_counter(session, ids, first=first, last=today, service_id=None)
    answered = tallies.last_day_by_counter(session, ids)
    return {
        counter_id
        for counter_id, count in visits.items()
        if count >= SILENCE_VISITS and answered.get(counter_id, date.min) < first
    }


def _batches(site: Site, session: Session, counter_id: int) -> tuple[Batch, ...]:
    today = site.today()
    since = (today - timedelta(days=31 * COMMENT_MONTHS)).replace(day=1)
    remarks = queries.remarks_at_counters(session, [counter_id], first=since, last=today)
    names = queries.names_at_counters(session, [counter_id])
    seed = site.keys_for("comment order")[-1].hex()
    return tuple(
        Batch(batch.first, batch.last, tuple(mask(text, names=names) for text in batch.texts))
        for batch in comment_batches(remarks, today=today, seed=seed)
    )
