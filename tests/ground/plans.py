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
from feedback_app.storage.models import Account, Plan, Training
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


# of a version that nobody worked out: nothing was forecast
FACTS: dict[str, Any] = {"staffing": [], "forecast": {"answers": {}, "trainings": []}}


def fixed_plan(site: Site, office: Office, who: list[str], *, by_lot: bool = False) -> None:
    """A plan that holds, with one run of the dear training of the catalogue for these officers."""
    own: dict[str, Any] = {"agency_id": office.agency_id}
    money = {"fee": 0, "travel": 0, "daily": 0}
    days = {"starts_on": FIRST, "ends_on": FIRST + timedelta(days=1), "jp": 20}
    made = own | {"made_by": None, "made_at": site.now()}
    with site.db.transaction() as tx:
        training = tx.scalars(select(Training.id).where(Training.code == "prima")).one()
        plan = bulk.add_rows(
            tx,
            "plan",
            [
                made
                | money
                | {"year": YEAR, "floor": 0, "fairness": 0.1, "jp_price": 0.0, "funding": "APBD"}
            ],
        )[0]
        run = own | money | days | {"plan_id": plan, "training_id": training, "seats": 2}
        run |= {"recorded_by": None, "recorded_at": site.now()}
        run_id = bulk.add_rows(tx, "plan_run", [run | {"withdrawn_by": None, "withdrawn_at": None}])
        version = made | money | {"plan_id": plan, "number": 1, "objective": 1.0, "facts": FACTS}
        version_id = bulk.add_rows(tx, "plan_version", [version])[0]
        bought = own | money | days | {"version_id": version_id, "run_id": run_id[0]}
        bought |= {"seats": 2, "bought": 2, "is_by_lot": by_lot}
        version_run = bulk.add_rows(tx, "plan_version_run", [bought])[0]
        line = own | {"version_run_id": version_run, "gain": 0.1, "needs": {}}
        lines = [line | {"officer_id": office.officer[name]} for name in who]
        bulk.add_rows(tx, "plan_line", lines)
        fixing = own | {"plan_id": plan, "version_id": version_id, "number": 1, "fixed_by": None}
        fixing |= {"fixed_at": site.now(), "name": "Sri Contoh", "position": "Kepala Dinas"}
        bulk.add_rows(tx, "plan_fixing", [fixing])


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
