"""One year as HR lives it: needs, a plan, its lot, the course, and half a year later its effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from feedback_app.services.impact.study import run_first_study
from feedback_app.services.lots import drawing, lists, pages
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.services.needs.page import need_blocks
from feedback_app.services.plan import plans, runs, spending, versions, year
from feedback_app.services.plan.fixing import fix_version
from feedback_app.services.plan.spending import Paid
from feedback_app.services.site import Site
from tests.conftest import SteppedClock
from tests.ground.lots import BUDI, CITRA, DICE
from tests.ground.office import Office
from tests.ground.plan_story import SEATS, begin_story, half_a_year_later
from tests.ground.plans import FIRST, MONEY, YEAR, hr_of, solved, told_run

pytestmark = pytest.mark.engine_alike  # each step has a test of its own on both


def test_a_plan_comes_from_needs_and_half_a_year_later_shows_its_effect(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    hana, ids = hr_of(site, office), begin_story(site, office)
    plans.make_plan(site, hana, YEAR, replace(MONEY, fee=SEATS * 3_000_000, jp="none"))
    runs.add_run(site, hana, YEAR, told_run(seats=SEATS))
    assert solved(site, hana) == {"version": 1}
    (bought,) = versions.version_of(site, hana, YEAR, 1).bought
    assert {seat.officer.id for seat in bought.seats} == set(ids)
    for seat in bought.seats:  # back to the blocks behind the own need
        line = need_blocks(site, hana, seat.need_ids["perilaku"]).line
        assert (line.ref_id, line.item) == (seat.officer.id, "perilaku")
    fix_version(site, hana, YEAR, 1, name="Kepala Dinas", position="Kepala", seen=0)
    lot_id = lists.make_list(site, hana, Wish("prima", (FIRST,), SEATS, frozenset(ids)))
    lists.freeze_list(site, hana, lot_id)
    drawing.draw_lot(site, hana, lot_id, Thrown(DICE, BUDI, CITRA))
    seated = [one.officer_id for one in pages.lot_page(site, hana, lot_id).seats if one.place.date]
    assert len(seated) == SEATS
    clock.at += FIRST - clock.at.date() + timedelta(days=3)
    paid = dict.fromkeys(seated, Paid(came=True, fee=2_900_000, travel=0, daily=100_000))
    assert spending.record_spent(site, hana, YEAR, bought.run.run.run_id, paid) == SEATS
    half_a_year_later(site, office, ids, seated)
    clock.at += date(YEAR, 10, 15) - clock.at.date()
    run_first_study(site, office.agency_id)
    page = year.year_page(site, hana, YEAR, number=None)
    (told,) = page.expected
    assert told.item == "perilaku"
    assert told.came == pytest.approx(0.5, abs=0.2)  # of those who sat, half more give the best
    money = {line.kind: line.spent for line in page.money}
    assert money == {"fee": SEATS * 2_900_000, "travel": 0, "daily": SEATS * 100_000}
