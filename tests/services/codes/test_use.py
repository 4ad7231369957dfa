"""How visit codes were used: pages, sums, codes good for any service, and whose units one sees."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.codes.use import ANY, LINES_A_PAGE, Choice, use_page, use_sheet
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from tests.ground.office import TODAY, Office

# Sums and pages are made here, not by the engine; tests/web runs the page on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ZERO = dict.fromkeys(("issued", "called", "redeemed", "expired", "revoked"), 0)


def viewer(office: Office, role: Role, *units: str) -> Viewer:
    own = frozenset(office.unit[code] for code in units)
    return Viewer(1, office.agency_id, "x", "X", role, own, None)


def counted(
    site: Site,
    office: Office,
    days_ago: int,
    *,
    unit: str = "A",
    service: str = "ktp",
    **counts: int,
) -> None:
    """One day's counts; service '' is for codes good for any."""
    row = {"unit_id": office.unit[unit], "service_id": office.service[service] if service else 0}
    row |= {"agency_id": office.agency_id, "day": TODAY - timedelta(days=days_ago)}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "code_count", [row | ZERO | counts])


def booked(site: Site, office: Office, days_ago: int, service: str, visits: int) -> None:
    """Visits of one day in the office's books."""
    row: dict[str, Any] = {"counter_id": office.counter["A1"], "agency_id": office.agency_id}
    row |= {"service_id": office.service[service], "day": TODAY - timedelta(days=days_ago)}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "visit_count", [row | {"visits": visits}])


def choice(*, days: int = 30, last: date = TODAY, unit: str = "", service: str = "") -> Choice:
    return Choice(TODAY - timedelta(days=days), last, unit, service)


def test_the_sums_are_of_all_lines_and_of_each_count(site: Site, office: Office) -> None:
    first = {"issued": 100, "called": 60, "redeemed": 40, "expired": 20, "revoked": 5}
    counted(site, office, 1, **first)
    counted(site, office, 2, service="kk", **dict.fromkeys(first, 1))
    counted(site, office, 3, unit="B", **dict.fromkeys(first, 2))
    alice, dina = viewer(office, Role.SUPERVISOR, "A"), viewer(office, Role.ADMIN)
    for who, more in ((alice, 1), (dina, 3)):
        sums = use_page(site, who, choice(), page=1).sums
        assert sums is not None
        assert {name: getattr(sums, name) for name in first} == {
            name: count + more for name, count in first.items()
        }
        assert sums.visits is None
    assert use_page(site, alice, choice(unit="B"), page=1).sums is None
    assert use_page(site, alice, choice(unit="A"), page=1).units == (("A", "Unit A"),)
    assert use_page(site, dina, choice(), page=1).units == (("A", "Unit A"), ("B", "Unit B"))


def test_lines_come_newest_first_with_the_days_asked_for_and_no_others(
    site: Site, office: Office
) -> None:
    for days_ago in (3, 0, 7, 8):
        counted(site, office, days_ago, issued=1)
    counted(site, office, 3, service="kk", issued=1)
    asked = choice(days=7, last=TODAY - timedelta(days=3))
    page = use_page(site, viewer(office, Role.ADMIN), asked, page=1)
    told = [((TODAY - line.use.day).days, line.service) for line in page.lines]
    assert told == [(3, "KTP-el"), (3, "Kartu Keluarga"), (7, "KTP-el")]
    assert page.services == (("ktp", "KTP-el"), ("kk", "Kartu Keluarga"))


def test_what_earlier_days_left_over_may_be_used_on_the_first_day_asked_for(
    site: Site, office: Office
) -> None:
    """Ten more than the books of the day, of the hundred left over on the day before it."""
    counted(site, office, 2, issued=200, redeemed=90)
    counted(site, office, 1, issued=40, redeemed=40)
    booked(site, office, 2, "ktp", 190)
    booked(site, office, 1, "ktp", 30)
    who = viewer(office, Role.ADMIN)
    page = use_page(site, who, choice(days=1), page=1)
    assert [line.signs for line in page.lines] == [()]
    assert page.signs == 0
    counted(site, office, 9, issued=40, redeemed=40)
    booked(site, office, 9, "ktp", 30)
    page = use_page(site, who, choice(), page=1)
    assert [line.signs for line in page.lines] == [(), (), ("more_than_visits",)]
    assert page.signs == 1


def test_codes_for_any_service_stand_beside_all_visits_of_their_unit_and_day(
    site: Site, office: Office
) -> None:
    counted(site, office, 1, service="", issued=9)
    counted(site, office, 2, service="", issued=9)
    counted(site, office, 3, unit="B", service="", issued=9)
    booked(site, office, 1, "ktp", 4)
    booked(site, office, 1, "kk", 5)
    booked(site, office, 3, "kk", 7)  # of unit A
    who = viewer(office, Role.ADMIN)
    lines = use_page(site, who, choice(service=ANY), page=1).lines
    assert [(line.unit, line.service, line.use.visits) for line in lines] == [
        ("Unit A", "", 9),
        ("Unit A", "", None),
        ("Unit B", "", None),
    ]
    assert use_page(site, who, choice(service="ktp"), page=1).lines == ()
    sheet = use_sheet(site, who, choice())
    assert {row[2] for row in sheet.rows} == {"semua layanan"}


def test_a_long_time_comes_in_pages_and_the_sheet_has_it_all(site: Site, office: Office) -> None:
    for days_ago in range(LINES_A_PAGE + 1):
        counted(site, office, days_ago, issued=8, redeemed=3)
    who, long = viewer(office, Role.ADMIN), choice(days=99)
    for asked, given, lines in ((1, 1, 30), (2, 2, 1), (0, 1, 30), (-3, 1, 30), (99, 2, 1)):
        page = use_page(site, who, long, page=asked)
        assert (page.page, page.pages, len(page.lines)) == (given, 2, lines)
        assert page.sums is not None
        assert page.sums.issued == 8 * 31
    assert page.lines[0].use.day == TODAY - timedelta(days=30)
    counted(site, office, 60, redeemed=1)
    assert use_page(site, who, choice(days=29), page=1).pages == 1
    empty = use_page(site, who, choice(unit="?"), page=1)
    assert (empty.page, empty.pages, empty.lines) == (1, 1, ())
    rows = use_sheet(site, who, long).rows
    assert len(rows) == 32
    assert rows[0] == (TODAY, "Unit A", "KTP-el", 8, 0, 3, 0, 0, None, 37.5, "")
    assert rows[-1][9] is None  # nothing was issued that day: no share


def test_signs_are_told_in_words_in_the_sheet(site: Site, office: Office) -> None:
    counted(site, office, 1, issued=90, called=10, redeemed=30)
    (row,) = use_sheet(site, viewer(office, Role.SUPERVISOR, "A"), choice()).rows
    assert row[-1] == "dipakai lebih banyak daripada dipanggil"
