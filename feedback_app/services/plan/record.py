"""Keep a plan that was worked out as the next version: what it buys, who is eligible, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from feedback_app.domain.training_plan import MONEY, Office, YearPlan
from feedback_app.impact.plan.forecast import Interval, forecast
from feedback_app.impact.plan.seats import Left, Seats, seats_of, staffing
from feedback_app.services.plan.carried import Carried
from feedback_app.services.plan.office import Prepared
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Plan, PlanLine, PlanRun, PlanVersion, PlanVersionRun
from feedback_app.storage.queries import plans

GAP_PLACES = 1  # tenths of a point: what a reader can use, and less than what could be subtracted
DAYS_TOLD = 5  # of one counter; how many there are is told too


def keep_version(site: Site, found: Prepared, plan: YearPlan, *, made_by: int | None) -> int:
    """Write the next version down and return its number."""
    seats = seats_of(found.office, plan)
    facts = _facts(found, seats)
    with site.db.transaction() as tx:
        held = plans.held_plan(tx, found.plan.year, agency_id=found.plan.agency_id)
        assert held is not None  # noqa: S101 (plans are never removed)
        number = plans.last_number(tx, held.id) + 1
        version = PlanVersion(
            agency_id=held.agency_id,
            plan_id=held.id,
            number=number,
            made_by=made_by,
            made_at=site.now(),
            **{kind: getattr(found.plan, kind) for kind in MONEY},
            objective=float(plan.objective or 0.0),
            facts=facts,
        )
        tx.add(version)
        tx.flush()
        _add_carried(tx, held, version.id, found.carried)
        for one in seats:
            _add_seats(tx, found, version.id, one)
    return number


def _add_seats(tx: Session, found: Prepared, version_id: int, seats: Seats) -> None:
    source = tx.get_one(PlanRun, int(seats.run))
    own = PlanVersionRun(
        agency_id=source.agency_id,
        version_id=version_id,
        run_id=source.id,
        bought=seats.bought,
        is_by_lot=seats.is_by_lot,
        **{name: getattr(source, name) for name in ("starts_on", "ends_on", "seats", "jp", *MONEY)},
    )
    tx.add(own)
    tx.flush()
    run = next(run for run in found.office.runs if run.code == seats.run)
    tx.add_all(
        PlanLine(
            agency_id=source.agency_id,
            version_run_id=own.id,
            officer_id=int(officer),
            gain=found.office.gain(officer, run),
            needs={
                item: round(found.needs.gaps[officer, item], GAP_PLACES)
                for item in run.gains
                if (officer, item) in found.needs.gaps
            },
        )
        for officer in seats.officers
    )


def _add_carried(tx: Session, plan: Plan, version_id: int, kept: Sequence[Carried]) -> None:
    """What has begun stands in the new version as it stood in the one before."""
    copied = ("run_id", "starts_on", "ends_on", "seats", "bought", "is_by_lot", "jp", *MONEY)
    for one in kept:
        values = {name: getattr(one.run, name) for name in copied}
        own = PlanVersionRun(agency_id=plan.agency_id, version_id=version_id, **values)
        tx.add(own)
        tx.flush()
        tx.add_all(
            PlanLine(
                agency_id=plan.agency_id,
                version_run_id=own.id,
                officer_id=officer.id,
                gain=line.gain,
                needs=line.needs,
            )
            for line, officer in one.lines
        )


def _facts(found: Prepared, seats: Sequence[Seats]) -> dict[str, Any]:
    until = found.duty.written_until
    return {
        "written_until": until.isoformat() if until else None,
        "first_answers": found.needs.first.isoformat() if found.needs.first else None,
        "last_answers": found.needs.last.isoformat() if found.needs.last else None,
        "with_needs": len({officer for officer, _item in found.needs.gaps}),
        "staffing": [_left(one, found) for one in staffing(found.office, seats)],
        "forecast": _forecast(found, seats),
    }


def _left(left: Left, found: Prepared) -> dict[str, Any]:
    return {
        "counter": left.counter,
        "name": found.duty.counters.get(left.counter, left.counter),
        "floor": left.floor,
        "least": left.least,
        "day": left.day,
        "at_risk": list(left.at_risk[:DAYS_TOLD]),
        "days_at_risk": len(left.at_risk),
    }


def _forecast(found: Prepared, seats: Sequence[Seats]) -> dict[str, Any]:
    """How many answers a year should rise by a step, and each training's effect in points."""
    chances = {
        (officer, one.run): one.bought / len(one.officers)
        for one in seats
        for officer in one.officers
    }
    from_answers = _with_answers(found)
    pairs = sorted(chances)
    expected = forecast(
        from_answers, pairs, found.beliefs, study_se=found.study_se, chances=chances
    )
    people: dict[str, float] = {}
    runs = {run.code: run for run in found.office.runs}
    for (_officer, code), chance in chances.items():
        people[runs[code].training] = people.get(runs[code].training, 0.0) + chance
    return {
        "answers": _interval(expected.gain),
        "known": expected.known,
        "trainings": [
            {
                "training": training,
                "item": item,
                "people": round(people[training]),
                "known": (training, item) in found.beliefs.measured,
                **_interval(reach),
            }
            for (training, item), reach in expected.trainings.items()
        ],
    }


def _with_answers(found: Prepared) -> Office:
    """The office with the answers of a year as weights: an effect of .1 lifts 10 of 100."""
    return replace(found.office, needs=dict(found.needs.answers))


def _interval(one: Interval) -> Mapping[str, float]:
    return {"mean": one.mean, "low": one.low, "high": one.high}
