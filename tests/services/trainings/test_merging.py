"""Trainings that are one stand in a plan, a draw, a proposal and replies: all of it goes along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback_app.services.access.people import Viewer
from feedback_app.services.lots import drawing, lists, pages
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.services.plan import fixing, runs, versions
from feedback_app.services.site import Site
from feedback_app.services.trainings.merging import merge
from feedback_app.storage import bulk
from feedback_app.storage.models import CourseReply, NeedRow, Training, TrainingRun
from feedback_app.storage.queries.after_course import shown_answers
from tests.ground.lots import BUDI, CITRA, COURSE, DAYS, DICE, add_course
from tests.ground.lots import hana as hr
from tests.ground.need_rows import add_need
from tests.ground.office import TODAY, Office
from tests.ground.plans import FIRST, YEAR, begin_plan, solved, told_run

TWIN = "prima-2"


@pytest.fixture
def hana(site: Site, office: Office) -> Viewer:
    """HR, with a plan and the course of its run entered twice."""
    found = hr(site)
    begin_plan(site, office, found)
    row = {
        "agency_id": office.agency_id, "code": TWIN, "title": "Bimtek pelayanan prima",
        "kind": "teknis", "elements": ["perilaku"], "competences": [], "provider": "",
        "partner": "", "jp": 20, "cost": None,
    }  # fmt: skip
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "training", [row])
    return found


def training_id(site: Site, code: str) -> int:
    with site.db.read() as session:
        return session.scalars(select(Training.id).where(Training.code == code)).one()


def test_candidates_of_a_plan_are_of_the_one_that_stays(site: Site, hana: Viewer) -> None:
    runs.add_run(site, hana, YEAR, told_run(training=TWIN))  # the same day, as it was entered twice
    merge(site, hana, TWIN, "prima")
    lines = runs.candidates(site, hana, YEAR).lines
    assert {line.training.code for line in lines} == {"prima"}
    solved(site, hana)
    fixing.fix_version(site, hana, YEAR, 1, name="Kepala", position="Kepala Dinas", seen=0)
    with site.db.read() as session:
        held = session.execute(select(TrainingRun.training_id, TrainingRun.starts_on)).all()
    assert [tuple(row) for row in held] == [(training_id(site, "prima"), FIRST)]


def test_what_a_plan_bought_keeps_its_name_and_forecast(site: Site, hana: Viewer) -> None:
    solved(site, hana)
    merge(site, hana, "prima", TWIN)
    found = versions.version_of(site, hana, YEAR, 1)
    assert [one.run.training.code for one in found.bought] == [TWIN]
    assert set(found.titles) == {TWIN}


def test_a_draw_goes_on_under_the_one_that_stays(site: Site, office: Office, hana: Viewer) -> None:
    add_course(site, office)
    everybody = frozenset(office.officer.values())
    lot_id = lists.make_list(site, hana, Wish(COURSE, DAYS, 4, everybody))
    merge(site, hana, COURSE, "prima")
    lists.freeze_list(site, hana, lot_id)
    drawing.draw_lot(site, hana, lot_id, Thrown(DICE, BUDI, CITRA))
    assert pages.lot_page(site, hana, lot_id).row.training.code == "prima"


def test_a_proposal_names_the_one_that_stays(site: Site, office: Office, hana: Viewer) -> None:
    need = add_need(site, office, training_id=training_id(site, TWIN))
    merge(site, hana, TWIN, "prima")
    with site.db.read() as session:
        row = session.get_one(NeedRow, need)
        assert row.training_id == training_id(site, "prima")


def test_replies_after_a_course_stay_when_both_were_held_on_one_day(
    site: Site, office: Office, hana: Viewer
) -> None:
    day = TODAY - timedelta(days=30)
    ids = [training_id(site, code) for code in ("prima", TWIN)]
    own = {"agency_id": office.agency_id}
    with site.db.transaction() as tx:
        kept, gone = (
            bulk.add_rows(
                tx,
                "training_run",
                [own | {"training_id": one, "starts_on": day, "ends_on": day, "seats": None}],
            )[0]
            for one in ids
        )
        for run_id, who in ((kept, "Sari"), (gone, "Sari"), (gone, "Andi")):
            tx.add(
                CourseReply(
                    run_id=run_id,
                    officer_id=office.officer[who],
                    role="officer",
                    agency_id=office.agency_id,
                )
            )
    merge(site, hana, TWIN, "prima")
    with site.db.read() as session:
        found = session.execute(select(CourseReply.run_id, CourseReply.officer_id)).all()
        assert shown_answers(session, ids[0], "officer") == []
    assert {tuple(row) for row in found} == {
        (kept, office.officer["Sari"]),
        (kept, office.officer["Andi"]),
    }
