"""The office as a plan sees it: who, which runs, what they should change, who must stay where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.training_plan import (
    MONEY,
    Office,
    Officer,
    Prices,
    Run,
    usual_gain,
)
from feedback_app.services.plan import carried, needs
from feedback_app.services.plan.attended import Past, past_of
from feedback_app.services.plan.duty import Duty, duty_of_year, serving
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer as OfficerRow
from feedback_app.storage.models import Plan, PlanRun, Training
from feedback_app.storage.queries import panel as studies
from feedback_app.storage.queries import plans
from feedback_app.storage.queries import trainings as catalogue

if TYPE_CHECKING:  # scipy: only where a plan is worked out
    from feedback_app.impact.plan.forecast import Beliefs, Key


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a plan is worked out from; officers and runs are named by their ids."""

    plan: Plan
    office: Office
    needs: needs.PlanNeeds
    beliefs: Beliefs
    study_se: Mapping[Key, float]
    duty: Duty
    carried: Sequence[carried.Carried]


def prepare(site: Site, plan_id: int, *, agency_id: int) -> Prepared:
    """Read everything; needs are those of the newest look at the closed quarters."""
    found = needs.needs_of_officers(site, agency_id=agency_id)
    with site.db.read() as session:
        plan = session.get_one(Plan, plan_id)
        today = site.today()
        people = serving(session, agency_id)
        runs = [
            (run, training)
            for run, training in plans.runs_of_plan(session, plan.id)
            if run.withdrawn_at is None and run.starts_on > today
        ]
        kept = carried.carried_runs(session, plan, today=today)
        past = past_of(session, agency_id=agency_id, year=plan.year, today=today)
        duty = duty_of_year(session, plan, today=today, people=people)
        beliefs, study_se = _beliefs(session, agency_id, [training for _run, training in runs])
        floors, peaks = _floors(session, plan, duty)
        used = carried.money_used(session, plan, kept)
    office = Office(
        officers=tuple(_officer(row, past, kept) for row in people),
        runs=tuple(_run(run, training, beliefs) for run, training in runs),
        needs={key: weight for key, weight in found.weights.items() if int(key[0]) in _ids(people)},
        roster=duty.roster,
        floors=floors,
        limits={kind: max(getattr(plan, kind) - used[kind], 0) for kind in MONEY},
        peaks=peaks,
        leave=duty.leave,
        had=past.had,
    )
    usual = usual_gain(office) or 1.0
    prices = Prices(plan.fairness * usual, plan.jp_price * usual)
    return Prepared(
        plan, replace(office, prices=prices), found, beliefs, study_se, duty, tuple(kept)
    )


def _ids(people: Iterable[OfficerRow]) -> frozenset[int]:
    return frozenset(row.id for row in people)


def _officer(row: OfficerRow, past: Past, kept: Sequence[carried.Carried]) -> Officer:
    jp = past.jp.get(row.id, 0) + sum(
        one.run.jp for one in kept if not one.is_recorded and row.id in one.seated
    )
    return Officer(str(row.id), row.employment, float(jp), past.turns.get(row.id, 0))


def _run(run: PlanRun, training: Training, beliefs: Beliefs) -> Run:
    aims = [key for key in training.elements if key in OFFICER_KEYS]
    keys = [(training.code, item) for item in aims]
    return Run(
        code=str(run.id),
        training=training.code,
        kind=training.code,  # nobody takes the same training twice
        start=run.starts_on,
        end=run.ends_on,
        seats=run.seats,
        prices={kind: getattr(run, kind) for kind in MONEY},
        jp=float(run.jp),
        gains={item: max(beliefs.of((training.code, item))[0], 0.0) for item in aims},
        is_known=any(key in beliefs.measured for key in keys),
    )


def _beliefs(
    session: Session, agency_id: int, trainings: Sequence[Training]
) -> tuple[Beliefs, dict[Key, float]]:
    """What the newest study found, shrunk; what was never measured is as the measured ones are."""
    from feedback_app.impact.plan.forecast import Measured, believe

    study = studies.latest_done(session, agency_id=agency_id)
    now = catalogue.merged_codes(session, agency_id=agency_id)
    rows = [row for row in study.estimates if row["estimate"] is not None] if study else []
    measured = {  # of trainings merged since, what was found of the one that stays
        (now.get(row["training"], row["training"]), row["item"]): Measured(
            row["estimate"], row["se"]
        )
        for row in sorted(rows, key=lambda row: row["training"] not in now)
        if row["se"]
    }
    keys = [
        (training.code, item)
        for training in trainings
        for item in training.elements
        if item in OFFICER_KEYS
    ]
    errors = [one.se for one in measured.values()]
    usual = median(errors) if errors else 0.0
    beliefs = believe(measured, keys)
    return beliefs, dict.fromkeys(beliefs.keys, usual)


def _floors(
    session: Session, plan: Plan, duty: Duty
) -> tuple[dict[str, int], dict[tuple[str, date], int]]:
    """Floors by counter, and those of the days of a peak."""
    floors = dict.fromkeys(sorted({counter for _who, counter, _day in duty.roster}), plan.floor)
    peaks: dict[tuple[str, date], int] = {}
    for row, counter in plans.floors_of(session, plan.id):
        if row.first_day is None or row.last_day is None:
            floors[counter.code] = row.floor
            continue
        day = row.first_day
        while day <= row.last_day:
            peaks[counter.code, day] = max(row.floor, peaks.get((counter.code, day), 0))
            day += timedelta(days=1)
    return floors, peaks
