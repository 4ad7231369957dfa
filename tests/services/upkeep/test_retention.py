"""What is past its time is deleted, what is not is kept, and the job says what it did."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from feedback_app.services.site import Site
from feedback_app.services.upkeep import retention
from feedback_app.storage import bulk
from feedback_app.storage.models import CodeCount, Rating, Screening, StaffSession, VisitCode
from tests.conftest import Browser, SteppedClock
from tests.ground import paper
from tests.ground.office import TODAY, Office
from tests.web.test_citizen import opened


def add_code(site: Site, office: Office, mark: str, *, hours: int) -> None:
    own = {"agency_id": office.agency_id, "unit_id": office.unit["A"]}
    own |= {"service_id": office.service["ktp"]}
    with site.db.transaction() as tx:
        batch = own | {"valid_on": TODAY, "size": 1, "way": "csv", "made_at": site.now()}
        batch_id = bulk.add_rows(tx, "code_batch", [batch | {"made_by": None, "revoked_at": None}])
        code = own | {"long_mark": mark, "typed_mark": mark, "batch_id": batch_id[0]}
        code |= {"valid_from": site.now(), "expires_at": site.now() + timedelta(hours=hours)}
        bulk.add_rows(tx, "visit_code", [code | {"called_at": None, "counter_id": None}])


def test_the_daily_job_deletes_what_is_past_its_time_and_nothing_else(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    citizen.post(f"/q/{place}", data=opened(citizen, place))
    add_code(site, office, "old", hours=48)
    add_code(site, office, "long", hours=10_000)
    assert sum(retention.do_daily_work(site).values()) == 0
    clock.at += timedelta(days=13)
    done = retention.do_daily_work(site)
    assert (done["screening"], done["visit_code"], done["daily_key"]) == (0, 1, 1)
    citizen.post(f"/q/{place}", data=opened(citizen, place))
    clock.at += timedelta(days=1, minutes=1)
    assert retention.overdue(site) == {}  # not yet: the job runs once a day
    clock.at += timedelta(days=1)
    assert retention.overdue(site) == {"screening": 1}
    assert retention.do_daily_work(site)["screening"] == 1
    assert retention.overdue(site) == {}
    with site.db.read() as session:
        assert len(session.scalars(select(Screening)).all()) == 1
        assert len(session.scalars(select(Rating)).all()) == 2
        assert [code.long_mark for code in session.scalars(select(VisitCode))] == ["long"]
        counts = session.scalars(select(CodeCount)).one()
    assert (counts.day, counts.expired, counts.redeemed) == (TODAY, 1, 0)


def test_what_was_keyed_from_paper_is_forgotten_when_nobody_checks_it(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    alice = paper.viewer_of(site, "alice")
    made = paper.batch(site, office, alice)
    paper.key(site, alice, made, 1, paper.entry(office))
    clock.at += timedelta(days=14)
    assert retention.do_daily_work(site)["paper"] == 0
    assert paper.sheet_row(site, made, 1).entry is not None
    clock.at += timedelta(days=1, minutes=1)
    assert retention.overdue(site) == {"paper_batch": 1}
    assert retention.do_daily_work(site)["paper"] == 1
    assert retention.overdue(site) == {}
    assert paper.sheet_row(site, made, 1).entry is None


def test_staff_pages_bring_the_daily_job_with_them(
    site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    retention.run_daily(site)
    citizen.post(f"/q/{place}", data=opened(citizen, place))
    for _ in range(2):  # never more than 7 days without any sign of life
        clock.at += timedelta(days=7)
        retention.run_daily(site)
    clock.at += timedelta(days=1)
    assert citizen.get(f"/q/{place}").status_code == 200
    with site.db.read() as session:
        assert len(session.scalars(select(Screening)).all()) == 1  # citizens do not wait for it
    citizen.log_in("alice").get("/staf/loket/")
    with site.db.read() as session:
        assert session.scalars(select(Screening)).all() == []
        assert session.scalars(select(StaffSession)).all() != []
