"""Several web processes on one database: what each keeps in memory is right at the next request.

Two applications over the same tables stand for two processes; `make kill-rig` has four real ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback_app import create_app
from feedback_app.config import Settings
from feedback_app.domain.visit_codes import GUESSES_A_MINUTE
from feedback_app.impact.results import Plan
from feedback_app.services.access.guessing import GUESSES
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import LoginRefusedError, TooManyTriesError
from feedback_app.services.background import note
from feedback_app.services.citizen import code_guesses
from feedback_app.services.citizen.code_guesses import TooManyGuessesError, Typist
from feedback_app.services.impact.study import _new_study
from feedback_app.services.roster.day import Wanted, change_day, day_view
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import backup
from feedback_app.storage.models import BackupRun, FormOpening, ImpactStudy, Rating
from feedback_app.web.daily import keep_up
from tests.conftest import Browser, SteppedClock
from tests.ground.office import PASSWORD, TODAY, Office
from tests.ground.paper import viewer_of
from tests.web.test_citizen import opened

pytestmark = pytest.mark.both_engines
PROCESSES = 4  # docs/runbook.md


@pytest.fixture
def beside(settings: Settings, clock: SteppedClock, app: Flask) -> Iterator[Flask]:
    """The same office in another process."""
    other = create_app(settings, clock=clock)
    yield other
    other.extensions["site"].db.close()


@pytest.fixture
def sites(settings: Settings, clock: SteppedClock, office: Office) -> Iterator[list[Site]]:
    """As many as the runbook has, without their pages."""
    opened = [open_site(settings, clock=clock) for _ in range(PROCESSES)]
    yield opened
    for site in opened:
        site.db.close()


def carried_to(other: Flask, browser: Browser) -> Browser:
    """The same browser, whose next request comes to another process."""
    there = Browser(other.test_client())
    there.client._cookies = browser.client._cookies
    return there


def test_a_log_in_and_a_log_out_hold_at_every_process(
    beside: Flask, browse: Callable[[], Browser]
) -> None:
    here = browse().log_in("alice")
    there = carried_to(beside, here)
    assert there.get("/staf/loket/").status_code == 200
    assert here.post("/keluar", data={"csrf_token": here.token()}).status_code == 302
    assert there.get("/staf/loket/").status_code == 302


def test_a_form_of_one_process_is_taken_by_another_and_kept_once(
    beside: Flask, site: Site, citizen: Browser, place: str
) -> None:
    sent = opened(citizen, place)
    there = Browser(beside.test_client())
    first = there.post(f"/q/{place}", data=sent)
    again = citizen.post(f"/q/{place}", data=sent)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 1


def test_a_changed_roster_is_on_the_next_form_of_every_process(
    beside: Flask,
    site: Site,
    office: Office,
    citizen: Browser,
    place: str,
    clock: SteppedClock,
) -> None:
    there = Browser(beside.test_client())
    clock.at += timedelta(hours=3, minutes=25)  # 16.30
    for browser in (citizen, there):  # drawn, and kept, by both
        assert "Ibu Dewi" not in browser.get(f"/q/{place}").get_data(as_text=True)
    alice = viewer_of(site, "alice")
    seen = day_view(site, alice, "A1", TODAY).seen
    wanted = Wanted(seen, None, None, office.officer["Dewi"], time(16), time(17), "lembur")
    change_day(site, alice, "A1", TODAY, "add", wanted)
    for browser in (citizen, there):
        assert "Ibu Dewi" in browser.get(f"/q/{place}").get_data(as_text=True)


def test_guesses_at_a_password_are_counted_over_all_processes(sites: list[Site]) -> None:
    for number in range(GUESSES):
        with pytest.raises(LoginRefusedError):
            log_in(sites[number % PROCESSES], username="alice", password=f"guess {number}")
    for site in sites:
        with pytest.raises(TooManyTriesError):
            log_in(site, username="alice", password=PASSWORD)


def test_one_network_alone_closes_no_way_through_any_process(sites: list[Site]) -> None:
    loud, quiet = (Typist("front page", network=f"192.0.2.{n}") for n in (1, 2))
    for site in sites:
        assert not all(is_looked_at(site, loud) for _ in range(GUESSES_A_MINUTE))
    assert is_looked_at(sites[0], quiet)


def is_looked_at(site: Site, typist: Typist) -> bool:
    with site.db.transaction() as tx:
        try:
            code_guesses.brake(tx, site, typist)
        except TooManyGuessesError:
            return False
        code_guesses.note_wrong(tx, site, typist)
        return True


def test_work_that_one_process_began_is_seen_by_another(
    beside: Flask, site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    with site.db.transaction() as tx:
        study = _new_study(site, office.agency_id, None, Plan())
        tx.add(study)
        tx.flush()
        study_id = study.id
    there = carried_to(beside, browse().log_in("hana"))
    note(site, ImpactStudy, study_id, done_steps=3, all_steps=8)
    assert "37%" in there.get("/staf/dampak/").get_data(as_text=True)
    note(site, ImpactStudy, study_id, state="failed", fault="NoDataError")
    assert "37%" not in there.get("/staf/dampak/").get_data(as_text=True)


def test_opened_forms_of_all_processes_are_added_up(
    beside: Flask, site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    there = Browser(beside.test_client())
    for browser, forms in ((citizen, 2), (there, 3)):
        for _ in range(forms - 1):
            browser.get(f"/q/{place}")
        assert browser.post(f"/q/{place}", data=opened(browser, place)).status_code == 303
        clock.at += timedelta(minutes=6)
    with site.db.read() as session:
        assert session.scalar(select(func.sum(FormOpening.opened))) == 5


def test_the_days_upkeep_of_a_second_process_finds_nothing_left(
    app: Flask, beside: Flask, site: Site, citizen: Browser, place: str, clock: SteppedClock
) -> None:
    citizen.post(f"/q/{place}", data=opened(citizen, place))
    keep_up(app)
    clock.at += timedelta(days=1)
    for one in (app, beside):
        keep_up(one)
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 1


def test_of_processes_that_start_at_once_one_makes_the_days_backup(
    sites: list[Site], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Else four copies a day would push out older ones, of which fourteen are kept."""
    stick = tmp_path_factory.mktemp("stick")
    ready, refused = threading.Barrier(PROCESSES), list[Site]()

    def work(site: Site) -> None:
        order = backup.Order(stick, None, 14, unless_since=site.now() - timedelta(hours=1))
        ready.wait(60)
        try:
            backup.back_up(site, order)
        except backup.AlreadyBegunError:
            refused.append(site)

    threads = [threading.Thread(target=work, args=(site,)) for site in sites]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join, 60)
    assert len(refused) == PROCESSES - 1
    assert len(list(stick.glob("*.db.gz"))) == 1
    with sites[0].db.read() as session:
        runs = session.scalars(select(BackupRun).where(BackupRun.act == "backup")).all()
    assert [run.outcome for run in runs] == ["proven"]
