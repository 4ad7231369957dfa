"""Plans of an agency: a year, its money, its floors; made and changed by HR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.training_plan import (
    LARGEST_MONEY,
    LONGEST_RUN,
    MONEY,
    SHARE_FAIRNESS,
    SHARE_JP,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Plan, PlanFixing, PlanFloor
from feedback_app.storage.queries import plans, roster

SOLVE, WORTH = "solve", "worth"  # kinds of work that take seconds
YEARS_AHEAD = 3
# How strongly a soft rule counts, as a share of a usual gain a turn, or a missing JP.
STRENGTHS: dict[str, tuple[float, float]] = {
    "none": (0.0, 0.0),
    "usual": (SHARE_FAIRNESS, SHARE_JP),
    "strong": (5 * SHARE_FAIRNESS, 5 * SHARE_JP),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a plan; money in rupiah."""

    fee: int
    travel: int
    daily: int
    floor: int
    turns: str  # a key of STRENGTHS
    jp: str
    funding: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan as listed: versions so far, and who fixed it last."""

    plan: Plan
    versions: int
    fixing: PlanFixing | None


@dataclass(frozen=True, slots=True)
class FloorLine:
    """A floor that a person set; both days None: all year."""

    floor_id: int
    counter: str
    name: str
    first: date | None
    last: date | None
    floor: int


def plan_lines(site: Site, viewer: Viewer) -> list[PlanLine]:
    """Every plan of the agency, the newest year first."""
    with site.db.read() as session:
        return [
            PlanLine(
                plan,
                plans.last_number(session, plan.id),
                next(iter(plans.fixings_of(session, plan.id)), None),
            )
            for plan in plans.plans_of(session, agency_id=viewer.agency_id)
        ]


def own_plan(session: Session, viewer: Viewer, year: int) -> Plan:
    """The plan of a year of the viewer's agency; NotThereError where there is none."""
    found = plans.plan_of_year(session, year, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def plan_of(site: Site, viewer: Viewer, year: int) -> Plan:
    """The same, read by itself."""
    with site.db.read() as session:
        return own_plan(session, viewer, year)


def make_plan(site: Site, viewer: Viewer, year: int, told: Told) -> None:
    """Begin a year's plan; FieldFaultError says which field is wrong."""
    _check(told)
    this = site.today().year
    if not this <= year <= this + YEARS_AHEAD:
        raise FieldFaultError(
            "year", "Tahun antara %(first)s dan %(last)s.", first=this, last=this + YEARS_AHEAD
        )
    with site.db.transaction() as tx:
        if plans.plan_of_year(tx, year, agency_id=viewer.agency_id) is not None:
            raise FieldFaultError("year", "Rencana tahun ini sudah ada.")
        tx.add(
            Plan(
                agency_id=viewer.agency_id,
                year=year,
                made_by=viewer.account_id,
                made_at=site.now(),
                **_values(told),
            )
        )
        log_act(tx, site, viewer, "make_plan", str(year), _money(told))


def change_plan(site: Site, viewer: Viewer, year: int, told: Told) -> None:
    """Change money and settings; versions that were worked out keep what they had."""
    _check(told)
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        for name, value in _values(told).items():
            setattr(plan, name, value)
        log_act(tx, site, viewer, "change_plan", str(year), _money(told))


def told_of(plan: Plan) -> Told:
    """What the form of a plan that is there begins with."""
    turns = next((key for key, one in STRENGTHS.items() if one[0] == plan.fairness), "usual")
    jp = next((key for key, one in STRENGTHS.items() if one[1] == plan.jp_price), "usual")
    return Told(plan.fee, plan.travel, plan.daily, plan.floor, turns, jp, plan.funding)


def _check(told: Told) -> None:
    for kind in MONEY:
        if getattr(told, kind) > LARGEST_MONEY:
            raise FieldFaultError(
                kind, "Lebih dari seribu miliar rupiah. Periksa jumlah angka nolnya."
            )
    for field in ("turns", "jp"):
        if getattr(told, field) not in STRENGTHS:
            raise FieldFaultError(field, "Pilih salah satu dari daftar.")


def _values(told: Told) -> dict[str, object]:
    return {
        **{kind: getattr(told, kind) for kind in MONEY},
        "floor": told.floor,
        "fairness": STRENGTHS[told.turns][0],
        "jp_price": STRENGTHS[told.jp][1],
        "funding": told.funding.strip(),
    }


def _money(told: Told) -> dict[str, object]:
    return {kind: getattr(told, kind) for kind in MONEY}


def floor_lines(site: Site, viewer: Viewer, year: int) -> list[FloorLine]:
    """Floors that a person set, by counter."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        return [
            FloorLine(row.id, counter.code, counter.name, row.first_day, row.last_day, row.floor)
            for row, counter in plans.floors_of(session, plan.id)
        ]


def counters_to_choose(site: Site, viewer: Viewer) -> Sequence[tuple[str, str]]:
    """Open counters by code: code and name."""
    with site.db.read() as session:
        units = [unit.id for unit in roster.units_of_agency(session, viewer.agency_id)]
        rows = roster.counters_in(session, units)
        return sorted((row.code, row.name) for row in rows)


def set_floor(
    site: Site,
    viewer: Viewer,
    year: int,
    *,
    counter: str,
    floor: int,
    first: date | None,
    last: date | None,
) -> None:
    """Set a counter's floor: all year, or on the days of a peak."""
    if (first is None) != (last is None):
        raise FieldFaultError("last", "Isi kedua tanggal, atau kosongkan keduanya.")
    if first is not None and last is not None:
        if last < first:
            raise FieldFaultError("last", "Hari terakhir tidak boleh sebelum hari pertama.")
        if (last - first).days >= LONGEST_RUN:
            raise FieldFaultError("last", "Paling lama satu tahun.")
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        units = [unit.id for unit in roster.units_of_agency(tx, viewer.agency_id)]
        found = [row for row in roster.counters_in(tx, units) if row.code == counter]
        if not found:
            raise FieldFaultError("counter", "Pilih salah satu dari daftar.")
        for row, own in plans.floors_of(tx, plan.id):
            if own.id == found[0].id and (row.first_day, row.last_day) == (first, last):
                tx.delete(row)
        tx.add(
            PlanFloor(
                agency_id=viewer.agency_id,
                plan_id=plan.id,
                counter_id=found[0].id,
                first_day=first,
                last_day=last,
                floor=floor,
            )
        )
        log_act(tx, site, viewer, "set_plan_floor", f"{year} {counter}", {"floor": floor})


def remove_floor(site: Site, viewer: Viewer, year: int, floor_id: int) -> None:
    """Take a floor back: the plan's own holds again."""
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        for row, counter in plans.floors_of(tx, plan.id):
            if row.id == floor_id:
                tx.delete(row)
                log_act(tx, site, viewer, "remove_plan_floor", f"{year} {counter.code}")
                return
        raise NotThereError
