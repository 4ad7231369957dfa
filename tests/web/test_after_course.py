"""After a course: one reply each, kept apart from who gave it, shown from five and by fives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from feedback_app.domain.after_course import ATTENDED, SUPERVISOR, is_asked
from feedback_app.services.site import Site
from feedback_app.services.trainings.after_course import told_of
from feedback_app.storage.models import CourseAnswer, CourseReply, Training
from feedback_app.storage.queries import after_course as queries
from feedback_app.storage.queries.after_course import CourseTaken
from tests.conftest import Browser
from tests.ground.lots import COURSE, add_attendance, add_course
from tests.ground.office import TODAY, Office

pytestmark = pytest.mark.both_engines

ROOM = "/staf/sesudah-pelatihan/"
FULL = {f"q{place}": "3" for place in range(1, 6)}


@pytest.fixture
def run_id(site: Site, office: Office) -> int:
    """A course that Sari (the log-in oki) came back from 20 days ago."""
    add_course(site, office, people=3)
    return add_attendance(site, office, "Sari", TODAY - timedelta(days=20))


def send(browser: Browser, path: str, data: dict[str, str]) -> TestResponse:
    return browser.post(path, data=data | {"csrf_token": browser.csrf(path)})


def test_who_attended_answers_once_and_without_a_name(
    site: Site, office: Office, run_id: int, browse: Callable[[], Browser]
) -> None:
    oki = browse().log_in("oki")
    path = f"{ROOM}{run_id}/{office.officer['Sari']}"
    assert path in oki.get("/staf/saya/").get_data(as_text=True)
    wrong = send(oki, path, FULL | {"q5": "9"})
    assert (wrong.status_code, "setiap kalimat" in wrong.get_data(as_text=True)) == (422, True)
    sent = send(oki, path, FULL)
    assert "tanpa nama" in oki.get(sent.location).get_data(as_text=True)
    assert oki.get(path).status_code == 404
    with site.db.read() as session:
        kept = session.scalars(select(CourseAnswer)).one()
        assert session.scalar(select(func.count()).select_from(CourseReply)) == 1
    assert (kept.answers, kept.block) == ([3] * 5, 0)
    assert not {"officer_id", "run_id", "day"} & set(CourseAnswer.__table__.columns.keys())


def test_nobody_answers_for_another_or_too_early(
    site: Site, office: Office, run_id: int, browse: Callable[[], Browser]
) -> None:
    other = add_attendance(site, office, "Andi", TODAY - timedelta(days=19))
    oki, alice, charlie = (browse().log_in(name) for name in ("oki", "alice", "charlie"))
    assert oki.get(f"{ROOM}{other}/{office.officer['Andi']}").status_code == 404
    assert alice.get(f"{ROOM}{run_id}/{office.officer['Sari']}").status_code == 404  # three months
    older = add_attendance(site, office, "Sari", TODAY - timedelta(days=100))
    path = f"{ROOM}{older}/{office.officer['Sari']}"
    assert charlie.get(path).status_code == 404  # of another unit
    assert "tiga bulan sesudah" in alice.get(path).get_data(as_text=True)
    assert send(alice, path, {"q1": "3", "q2": "2", "q3": "4"}).status_code == 302


@pytest.mark.parametrize(
    ("days", "attended", "supervisor"),
    [(0, False, False), (1, True, False), (89, True, False), (90, True, True), (300, False, False)],
)
def test_each_is_asked_in_its_own_time(days: int, attended: bool, supervisor: bool) -> None:
    ended = TODAY - timedelta(days=days)
    assert is_asked(ended, ATTENDED, today=TODAY) is attended
    assert is_asked(ended, SUPERVISOR, today=TODAY) is supervisor


def test_figures_move_by_five_answers_at_least(site: Site, office: Office, run_id: int) -> None:
    with site.db.read() as session:
        training = session.scalars(select(Training).where(Training.code == COURSE)).one()
    seen = []
    for place in range(14):
        with site.db.transaction() as tx:
            tx.execute(delete(CourseReply))  # the officers of this count are made up
            taken = CourseTaken(run_id, office.officer["Sari"], "", training.id, "", TODAY)
            answers = [4, 4, 4, 4, 1 if place % 2 else 4]
            queries.save_reply(tx, taken, answers, agency_id=office.agency_id, role=ATTENDED)
        seen.append(told_of(site, training).attended)
    changes = [place for place in range(1, 14) if seen[place] != seen[place - 1]]
    assert seen[:4] == [None] * 4
    assert seen[4] == (10, 10, 10, 10, 6)
    assert set(changes) <= {4, 9}
