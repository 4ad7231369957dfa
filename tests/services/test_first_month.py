"""`make first-month` in small, without a browser: the made-up office's files, and its counting."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from feedback_app.files.kinds import KINDS
from feedback_app.files.month_grid import read_month_grid
from feedback_app.files.records import Choices
from feedback_app.services.imports.office import Imported, check_records, import_records
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Officer
from tests.ground.office import Office
from tests.rigs.first_month import files
from tests.rigs.first_month.desk import Book, Count

pytestmark = pytest.mark.engine_alike


@pytest.fixture
def begun(site: Site, office: Office) -> Office:
    """An office with the unit that its own lists name."""
    with site.db.transaction() as tx:
        unit = {"agency_id": office.agency_id, "code": files.UNIT[0], "name": files.UNIT[1]}
        bulk.add_rows(tx, "unit", [unit | {"retired_on": None}])
    return office


def test_the_offices_own_files_are_read_as_they_lie_there(site: Site, begun: Office) -> None:
    def take(kind: str, content: bytes, choices: Choices) -> Imported:
        done = import_records(
            site, KINDS[kind], content, agency_id=begun.agency_id, by=None, choices=choices
        )
        assert done.is_saved, done.errors
        return done

    none = Choices()
    assert take("services", files.services_csv(), none).added == 8 - 2  # it has ktp and kk
    assert take("counters", files.counters_csv(), none).added == 8
    listed = check_records(
        site, KINDS["officers"], files.officers_xlsx(), agency_id=begun.agency_id, choices=none
    )
    assert listed.matched is not None
    assert dict(listed.matched.guesses) == {"unit": 6}  # "UNIT KERJA", not "NO" or its numbers
    people = {files.nip(place): "2" for place in range(20, 24)}
    assert take("officers", files.officers_xlsx(), Choices(columns={"unit": 6}, greetings=people))
    with site.db.read() as session:
        nips = [files.nip(place) for place in range(len(files.NAMES))]
        called = session.scalars(select(Officer.display_name).where(Officer.nip.in_(nips))).all()
    assert len(set(called)) == len(files.NAMES)
    assert all(name.startswith(("Ibu ", "Bapak ")) for name in called)
    assert take("trainings", files.trainings_csv(), none).added == 2
    assert take("attendance", files.attendance_csv(), none).added == 14
    grid = read_month_grid(files.roster_xlsx())
    assert (grid.month, set(grid.marks)) == (date(2026, 12, 1), set("PSL"))
    shifts = sum(cell in ("P", "S") for row in grid.rows for cell in row.cells)
    assert shifts == 21 * 16  # working days, two turns at eight counters


def test_a_month_is_counted_by_its_steps_and_nothing_beside_them() -> None:
    book = Book()
    with book.step("one"):
        book.now.pages, book.now.clicks, book.now.fields = 6, 4, 12
    book.now.clicks += 100  # taking up an invitation
    with book.step("two"):
        book.now.clicks += 1
    assert book.total == Count(6, 5, 12)
    assert (book.total.acts, book.total.minutes) == (17, 2.0)
    assert book.table().splitlines()[-1] == "| sum | 6 | 5 | 12 | 2.0 |"
