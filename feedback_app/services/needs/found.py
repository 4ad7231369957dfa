"""What HR may know of needs: gaps that were shown, and how much is still missing for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from feedback_app.config import Settings
from feedback_app.domain.needs import DELTA, Level, Nature
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.site import Site, own_site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import cases, counters
from feedback_app.storage.queries import needs as queries

__all__ = ["FoundNeeds", "Need", "NoDataError", "Waiting", "found_needs"]

SHOWN = ("training", "process", "ask")


@dataclass(frozen=True, slots=True)
class Need:
    """One gap that was shown; in points of the mean of answers 1 to 4."""

    level: Level
    ref_id: int  # of the officer, counter or unit
    name: str
    item: str
    nature: Nature
    gap: float
    low: float
    high: float
    reliability: float | None
    peer_expected: float
    n: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a level cannot be told yet for an item; months at which half of them can."""

    level: Level
    item: str
    nature: Nature  # cannot_tell or inseparable
    count: int
    months: int | None


@dataclass(frozen=True, slots=True)
class FoundNeeds:
    """Needs of an agency over some closed quarters, the surest first; nobody else's figures."""

    first: date
    last: date
    method_version: str
    needs: tuple[Need, ...]
    waiting: tuple[Waiting, ...]
    compared: Mapping[Level, int] = field(default_factory=dict)  # how many were looked at

    @property
    def shown_officers(self) -> frozenset[int]:
        """Whose figures a page of this shows; the page notes it for them."""
        return frozenset(need.ref_id for need in self.needs if need.level == "officer")


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the helper process answers: rows of impact/needs/find.py as plain values."""

    first: date
    last: date
    method_version: str
    rows: tuple[Mapping[str, Any], ...]


def found_needs(site: Site, viewer: Viewer, *, delta: float = DELTA) -> FoundNeeds:
    """Needs of HR's agency; NotThereError for any other role, NoDataError without answers.

    Worked out once a process and day: closed days keep their answers, only an upheld appeal takes
    some from an officer (ADR 12).
    """
    if viewer.role is not Role.HR:
        raise NotThereError
    agency_id = viewer.agency_id
    with site.db.read() as session:
        upheld = cases.upheld_appeals(session)
    found = site.closed.get(
        ("needs", agency_id, site.today(), upheld, delta),
        lambda: site.documents.run(
            _rows_in_own_site, site.settings, site.now(), agency_id, delta=delta
        ),
    )
    with site.db.read() as session:
        names = _names(session, agency_id, found.rows)
    return FoundNeeds(
        first=found.first,
        last=found.last,
        method_version=found.method_version,
        needs=_needs(found.rows, names),
        waiting=_waiting(found.rows),
        compared=_compared(found.rows),
    )


def _rows_in_own_site(settings: Settings, now: datetime, agency_id: int, *, delta: float) -> _Rows:
    with own_site(settings, now) as site:
        return rows_of(site, agency_id=agency_id, delta=delta)


def rows_of(site: Site, *, agency_id: int, delta: float) -> _Rows:
    """Every officer, counter and unit of an agency; for this room only, pages get FoundNeeds."""
    # Here, not above: scipy and pandas take 0.6 s and 100 MB, which no citizen's request needs.
    from dataclasses import asdict

    from feedback_app.impact.needs.find import METHOD_VERSION, find_needs
    from feedback_app.services.needs.panel import closed_span, read_panel

    span = closed_span(site.today())
    panel = read_panel(site, agency_id=agency_id, span=span)
    rows = tuple(asdict(row) for row in find_needs(panel, delta=delta))
    return _Rows(span.first, span.last, METHOD_VERSION, rows)


def _names(
    session: Session, agency_id: int, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, int], str]:
    """Names of who and what has a need, by level and id."""
    officer_ids = {int(row["ref"]) for row in rows if _is_officer_need(row)}
    named = {
        "officer": counters.officers_named(session, officer_ids),
        "counter": queries.counter_names(session, agency_id=agency_id),
        "unit": queries.unit_names(session, agency_id=agency_id),
    }
    return {(level, key): name for level, own in named.items() for key, name in own.items()}


def _is_officer_need(row: Mapping[str, Any]) -> bool:
    return row["level"] == "officer" and row["nature"] in SHOWN


def _needs(
    rows: Sequence[Mapping[str, Any]], names: Mapping[tuple[str, int], str]
) -> tuple[Need, ...]:
    shown = sorted((row for row in rows if row["nature"] in SHOWN), key=lambda row: -row["below"])
    return tuple(
        Need(
            level=row["level"],
            ref_id=int(row["ref"]),
            name=names[row["level"], int(row["ref"])],
            item=row["item"],
            nature=row["nature"],
            gap=row["gap"],
            low=row["ci_lo"],
            high=row["ci_hi"],
            reliability=row["reliability"],
            peer_expected=row["peer_expected"],
            n=row["n"],
        )
        for row in shown
    )


def _waiting(rows: Sequence[Mapping[str, Any]]) -> tuple[Waiting, ...]:
    groups: dict[tuple[Level, str, Nature], list[int | None]] = {}
    for row in rows:
        if row["nature"] in {"cannot_tell", "inseparable"}:
            key = (row["level"], row["item"], row["nature"])
            groups.setdefault(key, []).append(row["months_needed"])
    return tuple(
        Waiting(level, item, nature, len(months), _middle(months))
        for (level, item, nature), months in groups.items()
    )


def _middle(months: Sequence[int | None]) -> int | None:
    """The median; None where half or more cannot be told by waiting."""
    ordered = sorted(month if month is not None else 10**9 for month in months)
    middle = ordered[(len(ordered) - 1) // 2]
    return None if middle == 10**9 else middle


def _compared(rows: Sequence[Mapping[str, Any]]) -> dict[Level, int]:
    levels: tuple[Level, ...] = ("officer", "counter", "unit")
    return {level: len({row["ref"] for row in rows if row["level"] == level}) for level in levels}
