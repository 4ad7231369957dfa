"""Units and counters that end: not under an open survey, and what they leave is their successor's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.needs import unit
from feedback_app.services.needs.decisions import Told, decide
from feedback_app.services.needs.overview import overview
from feedback_app.services.places.ending import Ending, end_place, end_places
from feedback_app.services.places.records import place_form
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import open_survey
from feedback_app.storage.models import Account, FollowUp
from tests.conftest import SteppedClock
from tests.ground.lots import hana
from tests.ground.need_rows import add_need
from tests.ground.office import TODAY, Office
from tests.services.survey.test_surveys import settings

YEARS_END = date(2026, 12, 31)


def viewer(site: Site, username: str, role: Role, units: frozenset[int]) -> Viewer:
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == username)).one()
    return Viewer(row.id, row.agency_id, username, row.name, role, units, None)


@pytest.fixture
def dina(site: Site, office: Office) -> Viewer:
    """The admin; unit B has nothing but its counter."""
    return viewer(site, "dina", Role.ADMIN, frozenset())


def end(site: Site, dina: Viewer, kind: str, place_id: int, successor: int | None) -> None:
    seen = place_form(site, dina, kind, place_id).seen
    end_place(site, dina, kind, place_id, Ending(YEARS_END, successor), seen=seen)


def test_needs_of_a_unit_that_ended_are_mended_by_its_successor(
    site: Site, office: Office, dina: Viewer, clock: SteppedClock
) -> None:
    of_unit = add_need(
        site, office, level="unit", ref_id=office.unit["B"], unit_id=office.unit["B"],
        nature="process",
    )  # fmt: skip
    of_counter = add_need(
        site, office, ref_id=office.counter["B1"], unit_id=office.unit["B"], nature="process"
    )
    end(site, dina, "counter", office.counter["B1"], office.counter["A2"])
    end(site, dina, "unit", office.unit["B"], office.unit["A"])
    clock.at += YEARS_END - TODAY + timedelta(days=5)
    with site.db.transaction() as tx:
        end_places(tx, site)
    assert {line.name for group in overview(site, hana(site), only="", item="").groups
            for line in group.lines} == {"Unit B", "Loket B1"}  # fmt: skip
    for need in (of_unit, of_counter):
        decide(site, hana(site), need, Told("mend", "Loket tambahan pada jam ramai", 0))
    with site.db.read() as session:
        plans = {row.need_id: row for row in session.scalars(select(FollowUp))}
    assert {row.unit_id for row in plans.values()} == {office.unit["A"]}
    assert plans[of_unit].counter_id is None
    assert plans[of_counter].counter_id == office.counter["A2"]
    both = frozenset(office.unit.values())  # who saw B sees what took over
    charlie = viewer(site, "charlie", Role.SUPERVISOR, both)
    assert [row.id for row in unit.unit_need(site, charlie, of_unit).plans] == [plans[of_unit].id]


def test_a_unit_does_not_end_under_an_open_survey(site: Site, office: Office, dina: Viewer) -> None:
    charlie = viewer(site, "charlie", Role.SUPERVISOR, frozenset({office.unit["B"]}))
    open_survey(site, charlie, settings(office, unit_id=office.unit["B"]))
    end(site, dina, "counter", office.counter["B1"], None)
    with pytest.raises(FieldFaultError, match="Survei unit ini belum ditutup"):
        end(site, dina, "unit", office.unit["B"], office.unit["A"])
