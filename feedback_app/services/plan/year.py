"""A year's plan as HR's page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.officer.views import note_views
from feedback_app.services.plan.fixing import Outdated, outdated
from feedback_app.services.plan.jobs import JobLine, line_of
from feedback_app.services.plan.outcome import Expected, expectations
from feedback_app.services.plan.plans import SOLVE, own_plan
from feedback_app.services.plan.spending import MoneyLine, money_lines
from feedback_app.services.plan.versions import Version, VersionLine, read_version, version_lines
from feedback_app.services.site import Site
from feedback_app.storage.models import Plan
from feedback_app.storage.queries import lots, plans


@dataclass(frozen=True, slots=True)
class YearPage:
    """The plan, the version that is shown (None: none yet), and how it stands.

    `holds`: the number of the version that was fixed last. `draws`: the lot that fills a run's
    seats, by training and first day.
    """

    plan: Plan
    shown: Version | None
    versions: Sequence[VersionLine]
    holds: int | None
    outdated: Sequence[Outdated]
    money: Sequence[MoneyLine]
    expected: Sequence[Expected]
    job: JobLine | None
    open_runs: int
    draws: Mapping[tuple[int, date], int]


def year_page(site: Site, viewer: Viewer, year: int, *, number: int | None) -> YearPage:
    """This version of a year's plan, or the newest; whose needs are shown is written down."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        lines = version_lines(session, plan)
        fixed = [(line.fixing.number, line.number) for line in lines if line.fixing]
        holds = max(fixed)[1] if fixed else None
        wanted = number if number is not None else lines[0].number if lines else None
        row = None if wanted is None else plans.version_numbered(session, plan.id, wanted)
        if number is not None and row is None:
            raise NotThereError
        shown = None if row is None else read_version(session, plan, row)
        job = plans.newest_job(session, plan.id, SOLVE)
        nothing = {"fee": 0, "travel": 0, "daily": 0}
        found = YearPage(
            plan=plan,
            shown=shown,
            versions=lines,
            holds=holds,
            outdated=() if shown is None else outdated(site, shown),
            money=money_lines(session, plan, shown.money if shown else nothing),
            expected=() if shown is None else expectations(session, shown),
            job=None if job is None else line_of(site, job),
            open_runs=sum(
                run.withdrawn_at is None and run.starts_on > site.today()
                for run, _training in plans.runs_of_plan(session, plan.id)
            ),
            draws={
                (row.training.id, day): row.lot.id
                for row in lots.lots_of(session, agency_id=viewer.agency_id)
                if row.lot.called_off_at is None
                for day in row.days
            },
        )
    if shown is not None:
        note_views(site, viewer, shown.officer_ids)
        with site.db.transaction() as tx:
            log_act(tx, site, viewer, "view_plan", f"{year} v{shown.version.number}")
    return found
