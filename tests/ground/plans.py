"""A training plan in the small office: money, two trainings, runs ahead, worked out at once."""

from __future__ import annotations

import time
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import select

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.plan_runs import ToldRun
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.plan import jobs, plans, runs
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Plan
from feedback_app.storage.queries import plans as queries
from tests.ground.office import TODAY, Office

YEAR = 2027
FIRST = date(2027, 2, 9)  # a Tuesday
MONEY = plans.Told(6_000_000, 1_000_000, 1_000_000, 0, "usual", "usual", "APBD")


def hr_of(site: Site, office: Office) -> Viewer:
    """Hana, as services see her."""
    with site.db.read() as session:
        account_id = session.scalars(select(Account.id).where(Account.username == "hana")).one()
    return Viewer(account_id, office.agency_id, "hana", "Hana", Role.HR, frozenset(), None)


def told_run(**other: Any) -> ToldRun:
    """A run of the dear training: two seats, for which there is money twice."""
    values: dict[str, Any] = {
        "training": "prima",
        "starts_on": FIRST,
        "ends_on": FIRST + timedelta(days=1),
        "seats": 2,
        "fee": 3_000_000,
        "travel": 0,
        "daily": 100_000,
        "jp": 20,
    }
    return ToldRun(**values | other)


def add_catalogue(site: Site, office: Office) -> None:
    """A dear training, and a path that costs nothing."""
    common = {"elements": ["perilaku"], "competences": ["Komunikasi"], "partner": ""}
    rows = [
        {
            "code": "prima",
            "title": "Pelayanan prima",
            "kind": "teknis",
            "jp": 20,
            "cost": 3_000_000,
        },
        {"code": "rekan", "title": "Pembimbingan rekan", "kind": "magang", "jp": 4, "cost": 0},
    ]
    with site.db.transaction() as tx:
        for row in rows:
            own = {"agency_id": office.agency_id, "provider": "BPSDM", **common, **row}
            bulk.add_rows(tx, "training", [own])


def add_roster(site: Site, office: Office, *, weeks: int = 6) -> None:
    """Working days before today: Sari and Andi at A1, Dewi at A2; the year ahead follows them."""
    rows = []
    for back in range(1, 7 * weeks):
        day = TODAY - timedelta(days=back)
        if day.weekday() < 5:
            for name, counter in (("Sari", "A1"), ("Andi", "A1"), ("Dewi", "A2")):
                rows.append(
                    {
                        "agency_id": office.agency_id,
                        "officer_id": office.officer[name],
                        "counter_id": office.counter[counter],
                        "starts_at": local_instant(day, clock_time(8)),
                        "ends_at": local_instant(day, clock_time(15)),
                        "recorded_at": local_instant(day, clock_time(7)),
                        "withdrawn_at": None,
                    }
                )
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "shift", rows)


def begin_plan(site: Site, office: Office, hana: Viewer) -> None:
    """The catalogue, a year's money, and one run."""
    add_catalogue(site, office)
    plans.make_plan(site, hana, YEAR, MONEY)
    runs.add_run(site, hana, YEAR, told_run())


def solved(site: Site, hana: Viewer, year: int = YEAR) -> dict[str, Any]:
    """Work the plan out and wait for it; what came out."""
    jobs.start_job(site, hana, year, kind=plans.SOLVE)
    for _ in range(2400):
        with site.db.read() as session:
            plan = queries.plan_of_year(session, year, agency_id=hana.agency_id)
            assert isinstance(plan, Plan)
            job = queries.newest_job(session, plan.id, plans.SOLVE)
            assert job is not None
        if job.state != "running":
            assert job.state == "done", job.fault
            return dict(job.result)
        time.sleep(0.05)
    raise AssertionError("the plan is never worked out")
