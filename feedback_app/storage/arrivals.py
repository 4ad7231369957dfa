"""A unit's newest arrivals in memory, so that screening reads no row twice.

Right only while no other connection writes: whoever keeps them (`storage/group.py`) throws them
away as soon as one has, and when what it wrote last was taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select

from feedback_app.domain.local_time import local_day
from feedback_app.domain.screening import Arrival
from feedback_app.storage.models import Counter as CounterRow
from feedback_app.storage.models import Screening, VisitCount
from feedback_app.storage.prepared import Prepared, Statements
from feedback_app.storage.queries.screening import MOST_COMPARED

A_DAY = timedelta(days=1)  # holds a night's span and a local day
_ARRIVAL = (
    Screening.rating_id,
    Screening.counter_id,
    Screening.tier,
    Screening.opened_at,
    Screening.received_at,
    Screening.device_key,
    Screening.text_key,
    Screening.is_hasty,
)
_SINCE = bindparam("since", type_=Screening.received_at.type)
OF_UNIT = Prepared(
    select(*_ARRIVAL, Screening.rules)
    .where(
        Screening.counter_id.in_(
            select(CounterRow.id).where(CounterRow.unit_id == bindparam("unit_id"))
        ),
        Screening.received_at >= _SINCE,
    )
    .order_by(Screening.received_at)
)
OPENED = Prepared(
    select(*_ARRIVAL)
    .where(
        Screening.counter_id == bindparam("counter_id"),
        Screening.received_at >= bindparam("first", type_=Screening.received_at.type),
        Screening.opened_at >= bindparam("first", type_=Screening.received_at.type),
        Screening.opened_at <= bindparam("last", type_=Screening.received_at.type),
    )
    .order_by(Screening.received_at)
)
WITH_TEXT = Prepared(
    select(Screening.rating_id).where(
        Screening.counter_id == bindparam("counter_id"), Screening.text_key == bindparam("text_key")
    )
)
DAYS_OF_VISITS = Prepared(
    select(func.sum(VisitCount.visits))
    .where(
        VisitCount.counter_id == bindparam("counter_id"),
        VisitCount.day >= bindparam("first", type_=VisitCount.day.type),
        VisitCount.day <= bindparam("last", type_=VisitCount.day.type),
    )
    .group_by(VisitCount.day)
)


class KeptUnit:
    """The arrivals of a unit's counters of the last day, each oldest first."""

    def __init__(self, day: date) -> None:
        """None yet; good for this local day."""
        self.day = day
        self.here: defaultdict[tuple[int, str], deque[Arrival]] = defaultdict(_newest)
        self.of_device: defaultdict[str, list[Arrival]] = defaultdict(list)
        self.unheld: Counter[tuple[int, str]] = Counter()  # of the day

    def add(self, arrival: Arrival, *, is_held: bool) -> None:
        """One more, newer than those before it."""
        self.here[arrival.counter_id, arrival.tier].append(arrival)
        self.of_device[arrival.device].append(arrival)
        if not is_held and local_day(arrival.received_at) == self.day:
            self.unheld[arrival.counter_id, arrival.tier] += 1


def _newest() -> deque[Arrival]:
    return deque(maxlen=MOST_COMPARED)


class Arrivals:
    """The questions of screening, from memory where it can be (`services/citizen: Books`)."""

    def __init__(
        self, statements: Statements, kept: dict[int, KeptUnit], *, unit_id: int, now: datetime
    ) -> None:
        """`kept` holds, by unit, what no other connection has changed since."""
        self._statements, self._kept, self._now = statements, kept, now
        self._unit_id = unit_id

    def unit(self) -> KeptUnit:
        """The unit's, read the first time and once the day is another."""
        today = local_day(self._now)
        found = self._kept.get(self._unit_id)
        if found is None or found.day != today:
            found = self._kept[self._unit_id] = KeptUnit(today)
            values = {"unit_id": self._unit_id, "since": self._now - A_DAY}
            for row in self._statements.rows(OF_UNIT, values):
                found.add(Arrival(*row[:-1]), is_held=bool(row[-1]))
        return found

    def near(
        self,
        counter_id: int,
        unit_id: int,  # noqa: ARG002 (these are one unit's)
        *,
        since: datetime,
        marks: Collection[str],
        marks_since: datetime,
        tiers: Collection[str],
    ) -> Sequence[Arrival]:
        """As `queries.arrivals_near`."""
        unit = self.unit()
        here = [
            one
            for tier in tiers
            if (counter_id, tier) in unit.here
            for one in unit.here[counter_id, tier]
            if one.received_at >= since
        ]
        own = [
            one
            for mark in marks
            if mark in unit.of_device
            for one in unit.of_device[mark]
            if one.received_at >= marks_since
            and one.tier in tiers
            and (one.counter_id != counter_id or one.received_at < since)
        ]
        found = sorted(here + own, key=_received)
        return found[-MOST_COMPARED:]

    def opened(
        self, counter_id: int, *, first: datetime, last: datetime, tiers: Collection[str]
    ) -> Sequence[Arrival]:
        """As `queries.arrivals_opened`."""
        values = {"counter_id": counter_id, "first": first, "last": last}
        rows = self._statements.rows(OPENED, values)
        return [one for one in (Arrival(*row) for row in rows) if one.tier in tiers][
            -MOST_COMPARED:
        ]

    def unheld_since(
        self,
        counter_id: int,
        *,
        since: datetime,  # noqa: ARG002 (the day's beginning)
        tiers: Collection[str],
    ) -> int:
        """As `queries.unheld_since`, since the day's beginning."""
        unheld = self.unit().unheld
        return sum(unheld[counter_id, tier] for tier in tiers)

    def with_text(self, counter_id: int, text_keys: Collection[str]) -> Sequence[str]:
        """As `queries.answers_with_text`."""
        found = []
        for text_key in text_keys:
            values = {"counter_id": counter_id, "text_key": text_key}
            found += [row[0] for row in self._statements.rows(WITH_TEXT, values)]
        return found

    def days_of_visits(self, counter_id: int, *, first: date, last: date) -> Sequence[int]:
        """As `queries.days_of_visits`."""
        values = {"counter_id": counter_id, "first": first, "last": last}
        return [int(row[0]) for row in self._statements.rows(DAYS_OF_VISITS, values)]


def _received(arrival: Arrival) -> datetime:
    return arrival.received_at
