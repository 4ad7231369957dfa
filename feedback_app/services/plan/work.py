"""The work itself, in a process of its own: solve a plan and keep it, price its rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from feedback_app.domain.plan_rules import broken
from feedback_app.domain.training_plan import Office, worth
from feedback_app.impact.plan.questions import frontier, gain_of, price_of_rules
from feedback_app.impact.plan.solve import solve
from feedback_app.services.background import note, note_failure
from feedback_app.services.plan.office import Prepared, prepare
from feedback_app.services.plan.plans import SOLVE
from feedback_app.services.plan.record import keep_version
from feedback_app.services.site import Site
from feedback_app.storage.models import PlanJob

LEAST_TOLD = 0.0005  # a rule that costs less of the gain than half a thousandth costs nothing
LONGEST_S = 60.0  # of one search; an office of 400 officers and 80 runs took under 2


def do_job(site: Site, job_id: int) -> None:
    """Do it and keep what came out; whatever goes wrong is kept as its fault."""
    try:
        with site.db.read() as session:
            job = session.get_one(PlanJob, job_id)
        found = prepare(site, job.plan_id, agency_id=job.agency_id)
        note(site, PlanJob, job_id, done_steps=1)
        work = _solved if job.kind == SOLVE else _worth
        result = work(site, job, found)
        note(site, PlanJob, job_id, state="done", done_steps=job.all_steps, result=result)
    except Exception as fault:  # nobody waits for it
        note_failure(site, PlanJob, job_id, fault)


def _solved(site: Site, job: PlanJob, found: Prepared) -> dict[str, Any]:
    """The number of the new version, or the floors that the roster itself breaks."""
    plan = solve(found.office, longest=LONGEST_S)
    if plan.objective is None:
        return {"collides": _collisions(found.office)}
    note(site, PlanJob, job.id, done_steps=2)
    return {"version": keep_version(site, found, plan, made_by=job.asked_by)}


def _collisions(office: Office) -> list[dict[str, Any]]:
    """Counters whose floor nobody can keep, the one of most days first."""
    days: dict[str, list[str]] = {}
    for fault in broken(office, ()):
        days.setdefault(fault.where[0], []).append(fault.where[1])
    lines = []
    for counter, found in days.items():
        first = date.fromisoformat(min(found))
        here = sum(
            1
            for officer, place, day in office.roster
            if place == counter and day == first and (officer, day) not in office.leave
        )
        lines.append(
            {
                "counter": counter,
                "days": len(found),
                "first": first.isoformat(),
                "there": here,
                "floor": office.floor(counter, first),
            }
        )
    return sorted(lines, key=lambda line: (-int(str(line["days"])), str(line["counter"])))


def _worth(_site: Site, _job: PlanJob, found: Prepared) -> dict[str, Any]:
    """The price of each rule, as a share of today's gain; of budgets what the plan is worth."""
    office = found.office
    plan = solve(office, longest=LONGEST_S)
    if plan.objective is None:
        return {"collides": _collisions(office)}
    empty = worth(office, ())
    base, whole = gain_of(office, plan.chosen), plan.objective - empty
    rules = [
        {"rule": one.rule, "where": one.where, "gained": one.gained / base}
        for one in (price_of_rules(office) if base else ())
        if one.gained > LEAST_TOLD * base
    ]
    budgets = [
        {
            "share": one.share,
            "money": sum(limit or 0 for limit in one.limits.values()),
            "gain": (worth(office, one.plan.chosen) - empty) / whole if whole else 0.0,
            "people": len({officer for officer, _run in one.plan.chosen}),
            "spent": sum(one.plan.money.values()),
        }
        for one in frontier(office)
    ]
    return {"rules": rules, "budgets": budgets, "has_gain": bool(base)}
