"""Questions to a plan: why not this officer in this run, answered by solving again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_app.config import Settings
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.plan.duty import serving
from feedback_app.services.plan.jobs import JobLine, line_of
from feedback_app.services.plan.plans import WORTH, own_plan
from feedback_app.services.site import Site, own_site
from feedback_app.storage.models import Officer, Plan, PlanRun, Training
from feedback_app.storage.queries import plans

Named = tuple[str, str, date]  # officer's name, training's title, its first day


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that forbids it, and the first place where: a counter and day, a kind of money."""

    rule: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """As the helper process answers: ids as texts."""

    chosen: bool
    helps: bool
    rules: tuple[Rule, ...]
    lost: float  # share of what the plan is worth above an empty one
    out: tuple[tuple[str, str], ...]
    instead: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What sending this officer would mean; where rules forbid it nothing else is told.

    `lost`: share of what the plan is worth, turns and JP included, that would be lost.
    """

    officer: Officer
    run: PlanRun
    training: Training
    chosen: bool
    helps: bool
    rules: tuple[Rule, ...]
    lost: float
    out: tuple[Named, ...]
    instead: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Who and what may be asked about."""

    plan: Plan
    officers: Sequence[Officer]
    runs: Sequence[tuple[PlanRun, Training]]


def choices(site: Site, viewer: Viewer, year: int) -> Choices:
    """Officers who serve and runs that are still to come."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        people = serving(session, viewer.agency_id)
        runs = [
            (run, training)
            for run, training in plans.runs_of_plan(session, plan.id)
            if run.withdrawn_at is None and run.starts_on > site.today()
        ]
    return Choices(plan, people, runs)


def why_not(site: Site, viewer: Viewer, year: int, *, officer_id: int, run_id: int) -> Answer:
    """Solve again with this pair in the plan; NotThereError for one that cannot be asked about."""
    found = choices(site, viewer, year)
    people = {row.id: row for row in found.officers}
    runs = {run.id: (run, training) for run, training in found.runs}
    if officer_id not in people or run_id not in runs:
        raise NotThereError
    answer = site.documents.run(
        _ask_in_own_site,
        site.settings,
        site.now(),
        found.plan.id,
        viewer.agency_id,
        (str(officer_id), str(run_id)),
    )

    def named(pairs: Sequence[tuple[str, str]]) -> tuple[Named, ...]:
        return tuple(
            (people[int(who)].name, runs[int(what)][1].title, runs[int(what)][0].starts_on)
            for who, what in pairs
            if int(who) in people and int(what) in runs
        )

    run, training = runs[run_id]
    return Answer(
        officer=people[officer_id],
        run=run,
        training=training,
        chosen=answer.chosen,
        helps=answer.helps,
        rules=answer.rules,
        lost=answer.lost,
        out=named(answer.out),
        instead=named(answer.instead),
    )


def _ask_in_own_site(
    settings: Settings, now: datetime, plan_id: int, agency_id: int, pair: tuple[str, str]
) -> _Found:
    # Here, not above: scipy takes half a second and 60 MB, which no citizen's request needs.
    from feedback_app.domain.plan_rules import broken
    from feedback_app.domain.training_plan import worth
    from feedback_app.impact.plan import questions
    from feedback_app.impact.plan.solve import solve
    from feedback_app.services.plan.office import prepare

    with own_site(settings, now) as site:
        office = prepare(site, plan_id, agency_id=agency_id).office
    helps = office.gain(pair[0], next(run for run in office.runs if run.code == pair[1])) > 0
    faults = broken(office, (pair,))
    if faults:
        rules = tuple(dict.fromkeys(Rule(one.rule, one.where) for one in faults))
        return _Found(False, helps, rules[:5], 0.0, (), ())
    plan = solve(office)
    if pair in plan.chosen:
        return _Found(True, helps, (), 0.0, (), ())
    found = questions.why_not(office, plan, pair)
    gain = worth(office, plan.chosen) - worth(office, ())
    out = tuple(one for one in found.out if one != pair)
    instead = tuple(one for one in found.instead if one != pair)
    return _Found(False, helps, (), found.lost / gain if gain else 0.0, out, instead)


def newest_worth(site: Site, viewer: Viewer, year: int) -> tuple[Plan, JobLine | None]:
    """The last answer to what rules and money are worth."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        job = plans.newest_job(session, plan.id, WORTH)
        return plan, None if job is None else line_of(site, job)
