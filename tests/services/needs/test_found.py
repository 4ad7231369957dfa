"""What HR may know of needs, from the tally of both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from feedback_app.domain.roles import Role
from feedback_app.helper.process import HelperProcess, Limits
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.needs.found import found_needs
from feedback_app.services.needs.panel import closed_span, read_panel
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from tests.conftest import SteppedClock
from tests.ground.needs import ANSWERS, OFFICERS, WEAK, add_need_scores
from tests.ground.office import Office, add_ratings


def hr(office: Office, role: Role = Role.HR) -> Viewer:
    return Viewer(1, office.agency_id, "hana", "Hana", role, frozenset(), None)


def test_hr_reads_the_gap_that_was_shown_and_nobody_elses_figures(
    site: Site, office: Office
) -> None:
    ids = add_need_scores(site, office)
    found = found_needs(site, hr(office))
    assert (found.first, found.last) == (date(2025, 7, 1), date(2026, 9, 30))
    officers = [need for need in found.needs if need.level == "officer"]
    (need,) = [one for one in officers if one.nature == "training"]
    assert (need.ref_id, need.name, need.item) == (ids[WEAK], "Pegawai 02", "perilaku")
    assert need.high < -0.1
    assert need.low < need.gap < need.high
    assert 3.0 < need.peer_expected < 3.4  # what .03, .12, .50, .35 of 1 to 4 have: 3.17
    assert need.n == 15 * ANSWERS
    assert found.shown_officers == {one.ref_id for one in officers}
    assert len(found.shown_officers) <= 3  # of 12: only who has a need or is asked about
    assert found.compared["officer"] == OFFICERS


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HR])
def test_nobody_but_hr_reads_needs(site: Site, office: Office, role: Role) -> None:
    with pytest.raises(NotThereError):
        found_needs(site, hr(office, role))


def test_figures_that_rest_on_unverified_answers_enter_no_need(site: Site, office: Office) -> None:
    add_need_scores(site, office, tier="poster")
    with pytest.raises(NoDataError):
        found_needs(site, hr(office))


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
        found_needs(site, hr(office))


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
    with pytest.raises(NoDataError):
        found_needs(site, replace(hr(office), agency_id=other))


def test_the_model_runs_in_the_helper_process_and_once_a_day(site: Site, office: Office) -> None:
    add_need_scores(site, office)
    helper = HelperProcess(Limits(job_s=120, turn_s=5, idle_s=60, waiting=1))
    try:
        aside = replace(site, documents=helper)
        first = found_needs(aside, hr(office))
    finally:
        helper.stop()
    assert found_needs(aside, hr(office)) == first  # from memory: the helper has gone
    assert [need.name for need in first.needs if need.nature == "training"] == ["Pegawai 02"]
