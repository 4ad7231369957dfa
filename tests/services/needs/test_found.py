"""What a run over closed quarters keeps, from the tally of both engines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from feedback_app.domain.roles import Role
from feedback_app.helper.process import HelperProcess, Limits
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.needs.overview import overview
from feedback_app.services.needs.panel import read_panel
from feedback_app.services.needs.runs import look_once_a_quarter, run_first_needs
from feedback_app.services.needs.span import closed_span
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import DetailTally, NeedRow, NeedRun, Officer, OfficerJoin
from tests.conftest import SteppedClock
from tests.ground.needs import ANSWERS, OFFICERS, WEAK, add_need_scores
from tests.ground.office import TODAY, Office, add_ratings


def hr(office: Office, role: Role = Role.HR) -> Viewer:
    return Viewer(1, office.agency_id, "hana", "Hana", role, frozenset(), None)


def needs_of(site: Site) -> Sequence[NeedRow]:
    with site.db.read() as session:
        return session.scalars(select(NeedRow).order_by(NeedRow.id)).all()


def newest(site: Site) -> NeedRun:
    with site.db.read() as session:
        return session.scalars(select(NeedRun).order_by(NeedRun.id.desc())).all()[0]


def test_a_run_keeps_the_gap_that_was_shown_and_nobody_elses_figures(
    site: Site, office: Office
) -> None:
    ids = add_need_scores(site, office)
    run_first_needs(site, office.agency_id)
    run, rows = newest(site), needs_of(site)
    assert (run.state, run.first_day, run.last_day) == (
        "done",
        date(2025, 7, 1),
        date(2026, 9, 30),
    )
    assert run.compared["officer"] == OFFICERS
    (need,) = [row for row in rows if row.nature == "training"]
    assert (need.level, need.ref_id, need.item) == ("officer", ids[WEAK], "perilaku")
    assert (need.unit_id, need.voice, need.found_on) == (office.unit["A"], "data", TODAY)
    assert need.high is not None
    assert need.high < -0.1
    assert 3.0 < (need.peer_expected or 0) < 3.4  # what .03, .12, .50, .35 of 1 to 4 have: 3.17
    assert need.n == 15 * ANSWERS
    assert len({row.ref_id for row in rows if row.level == "officer"}) <= 3  # of 12


def test_a_later_run_of_the_quarter_keeps_the_need_and_forgets_who_left(
    site: Site, office: Office
) -> None:
    ids = add_need_scores(site, office)
    for _turn in range(2):
        run_first_needs(site, office.agency_id)
    (first,) = [row for row in needs_of(site) if row.nature == "training"]
    assert first.run_id == newest(site).id  # one row, found again
    with site.db.transaction() as tx:
        tx.execute(update(Officer).where(Officer.id == ids[WEAK]).values(retired_on=TODAY))
    run_first_needs(site, office.agency_id)
    shown = overview(site, hr(office), only="", item="")
    assert ids[WEAK] not in shown.shown_officers
    (kept,) = [row for row in needs_of(site) if row.id == first.id]
    assert kept.run_id != newest(site).id  # it stays as it was


def test_causes_of_the_process_turn_a_course_into_a_mended_process(
    site: Site, office: Office
) -> None:
    ids = add_need_scores(site, office, item="kecepatan")
    ticks = {
        "day": date(2026, 8, 10),
        "counter_id": office.counter["A1"],
        "service_id": office.service["ktp"],
        "officer_id": ids[WEAK],
        "tier": "display",
        "state": "counted",
        "for_officer": 1,
        "is_complete": 1,
        "item": "kecepatan",
        "choice": "disela",  # interrupted by other work: the process
        "agency_id": office.agency_id,
        "n": 12,
    }
    with site.db.transaction() as tx:
        tx.execute(DetailTally.insert(), [ticks])
    run_first_needs(site, office.agency_id)
    (need,) = [row for row in needs_of(site) if (row.ref_id, row.item) == (ids[WEAK], "kecepatan")]
    assert (need.nature, need.cause_level) == ("process", "process")


def test_joined_rows_are_one_person(site: Site, office: Office) -> None:
    ids = add_need_scores(site, office)
    with site.db.transaction() as tx:
        tx.add(
            OfficerJoin(
                agency_id=office.agency_id,
                officer_id=ids[WEAK],
                into_id=ids[WEAK + 1],
                from_day=date(2025, 1, 1),
                until_day=None,
                account_id=None,
                made_by=1,
                made_at=site.now(),
            )
        )
    panel = read_panel(site, agency_id=office.agency_id, span=closed_span(site.today()))
    assert set(panel.officers) == {str(key) for key in ids} - {str(ids[WEAK])}


def test_figures_that_rest_on_unverified_answers_enter_no_need(site: Site, office: Office) -> None:
    add_need_scores(site, office, tier="poster")
    run_first_needs(site, office.agency_id)
    assert (newest(site).state, needs_of(site)) == ("failed", [])
    assert "terverifikasi" in newest(site).fault
    look_once_a_quarter(site, office.agency_id)
    found = overview(site, hr(office), only="", item="")
    assert found.beginning is not None
    assert not found.beginning.has_answers


def test_only_quarters_that_closed_a_week_ago_are_read(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    assert closed_span(date(2026, 10, 7)).last == date(2026, 6, 30)
    assert closed_span(date(2026, 10, 8)).last == date(2026, 9, 30)
    assert closed_span(date(2026, 10, 8)).first == date(2025, 7, 1)
    ids = add_need_scores(site, office)
    panel = read_panel(site, agency_id=office.agency_id, span=closed_span(site.today()))
    assert (panel.first_month, int(panel.month.max())) == (2025 * 12 + 6, 14)
    assert panel.n.sum() == 15 * ANSWERS * OFFICERS * 4
    assert set(panel.officers) == {str(key) for key in ids}
    clock.at = clock.at - timedelta(days=700)
    with pytest.raises(NoDataError):
        read_panel(site, agency_id=office.agency_id, span=closed_span(site.today()))


def test_one_cell_holds_the_answers_of_all_its_channels(site: Site, office: Office) -> None:
    own = {"officer_id": office.officer["Sari"], "day": date(2026, 9, 9), "counter": "A1"}
    add_ratings(site, office, 3, tier="kiosk", **(own | {"perilaku": 4}))
    add_ratings(site, office, 1, tier="visit", **(own | {"perilaku": 1}))
    add_ratings(site, office, 5, tier="poster", **(own | {"perilaku": 1}))
    panel = read_panel(site, agency_id=office.agency_id, span=closed_span(site.today()))
    (place,) = np.flatnonzero(panel.item == panel.items.index("perilaku"))
    assert panel.n[place] == 4
    assert panel.score[place] == pytest.approx((3 * 4 + 1) / 4)
    assert panel.units == (str(office.unit["A"]),)


def test_another_agency_sees_nothing_of_it(site: Site, office: Office) -> None:
    add_need_scores(site, office)
    with site.db.transaction() as tx:
        other = bulk.add_rows(tx, "agency", [{"code": "x", "name": "Lain", "is_demo": False}])[0]
    run_first_needs(site, office.agency_id)
    found = overview(site, replace(hr(office), agency_id=other), only="", item="")
    assert (found.run, found.groups) == (None, ())


@pytest.mark.engine_alike  # what the process reads and keeps is that of the tests before
def test_a_closed_quarter_is_looked_at_once_in_the_helper_process(
    site: Site, office: Office
) -> None:
    add_need_scores(site, office)
    helper = HelperProcess(Limits(job_s=120, turn_s=5, idle_s=60, waiting=1))
    try:
        aside = replace(site, studies=helper)
        for _turn in range(2):
            look_once_a_quarter(aside, office.agency_id)
        wait_until_done(site)
    finally:
        helper.stop()
    assert newest(site).id == 1  # the second saw the first
    assert [row.nature for row in needs_of(site)].count("training") == 1


def wait_until_done(site: Site) -> None:
    deadline = time.monotonic() + 60
    while newest(site).state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
