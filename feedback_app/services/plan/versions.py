"""Versions of a plan as pages and files show them, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from feedback_app.domain.local_time import local_day
from feedback_app.domain.training_plan import MONEY
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer, Plan, PlanFixing, PlanVersion, Training
from feedback_app.storage.queries import needs, plans
from feedback_app.storage.queries.plans import BoughtRun


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer who is eligible for a run; `needs`: gap in points by item, empty for JP alone.

    `need_ids`: the need behind it, by item, as it stood when the version was made.
    """

    officer: Officer
    gain: float
    needs: Mapping[str, float]
    need_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bought:
    """A run of a version with everybody who is eligible for it."""

    run: BoughtRun
    seats: tuple[Seat, ...]

    @property
    def draw_key(self) -> tuple[int, date]:
        """How a draw of its seats is found: training and first day."""
        return self.run.training.id, self.run.run.starts_on

    @property
    def price(self) -> int:
        """Rupiah a participant, all three kinds."""
        own = self.run.run
        return own.fee + own.travel + own.daily

    @property
    def total(self) -> int:
        """Rupiah for all seats that are bought."""
        return self.price * self.run.run.bought


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version as listed."""

    number: int
    made_at: datetime
    made_by: str | None
    fixing: PlanFixing | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it buys; `money` by kind, beside the limit that there was."""

    plan: Plan
    version: PlanVersion
    bought: tuple[Bought, ...]
    money: Mapping[str, int]
    facts: Mapping[str, Any]
    fixing: PlanFixing | None
    titles: Mapping[str, str]  # training's code -> title

    @property
    def limits(self) -> Mapping[str, int]:
        """Rupiah by kind that there was."""
        return {kind: getattr(self.version, kind) for kind in MONEY}

    @property
    def officer_ids(self) -> frozenset[int]:
        """Whose needs the version shows."""
        return frozenset(seat.officer.id for one in self.bought for seat in one.seats)


def version_lines(session: Session, plan: Plan) -> list[VersionLine]:
    """Versions, the newest first."""
    fixed = {row.version_id: row for row in plans.fixings_of(session, plan.id)}
    return [
        VersionLine(row.number, row.made_at, name, fixed.get(row.id))
        for row, name in plans.versions_of(session, plan.id)
    ]


def lines_of_year(site: Site, viewer: Viewer, year: int) -> list[VersionLine]:
    """The same, read by itself."""
    with site.db.read() as session:
        return version_lines(session, own_plan(session, viewer, year))


def version_of(site: Site, viewer: Viewer, year: int, number: int) -> Version:
    """One version; NotThereError where there is none."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        row = plans.version_numbered(session, plan.id, number)
        if row is None:
            raise NotThereError
        return read_version(session, plan, row)


def read_version(session: Session, plan: Plan, row: PlanVersion) -> Version:
    """A version with its runs and lines."""
    seats: dict[int, list[Seat]] = {}
    lines = plans.lines_of_version(session, row.id)
    people = {officer.id for _line, officer in lines}
    known = needs.found_by(session, people, day=local_day(row.made_at))
    for line, officer in lines:
        ids = {item: known[officer.id, item] for item in line.needs if (officer.id, item) in known}
        seats.setdefault(line.version_run_id, []).append(Seat(officer, line.gain, line.needs, ids))
    bought = tuple(
        Bought(one, tuple(seats.get(one.run.id, ())))
        for one in plans.runs_of_version(session, row.id)
    )
    fixed = [one for one in plans.fixings_of(session, plan.id) if one.version_id == row.id]
    return Version(
        plan=plan,
        version=row,
        bought=bought,
        money={
            kind: sum(getattr(one.run.run, kind) * one.run.run.bought for one in bought)
            for kind in MONEY
        },
        facts=row.facts,
        fixing=fixed[0] if fixed else None,
        titles=_titles(session, bought),
    )


def _titles(_session: Session, bought: Sequence[Bought]) -> dict[str, str]:
    return {one.run.training.code: one.run.training.title for one in bought}


@dataclass(frozen=True, slots=True)
class RunChange:
    """How one run differs: what is new (added), gone (removed) or other (changed)."""

    what: str
    training: Training
    before: Bought | None
    after: Bought | None
    came: tuple[str, ...]  # names of officers who became eligible
    went: tuple[str, ...]

    @property
    def shown(self) -> Bought:
        """The run as it is now, or was."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 (one of them is there)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side."""

    before: Version
    after: Version
    runs: tuple[RunChange, ...]

    @property
    def money(self) -> Mapping[str, int]:
        """Rupiah by kind that the later one costs more."""
        return {kind: self.after.money[kind] - self.before.money[kind] for kind in MONEY}


def difference(site: Site, viewer: Viewer, year: int, *, before: int, after: int) -> Difference:
    """How a version differs from another one."""
    first = version_of(site, viewer, year, before)
    second = version_of(site, viewer, year, after)
    old = {one.run.run.run_id: one for one in first.bought}
    new = {one.run.run.run_id: one for one in second.bought}
    changes = [_change(old.get(key), new.get(key)) for key in [*new, *(old.keys() - new.keys())]]
    return Difference(first, second, tuple(one for one in changes if one is not None))


def _change(before: Bought | None, after: Bought | None) -> RunChange | None:
    names_before, names_after = _names(before), _names(after)
    came = tuple(sorted(names_after - names_before))
    went = tuple(sorted(names_before - names_after))
    shown = after or before
    assert shown is not None  # noqa: S101 (one of them is there)
    what = "added" if before is None else "removed" if after is None else "changed"
    if what == "changed" and not came and not went and _terms(before) == _terms(after):
        return None
    return RunChange(what, shown.run.training, before, after, came, went)


def _names(one: Bought | None) -> frozenset[str]:
    return frozenset(seat.officer.name for seat in one.seats) if one else frozenset()


def _terms(one: Bought | None) -> tuple[object, ...]:
    if one is None:
        return ()
    run = one.run.run
    return (run.starts_on, run.ends_on, run.bought, run.is_by_lot, run.fee, run.travel, run.daily)
