"""One counter's page: live counts, closed blocks, closed months, a closed quarter by parts.

Officers are not here: they are told over all counters of their unit (`officers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.causes import VISIT_FACTS
from feedback_app.domain.disclosure import (
    Answers,
    Band,
    Batch,
    Stretch,
    closed_months,
    closed_quarters,
    comment_batches,
    first_month_of,
    months_of,
)
from feedback_app.domain.disclosure.causes import ElementCauses, FactShares
from feedback_app.domain.disclosure.parts import ServicePart
from feedback_app.domain.elements import ELEMENTS, Element, element
from feedback_app.domain.local_time import last_of_month
from feedback_app.domain.periods import Period, period
from feedback_app.domain.respondent import Band as Fact
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import quarter_from, slug, title
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters import closed_figures
from feedback_app.services.counters.dashboard import CounterLine, lines_of
from feedback_app.services.counters.form_use import FormUse, form_use
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries.happenings import causes_asked_from

COMMENT_MONTHS = 12
FACT_OF = {fact.key: fact for fact in VISIT_FACTS}
UNNAMED = ("Layanan tidak disebut", "Service not named")


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element as the gate released it."""

    element: Element
    shown: Answers | Band | TooFew


@dataclass(frozen=True, slots=True)
class MonthsView:
    """Elements over closed months, and the days that these really cover."""

    months: tuple[date, ...]
    first: date
    last: date
    lines: tuple[ElementLine, ...]


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service, or several merged small ones, of a closed quarter."""

    names: tuple[tuple[str, str], ...]  # Indonesian, English
    n: int
    elements: tuple[ElementLine, ...]


@dataclass(frozen=True, slots=True)
class CauseLine:
    """An element with ten low answers or more, and what was ticked under them."""

    element: Element
    shown: ElementCauses


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact of the visit that ten or more told."""

    fact: Fact
    shown: FactShares


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A closed quarter by service and by cause, and the days that it really covers."""

    key: str
    title: tuple[str, str]  # Indonesian, English
    first: date
    last: date
    services: tuple[ServiceLine, ...]
    causes: tuple[CauseLine, ...]
    facts: tuple[FactLine, ...]
    form_use: FormUse
    months: tuple[date, ...]
    causes_from: date | None  # within the quarter: before that day causes were not asked


@dataclass(frozen=True, slots=True)
class CounterView:
    """Everything on a counter's page; `quarters` are the ones that may be chosen:
    key and title."""

    line: CounterLine
    months: MonthsView | None
    quarters: tuple[tuple[str, tuple[str, str]], ...]
    quarter: QuarterView | None
    batches: tuple[Batch, ...]


def counter_view(
    site: Site, viewer: Viewer, code: str, *, period_key: str, quarter: str
) -> tuple[Period, CounterView]:
    """One counter of the viewer's units; NotThereError for any other.

    An unknown quarter means the newest one that is closed.
    """
    chosen = period(period_key, today=site.today())
    with site.db.read() as session:
        counter = queries.counter_in_units(session, code, viewer.unit_ids)
        if counter is None:
            raise NotThereError
        oldest = site.today() - timedelta(days=366)
        grids = closed_figures.grids(site, session, [counter.id], oldest=oldest)
        blocks = grids[counter.id].blocks
        closed = closed_quarters(blocks, today=site.today())[::-1]
        quarters = {slug(quarter_from(stretch.starts)): stretch for stretch in closed}
        key = quarter if quarter in quarters else next(iter(quarters), "")
        view = CounterView(
            line=lines_of(site, session, [counter], chosen, grids)[0],
            months=_months_view(
                site,
                session,
                counter.id,
                _months_of(closed_months(grids[counter.id]), chosen),
            ),
            quarters=tuple(
                (name, title(quarter_from(own.starts))) for name, own in quarters.items()
            ),
            quarter=_quarter_view(site, session, counter.id, quarters[key]) if key else None,
            batches=batches_of(site, session, counter.id),
        )
    return chosen, view


def _months_of(months: Sequence[Stretch], chosen: Period) -> Sequence[Stretch]:
    """The closed months that end within the period; when there is none, the newest one."""
    ends = [(month, last_of_month(month.starts)) for month in months]
    return [month for month, end in ends if chosen.first <= end <= chosen.last] or months[-1:]


def _months_view(
    site: Site, session: Session, counter_id: int, months: Sequence[Stretch]
) -> MonthsView | None:
    if not months:
        return None
    shown = closed_figures.elements_over(site, session, counter_id, months)
    return MonthsView(
        months=tuple(month.starts for month in months),
        first=months[0].first,
        last=months[-1].last,
        lines=tuple(ElementLine(item, shown[item.key]) for item in ELEMENTS),
    )


def _quarter_view(site: Site, session: Session, counter_id: int, quarter: Stretch) -> QuarterView:
    span = quarter_from(quarter.starts)
    closed = closed_figures.quarter_of(site, session, counter_id, quarter)
    return QuarterView(
        key=slug(span),
        title=title(span),
        first=quarter.first,
        last=quarter.last,
        services=_service_lines(session, closed.services),
        causes=tuple(CauseLine(element(own.key), own) for own in closed.causes),
        facts=tuple(FactLine(FACT_OF[own.key], own) for own in closed.facts),
        form_use=form_use(session, counter_id, quarter.starts),
        months=tuple(month.starts for month in months_of(quarter.blocks)),
        causes_from=_within(causes_asked_from(session, [counter_id]).get(counter_id), quarter),
    )


def _within(day: date | None, quarter: Stretch) -> date | None:
    return day if day is not None and quarter.first < day <= quarter.last else None


def _service_lines(session: Session, parts: Sequence[ServicePart]) -> tuple[ServiceLine, ...]:
    known = queries.services_named(session, {one for part in parts for one in part.service_ids})
    return tuple(
        ServiceLine(
            names=tuple(known.get(one, UNNAMED) for one in part.service_ids),
            n=part.n,
            elements=tuple(
                ElementLine(item, part.elements[item.key])
                for item in ELEMENTS
                if item.key in part.elements
            ),
        )
        for part in parts
    )


def batches_of(site: Site, session: Session, counter_id: int) -> tuple[Batch, ...]:
    """The counter's closed batches of comments of about a year, masked.

    They are cut from the oldest comment on: cut from a year ago on they would fall otherwise each
    month, and one look taken from another would leave single comments.
    """
    today = site.today()
    since = (today - timedelta(days=31 * COMMENT_MONTHS)).replace(day=1)
    first = site.closed.get(
        ("comments", counter_id, since),
        lambda: first_month_of(
            queries.remark_months(session, counter_id, before=since), since=since
        ),
    )
    remarks = queries.remarks_at_counters(session, [counter_id], first=first, last=today)
    names = queries.names_at_counters(session, [counter_id])
    seed = site.keys_for("comment order")[-1].hex()
    found = comment_batches(remarks, today=today, seed=seed)
    return tuple(batch.masked(names) for batch in found)
