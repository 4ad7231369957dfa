"""A clock that jumps destroys nothing; once an admin has confirmed the date, all is as promised."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from feedback_app.domain.second_factor import accepted_step, step_at
from feedback_app.services.citizen import daily_key
from feedback_app.services.site import Site
from feedback_app.services.upkeep import clock as trusted
from feedback_app.services.upkeep import confirmation, doctor, retention
from feedback_app.services.upkeep.clock import UpkeepStoppedError
from feedback_app.services.upkeep.confirmation import OtherDayError, confirm_today
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.db import Base
from feedback_app.storage.models import AuditEntry, Case, Rating, Screening, StaffSession
from tests.conftest import NOON, Browser, SteppedClock
from tests.ground import paper
from tests.ground.office import Office
from tests.services.upkeep.test_retention import add_code
from tests.web.test_citizen import opened

DAY = timedelta(days=1)
KEPT = ("rating", "screening", "visit_code", "staff_session", "case_file", "paper_sheet", "comment")


def counts(site: Site) -> dict[str, int]:
    """How many rows there are of what people have left."""
    with site.db.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0
            for name in KEPT
        }


def rate(citizen: Browser, place: str) -> None:
    answer = citizen.post(f"/q/{place}", data=opened(citizen, place))
    assert answer.status_code == 303


def hold(citizen: Browser, place: str) -> None:
    """An answer with two codes is held."""
    sent = opened(citizen, place) | {"visit": ["A", "B"]}
    assert citizen.post(f"/q/{place}", data=sent).status_code == 303


def marks_of(site: Site) -> list[datetime]:
    with site.db.read() as session:
        return list(session.scalars(select(Screening.received_at)))


@pytest.mark.parametrize("jump", [-DAY, 8 * DAY, 30 * DAY, 400 * DAY])
def test_upkeep_stops_and_touches_nothing_after_a_jump(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock, jump: timedelta
) -> None:
    retention.run_daily(site)
    rate(citizen, place)
    hold(citizen, place)
    add_code(site, office, "code", hours=1)
    before, key = (
        counts(site),
        daily_key.keyed_mark(site.settings.instance_dir, today=site.today(), text="x"),
    )
    clock.at += jump
    citizen.get(f"/q/{place}")
    with pytest.raises(UpkeepStoppedError, match="Upkeep stopped"):
        retention.run_daily(site)
    rate(citizen, place)  # citizens go on, and their answer proves nothing about the clock
    with pytest.raises(UpkeepStoppedError):
        retention.run_daily(site)
    clock.at -= jump
    after = counts(site)
    assert all(after[name] >= before[name] for name in KEPT), (before, after)
    assert after["rating"] - before["rating"] == after["screening"] - before["screening"] == 1
    assert key == daily_key.keyed_mark(site.settings.instance_dir, today=site.today(), text="x")
    retention.run_daily(site)
    assert tally_differences(site) == 0


def test_an_office_at_work_is_never_stopped(
    site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    retention.run_daily(site)
    for _ in range(5):  # nobody logs in for weeks, but citizens rate
        clock.at += 6 * DAY
        rate(citizen, place)
    clock.at += 7 * DAY
    assert retention.run_daily(site)["screening"] > 0  # what is overdue goes, asked or not
    clock.at -= timedelta(minutes=1)  # NTP sets it back a little
    assert "screening" in retention.run_daily(site)


def test_an_office_that_was_off_for_two_weeks_asks_once_and_then_deletes(
    site: Site, citizen: Browser, place: str, clock: SteppedClock, browse: Callable[[], Browser]
) -> None:
    retention.run_daily(site)
    rate(citizen, place)
    hold(citizen, place)
    clock.at += 16 * DAY
    rate(citizen, place)
    dina = browse().log_in("dina")
    page = dina.get("/staf/admin/").get_data(as_text=True)
    assert "Apakah hari ini 10 Desember 2026?" in page
    assert "sesudah 24 November 2026 tidak ada catatan" in page
    assert "tanda waktu dan perangkat yang akan dihapus: 2" in page
    assert len(marks_of(site)) == 3
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"csrf_token": token, "day": "2026-12-09"}
    dina.post("/staf/admin/tanggal", data=sent)  # the page was opened on another day
    assert len(marks_of(site)) == 3
    dina.post("/staf/admin/tanggal", data=sent | {"day": "2026-12-10"})
    assert len(marks_of(site)) == 1
    assert retention.overdue(site) == {}
    page = dina.get("/staf/admin/").get_data(as_text=True)
    assert "Apakah hari ini" not in page
    assert "Tanggal dibenarkan" in page
    with site.db.read() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "confirm_clock")).all()
    assert [(act.subject, act.detail) for act in acts] == [
        ("2026-12-10", {"last_day": "2026-11-24"})
    ]


def test_what_was_confirmed_holds_for_that_day_only(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    dina = paper.viewer_of(site, "dina")
    retention.run_daily(site)
    clock.at += 20 * DAY
    assert confirmation.notice(site) is not None
    assert "upkeep" in {sign.what for sign in doctor.examine(site, deep=False)}
    confirm_today(site, dina, day=site.today().isoformat())
    retention.run_daily(site)
    rate(citizen, place)
    for jump in (400 * DAY, -DAY):
        clock.at += jump
        with pytest.raises(UpkeepStoppedError):
            retention.run_daily(site)
        with pytest.raises(OtherDayError):
            confirm_today(site, dina, day=(site.today() - DAY).isoformat())
        assert len(marks_of(site)) == 1
        clock.at -= jump
    retention.run_daily(site)


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    "wrong", [datetime(1970, 1, 2, 3, tzinfo=UTC), datetime(2099, 12, 31, 3, tzinfo=UTC)]
)
def test_marks_from_a_wrong_clock_live_as_long_as_others(
    site: Site,
    office: Office,
    citizen: Browser,
    place: str,
    clock: SteppedClock,
    browse: Callable[[], Browser],
    wrong: datetime,
) -> None:
    retention.run_daily(site)
    clock.at = wrong
    hold(citizen, place)
    browse().log_in("dina")
    daily_key.keyed_mark(site.settings.instance_dir, today=site.today(), text="x")
    clock.at = NOON + DAY
    retention.run_daily(site)
    assert marks_of(site) == [clock.at]
    with site.db.read() as session:
        case = session.scalars(select(Case).where(Case.kind == "held")).one()
        ends = session.scalars(select(func.max(StaffSession.expires_at))).one()
    assert (case.closed_at, case.due_on) == (None, site.today() + 14 * DAY)
    assert ends is None or ends <= clock.at + timedelta(hours=site.settings.session_hours)
    keys = {path.name for path in (site.settings.instance_dir / "keys" / "daily").iterdir()}
    assert keys <= {site.today().isoformat(), (site.today() - DAY).isoformat()}
    browse().log_in("dina")  # no step of the second factor is spent for years
    for _ in range(15):
        clock.at += DAY
        retention.run_daily(site)
    assert marks_of(site) == []
    with site.db.read() as session:
        assert session.scalars(select(Case.outcome).where(Case.kind == "held")).one() == "expired"


def test_a_date_confirmed_by_mistake_is_confirmed_again(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    dina = paper.viewer_of(site, "dina")
    retention.run_daily(site)
    clock.at += 400 * DAY
    confirm_today(site, dina, day=site.today().isoformat())
    clock.at -= 400 * DAY
    rate(citizen, place)
    found = confirmation.notice(site)
    assert found is not None
    assert (found.kind, found.known) == ("back", date(2027, 12, 29))
    confirm_today(site, dina, day=site.today().isoformat())
    assert len(marks_of(site)) == 1
    clock.at += DAY
    retention.run_daily(site)
    assert len(marks_of(site)) == 1


def test_midnight_within_upkeep_is_not_seen(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    """All of a day's marks go together, and codes of a day are counted once."""
    rate(citizen, place)
    end = datetime(2026, 12, 8, 16, 59, 59, 900000, tzinfo=UTC)  # 23.59 WIB, 14 days later
    clock.at = end

    class Running:
        def __call__(self) -> datetime:
            clock.at += timedelta(milliseconds=90)
            return clock.at

    running = Site(site.settings, site.db, clock=Running())
    assert retention.do_daily_work(running)["screening"] == 0
    assert clock.at > end
    assert len(marks_of(site)) == 1


def test_upkeep_twice_at_once_does_everything_once(
    site: Site, office: Office, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    for _ in range(3):
        hold(citizen, place)
    add_code(site, office, "old", hours=1)
    alice = paper.viewer_of(site, "alice")
    paper.key(site, alice, paper.batch(site, office, alice), 1, paper.entry(office))
    retention.run_daily(site)
    clock.at += 16 * DAY
    found: list[dict[str, int]] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            found.append(retention.do_daily_work(site))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    done = {name: sum(one[name] for one in found) for name in found[0]}
    assert (done["screening"], done["visit_code"], done["paper"]) == (3, 1, 1)
    with site.db.read() as session:
        verdicts = session.execute(text("SELECT rating_id, count(*) FROM verdict GROUP BY 1")).all()
        assert len(session.scalars(select(Rating)).all()) == 4
        assert session.scalar(text("SELECT sum(expired) FROM code_count")) == 1
    assert {count for _, count in verdicts} <= {1}
    assert tally_differences(site) == 0


def test_without_a_known_upkeep_the_newest_row_counts(
    site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    assert trusted.doubt(site) is None  # a new office has nothing to lose
    rate(citizen, place)
    clock.at += 8 * DAY
    with pytest.raises(UpkeepStoppedError):
        retention.run_daily(site)
    clock.at -= 10 * DAY
    with pytest.raises(UpkeepStoppedError):
        retention.run_daily(site)


def test_a_step_spent_in_the_future_does_not_lock_anybody_out() -> None:
    def code_of(step: int) -> str:
        return f"{step % 1_000_000:06}"

    step = step_at(NOON)
    typed = code_of(step)
    assert accepted_step(typed, now=NOON, last_step=step, code_of=code_of) is None
    assert accepted_step(typed, now=NOON, last_step=step + 1, code_of=code_of) is None
    ahead = step + 120  # an hour
    assert accepted_step(typed, now=NOON, last_step=ahead, code_of=code_of) == step


def test_a_saved_form_returns_its_receipt_under_every_clock(
    site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    sent = opened(citizen, place)
    first = citizen.post(f"/q/{place}", data=sent)
    assert first.status_code == 303
    for jump in (-DAY, DAY, 3 * DAY, 15 * DAY, -20_000 * DAY, 26_000 * DAY):
        clock.at = NOON + jump
        again = citizen.post(f"/q/{place}", data=sent)
        assert (again.status_code, again.location) == (303, first.location), jump
    clock.at = NOON + 15 * DAY
    retention.do_daily_work(site)
    assert marks_of(site) == []  # the digest is gone
    again = citizen.post(f"/q/{place}", data=sent)
    assert (again.status_code, again.location) == (303, first.location)
    assert counts(site)["rating"] == 1
