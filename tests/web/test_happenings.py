"""What happened at counters: recorded, corrected, never changed; drawn; imported; by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from feedback_app.domain.elements import INSTRUMENT_VERSION
from feedback_app.domain.happenings import Happening, at_counter
from feedback_app.files.kinds import KINDS
from feedback_app.services.imports.office import Imported, import_records
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage import bulk
from feedback_app.storage.models import AuditEntry, HappeningRow, UpkeepMark
from feedback_app.storage.queries import happenings as queries
from tests.conftest import Browser
from tests.ground.office import TODAY, Office, rating_row

PAGE = "/staf/kejadian/"
MACHINE = {
    "place": "A1",
    "kind": "machine",
    "first": "2026-11-20",
    "last": "",
    "words": "printer loket rusak",
}


@pytest.fixture
def alice(office: Office, browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    assert office.unit
    return browse().log_in("alice")


def send(browser: Browser, path: str = PAGE, **changed: str) -> TestResponse:
    """The form of the register with what is changed."""
    return browser.post(path, data=MACHINE | changed | {"csrf_token": browser.csrf(PAGE)})


def at(site: Site, office: Office, counter: str = "A1") -> list[Happening]:
    """What stands for a counter, its unit's as well."""
    with site.db.read() as session:
        own = [office.counter[counter]]
        days = {"first": date(2020, 1, 1), "last": TODAY + timedelta(days=400)}
        return queries.happenings_of_counters(session, own, **days)[own[0]]


def rows(site: Site) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(HappeningRow)) or 0


def test_a_supervisor_records_what_happened(alice: Browser, site: Site, office: Office) -> None:
    assert send(alice).status_code == 302
    (one,) = at(site, office)
    assert (one.kind, one.first, one.last, one.words) == (
        "machine",
        date(2026, 11, 20),
        None,
        "printer loket rusak",
    )
    page = alice.get(PAGE).get_data(as_text=True)
    assert "printer loket rusak" in page
    assert "sejak 20 November 2026" in page
    assert at(site, office, "A2") == []


def test_what_is_told_of_a_unit_holds_for_each_of_its_counters(
    alice: Browser, site: Site, office: Office
) -> None:
    send(alice, place="unit:A", kind="outage", last="2026-11-21")
    assert [len(at(site, office, counter)) for counter in ("A1", "A2", "B1")] == [1, 1, 0]


def test_it_is_drawn_on_the_counters_page(alice: Browser) -> None:
    before = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert 'class="happening"' not in before
    send(alice)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert page.count('class="happening"') == 1
    assert "printer loket rusak" in page
    assert "printer loket rusak" not in alice.get("/staf/loket/A2").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"last": "2026-11-19"}, "Hari terakhir tidak boleh sebelum hari pertama."),
        ({"first": "2016-12-31"}, "Hari pertama antara 2017"),
        ({"first": "2028-01-01"}, "Hari pertama antara 2017"),
        ({"last": "9999-12-31"}, "Paling jauh dua tahun"),
        ({"first": "31-31-2026"}, "Bukan tanggal yang ada."),
        ({"kind": "instrument"}, "Pilih salah satu dari daftar."),
        ({"place": "B1"}, "Pilih salah satu dari daftar."),
        ({"words": " "}, "Isi keterangan dalam satu baris"),
        ({"words": "a" * 201}, "Terlalu panjang."),
        ({"words": "a\tb"}, "Isi keterangan dalam satu baris"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_saved(
    alice: Browser, site: Site, changed: dict[str, str], words: str
) -> None:
    answer = send(alice, **changed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert rows(site) == 0


def test_a_correction_leaves_the_old_entry_on_record(
    alice: Browser, site: Site, office: Office
) -> None:
    send(alice)
    (old,) = at(site, office)
    assert send(alice, f"{PAGE}{old.happening_id}", words="tinta habis").status_code == 302
    (new,) = at(site, office)
    assert (new.words, rows(site)) == ("tinta habis", 2)
    with site.db.read() as session:
        kept = session.get_one(HappeningRow, old.happening_id)
        follower = session.get_one(HappeningRow, new.happening_id)
        actions = session.scalars(select(AuditEntry.action)).all()
    assert (kept.words, kept.withdrawn_at is None) == ("printer loket rusak", False)
    assert follower.replaces_id == old.happening_id
    assert {"add_happening", "correct_happening"} <= set(actions)
    assert alice.get(f"{PAGE}{old.happening_id}").status_code == 404


def test_two_who_correct_one_entry_make_one_follower(
    alice: Browser, site: Site, office: Office
) -> None:
    send(alice)
    (old,) = at(site, office)
    path = f"{PAGE}{old.happening_id}"
    assert send(alice, path, words="yang pertama").status_code == 302
    assert send(alice, path, words="yang kedua").status_code == 404
    assert [one.words for one in at(site, office)] == ["yang pertama"]


def test_what_goes_on_ends_with_one_press_and_what_never_was_is_withdrawn(
    alice: Browser, site: Site, office: Office
) -> None:
    send(alice)
    (one,) = at(site, office)
    assert send(alice, f"{PAGE}{one.happening_id}/selesai").status_code == 302
    (one,) = at(site, office)
    assert one.last == TODAY
    assert send(alice, f"{PAGE}{one.happening_id}/cabut").status_code == 302
    assert at(site, office) == []


def test_a_planned_one_cannot_end_before_it_began(
    alice: Browser, site: Site, office: Office
) -> None:
    send(alice, first="2026-12-20", kind="move")
    (one,) = at(site, office)
    answer = send(alice, f"{PAGE}{one.happening_id}/selesai")
    assert answer.status_code == 302
    assert at(site, office) == [one]


def test_another_units_entries_are_not_there(
    alice: Browser, site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    send(alice)
    (one,) = at(site, office)
    charlie = browse().log_in("charlie")
    assert "printer loket" not in charlie.get(PAGE).get_data(as_text=True)
    for path in ("", "/selesai", "/cabut"):
        assert send(charlie, f"{PAGE}{one.happening_id}{path}").status_code == 404
    assert at(site, office) == [one]


@pytest.mark.parametrize(
    "change",
    [
        delete(HappeningRow),
        update(HappeningRow).values(words="lain"),
        update(HappeningRow).values(withdrawn_at=None),
        update(HappeningRow).values(first_day=date(2026, 1, 1), withdrawn_at=func.now()),
    ],
)
def test_neither_engine_lets_an_entry_change(alice: Browser, site: Site, change: object) -> None:
    send(alice)
    with (
        pytest.raises(DBAPIError, match="happening can only be withdrawn"),
        site.db.transaction() as tx,
    ):
        tx.execute(change)  # type: ignore[call-overload]


def bring(site: Site, office: Office, *lines: str) -> Imported:
    content = "\n".join(("loket;jenis;mulai;selesai;keterangan", *lines)).encode()
    kind = KINDS["happenings"]
    return import_records(site, kind, content, agency_id=office.agency_id, by=None)


def test_a_sheet_of_happenings_is_taken_and_taken_again_changes_nothing(
    site: Site, office: Office
) -> None:
    lines = ("A1;Mesin;20-11-2026;;printer loket rusak", "a;pindah;01-12-2026;;pindah gedung")
    assert bring(site, office, *lines).added == 2
    again = bring(site, office, *lines)
    assert (again.added, again.changed, again.same) == (0, 0, 2)
    ended = bring(site, office, "A1;mesin;20-11-2026;24-11-2026;printer loket rusak")
    assert (ended.added, ended.changed, ended.same) == (0, 1, 0)
    assert [(one.kind, one.last) for one in at(site, office)] == [
        ("move", None),
        ("machine", date(2026, 11, 24)),
    ]
    assert bring(site, office, lines[0]).same == 1  # an empty end takes no end away


def test_a_sheet_with_one_bad_cell_brings_nothing(site: Site, office: Office) -> None:
    good = "A1;mesin;20-11-2026;;printer loket rusak"
    for bad in (
        "Z9;mesin;20-11-2026;;x",
        "A1;banjir;20-11-2026;;x",
        "A1;mesin;21-11-2026;20-11-2026;x",
        "A1;mesin;20-11-2006;;x",
    ):
        result = bring(site, office, good, bad)
        assert [error.row for error in result.errors] == [3], bad
        assert rows(site) == 0


def test_new_questions_are_noted_once_at_each_counter_that_had_others(
    site: Site, office: Office
) -> None:
    with site.db.transaction() as tx:
        tx.execute(delete(UpkeepMark).where(UpkeepMark.name == INSTRUMENT_VERSION))
        older = rating_row(office) | {"for_officer": True, "instrument_version": "skm-2017.1"}
        bulk.add_rows(tx, "rating", [older])
    for _start in range(2):
        upgrade_schema(site)
    (one,) = at(site, office)
    assert (one.kind, one.first, one.last, one.words) == (
        "instrument",
        TODAY,
        TODAY,
        INSTRUMENT_VERSION,
    )
    assert at(site, office, "A2") == []  # never had other questions


def test_a_new_office_notes_nothing(site: Site) -> None:
    upgrade_schema(site)
    with site.db.read() as session:
        assert session.execute(text("SELECT count(*) FROM happening")).scalar_one() == 0


def test_happenings_touch_days_with_both_ends() -> None:
    one = Happening(1, 1, None, "move", date(2026, 3, 5), date(2026, 3, 7), "")
    days = [(1, 4), (1, 5), (6, 6), (7, 9), (8, 9)]
    touched = [one.touches(date(2026, 3, a), date(2026, 3, b)) for a, b in days]
    assert touched == [False, True, True, True, False]
    on = Happening(2, 1, 9, "other", date(2026, 3, 5), None, "")
    assert on.touches(date(2030, 1, 1), date(2030, 1, 1))
    assert at_counter([one, on], counter_id=8, unit_id=1) == [one]
