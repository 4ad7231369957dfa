"""Imports replace what they contain; monthly grids; what is written once stays."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from feedback_app.domain.local_time import local_instant
from feedback_app.files.kinds import KINDS
from feedback_app.services.imports.office import Imported, check_records, import_records
from feedback_app.services.site import Site
from feedback_app.storage.models import Officer, Rating, RosterChange, Shift
from tests.conftest import Browser, SteppedClock
from tests.files.test_month_grid import GRIDS
from tests.ground.office import TODAY, Office, add_ratings
from tests.web.test_citizen import opened, stored
from tests.web.test_roster import (
    EARLIER,
    TOMORROW,
    WEEK,
    day_path,
    number_of,
    on_duty,
    send,
    standing,
    undo_latest,
)

SARI, ANDI, DEWI = "198001012010012000", "198001012010012001", "198001012010012002"
# a broken reference or check would be refused as well
REFUSED = "shift can only be withdrawn|roster_change is append-only"
HEAD = "tanggal;nip;loket;mulai;selesai\n"


def bring(site: Site, office: Office, *lines: str, dry: bool = False) -> Imported:
    content = (HEAD + "\n".join(lines) + "\n").encode()
    if dry:
        return check_records(site, KINDS["roster"], content, agency_id=office.agency_id)
    return import_records(site, KINDS["roster"], content, agency_id=office.agency_id, by=None)


def test_an_import_replaces_exactly_its_days_and_counters(site: Site, office: Office) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    on_duty(site, office, "Dewi", TOMORROW, "A2")
    later = TOMORROW + timedelta(days=1)
    on_duty(site, office, "Sari", later)
    day = f"{TOMORROW:%d-%m-%Y}"
    wanted = (f"{day};{SARI};A1;08.00;12.00", f"{day};{ANDI};A1;12.00;16.00")
    rehearsed = bring(site, office, *wanted, dry=True)
    assert [(c.row, c.what, c.cells[0].old, c.cells[0].new) for c in rehearsed.changes] == [
        (2, "changed", "Sari Contoh, 08.00–16.00", "Sari Contoh, 08.00–12.00"),
        (3, "added", "–", "Andi Contoh, 12.00–16.00"),
    ]
    assert standing(site, office, TOMORROW) == ["Sari 08.00–16.00"]
    done = bring(site, office, *wanted)
    assert (done.added, done.changed, done.withdrawn, done.same) == (1, 1, 0, 0)
    assert standing(site, office, TOMORROW) == ["Sari 08.00–12.00", "Andi 12.00–16.00"]
    assert standing(site, office, TOMORROW, "A2") == ["Dewi 08.00–16.00"]
    assert standing(site, office, later) == ["Sari 08.00–16.00"]
    again = bring(site, office, *wanted)
    assert (again.added, again.changed, again.same, again.changes) == (0, 0, 2, ())
    fewer = bring(site, office, wanted[1])
    assert (fewer.withdrawn, standing(site, office, TOMORROW)) == (1, ["Andi 12.00–16.00"])


def test_two_rows_swap_two_officers(site: Site, office: Office) -> None:
    """What findings of the first office's month could not do: refused on both rows."""
    on_duty(site, office, "Sari", TOMORROW)
    on_duty(site, office, "Dewi", TOMORROW, "A2")
    day = f"{TOMORROW:%d-%m-%Y}"
    done = bring(site, office, f"{day};{DEWI};A1;08.00;16.00", f"{day};{SARI};A2;08.00;16.00")
    assert (done.errors, done.changed) == ((), 2)
    assert standing(site, office, TOMORROW) == ["Dewi 08.00–16.00"]
    assert standing(site, office, TOMORROW, "A2") == ["Sari 08.00–16.00"]


def test_older_days_are_left_out_and_told(site: Site, office: Office) -> None:
    on_duty(site, office, "Sari", EARLIER)
    old, day = f"{EARLIER:%d-%m-%Y}", f"{TOMORROW:%d-%m-%Y}"
    done = bring(site, office, f"{old};{ANDI};A1;08.00;16.00", f"{day};{ANDI};A1;08.00;16.00")
    assert (done.added, [(w.row, w.value) for w in done.warnings]) == (1, [(2, old)])
    assert standing(site, office, EARLIER) == ["Sari 08.00–16.00"]
    assert standing(site, office, TOMORROW) == ["Andi 08.00–16.00"]


@pytest.mark.parametrize(
    "act",
    [
        delete(Shift),
        update(Shift).values(ends_at=local_instant(TODAY, time(23))),
        update(Shift).values(officer_id=Shift.officer_id + 1),
        update(Shift).values(recorded_at=local_instant(TODAY, time(1))),
        delete(RosterChange),
        update(RosterChange).values(kind="x"),
    ],
)
def test_what_was_rostered_is_never_moved_or_deleted(
    site: Site, office: Office, act: object
) -> None:
    bring(site, office, f"{TOMORROW:%d-%m-%Y};{SARI};A1;08.00;12.00")
    refusal = pytest.raises(DBAPIError, match=REFUSED)
    with refusal, site.db.transaction() as tx:
        tx.execute(act)  # type: ignore[call-overload]


def test_a_withdrawal_is_written_once(site: Site, office: Office) -> None:
    assert office
    withdraw = "UPDATE shift SET withdrawn_at = '2026-11-24 00:00:00'"
    with site.db.transaction() as tx:
        tx.execute(text(withdraw))
    for again in (withdraw, "UPDATE shift SET withdrawn_at = NULL"):
        refusal = pytest.raises(DBAPIError, match=REFUSED)
        with refusal, site.db.transaction() as tx:
            tx.execute(text(again))


def test_a_wrong_week_is_imported_and_corrected_and_answers_stay(
    browse: Callable[[], Browser],
    site: Site,
    office: Office,
    clock: SteppedClock,
    place: str,
    citizen: Browser,
) -> None:
    """Sari is at A1 until 13; a wrong import puts Dewi there. Each answer keeps its own moment."""
    clock.at = local_instant(TODAY, time(9))
    day = f"{TODAY:%d-%m-%Y}"
    bring(site, office, f"{day};{SARI};A1;08.00;16.00")
    sari, dewi = office.officer["Sari"], office.officer["Dewi"]

    def rate(officer: int, answers: dict[str, Any]) -> None:
        clock.at += timedelta(minutes=2)
        sent = answers | {"served_by": f"o{officer}"}
        assert browse().post(f"/q/{place}", data=sent).status_code == 303

    clock.at += timedelta(minutes=1)
    rate(sari, opened(citizen, place))
    before = opened(browse(), place)  # opened before the wrong import, sent after it
    clock.at += timedelta(minutes=1)
    wrong = bring(site, office, f"{day};{DEWI};A1;08.00;16.00")
    assert wrong.errors, "Dewi stands at A2 by then"
    wrong = bring(site, office, f"{day};{DEWI};A1;08.00;16.00", f"{day};{ANDI};A2;08.00;12.00")
    assert (wrong.errors, wrong.changed) == ((), 2)
    rate(sari, before)
    clock.at += timedelta(minutes=1)
    rate(dewi, opened(browse(), place))
    rate(sari, opened(browse(), place))  # no longer named: about nobody
    dina = browse().log_in("dina")
    assert "Perubahan dibatalkan" in undo_latest(dina, WEEK)
    clock.at += timedelta(minutes=1)
    rate(sari, opened(browse(), place))
    kept = [rating.officer_id for rating in sorted(stored(site), key=lambda r: r.officer_id or 0)]
    assert kept == [None, sari, sari, sari, dewi]


def test_an_answer_stays_with_its_officer_whatever_becomes_of_the_shift(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_ratings(site, office, 3)
    alice = browse().log_in("alice")
    shift = number_of(site, office, "Sari")
    assert send(alice, day_path() + "/hapus", shift=shift) == 302
    with site.db.read() as session:
        rows = session.query(Rating.officer_id, Rating.attribution).all()
    assert set(rows) == {(office.officer["Sari"], "chosen")}


@pytest.fixture
def desk(browse: Callable[[], Browser]) -> Browser:
    """The admin."""
    return browse().log_in("dina")


GRID = "/staf/jadwal/tabel"


def upload(desk: Browser, content: bytes) -> str:
    data = {
        "csrf_token": desk.csrf(GRID),
        "file": (io.BytesIO(content), "jadwal.xlsx"),
    }
    return desk.post(GRID, data=data).get_data(as_text=True)


def hidden(page: str) -> dict[str, str]:
    """What the page carries on, and what stands in its fields."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_grid_of_counters_asks_for_hours_once_and_remembers_them(
    desk: Browser, site: Site, office: Office
) -> None:
    page = upload(desk, GRIDS["counters"]())
    assert page.count("belum diketahui") == 2
    assert "Yang akan berubah" not in page
    a1, a2 = office.counter["A1"], office.counter["A2"]
    told = {"bulan": "2026-12", "k0": a1, "m0": "08:00", "s0": "16:00"}
    told |= {"k1": a2, "m1": "08:00", "s1": "15:00"}
    page = desk.post(GRID, data=hidden(page) | told).get_data(as_text=True)
    assert "46 perubahan" in page  # 23 working days each
    saved = desk.post(GRID, data=hidden(page) | told | {"do": "save"})
    assert saved.status_code == 302
    assert standing(site, office, date(2026, 12, 1)) == ["Sari 08.00–16.00"]
    assert standing(site, office, date(2026, 12, 31), "A2") == ["Andi 08.00–15.00"]
    assert standing(site, office, date(2026, 12, 5)) == []
    page = upload(desk, GRIDS["counters"]())
    assert "belum diketahui" not in page
    assert "Tidak ada yang berubah" in page


def test_a_grid_of_letters_takes_the_counter_of_its_row(
    desk: Browser, site: Site, office: Office
) -> None:
    page = upload(desk, GRIDS["letters"]())
    told = {
        "bulan": "2026-12",
        "m0": "08:00",
        "s0": "12:00",
        "l1": "1",
        "m2": "12:00",
        "s2": "16:00",
    }
    page = desk.post(GRID, data=hidden(page) | told).get_data(as_text=True)
    assert "16 perubahan" in page
    assert desk.post(GRID, data=hidden(page) | told | {"do": "save"}).status_code == 302
    assert standing(site, office, date(2026, 12, 1)) == ["Sari 08.00–12.00", "Andi 12.00–16.00"]
    assert standing(site, office, date(2026, 12, 5)) == []


def test_a_grid_without_month_or_with_an_unknown_name_asks(
    desk: Browser, site: Site, office: Office
) -> None:
    page = upload(desk, GRIDS["mixed"]())
    assert "Bulan tidak tertulis dalam berkas" in page
    assert "Nama yang tidak cocok" in page
    marks = {hidden(page)[name]: name[1:] for name in hidden(page) if re.fullmatch(r"h\d+", name)}
    assert set(marks) == {"A2/P", "A2/S", "P"}
    told: dict[str, object] = {"bulan": "2026-12", "n4": office.officer["Sari"]}
    for mark, (starts, ends) in {"A2/P": (8, 12), "A2/S": (12, 16), "P": (8, 12)}.items():
        place = marks[mark]
        told |= {f"m{place}": f"{starts:02d}:00", f"s{place}": f"{ends:02d}:00"}
        told[f"k{place}"] = office.counter["A2" if mark != "P" else "A1"]
    page = desk.post(GRID, data=hidden(page) | told).get_data(as_text=True)
    assert "4 perubahan" in page
    assert desk.post(GRID, data=hidden(page) | told | {"do": "save"}).status_code == 302
    assert standing(site, office, date(2026, 12, 3), "A2") == ["Dewi 12.00–16.00"]
    assert standing(site, office, date(2026, 12, 1)) == ["Sari 08.00–12.00"]


@pytest.mark.parametrize(
    "kept",
    ["", "x", "[]", "[null,[1],[[1,2]]]", '["2026-99-01",[1],[]]', "{}", "1", "[" * 20_000],
)
def test_a_grid_that_was_tampered_with_is_asked_for_again(desk: Browser, kept: str) -> None:
    answer = desk.post(GRID, data={"csrf_token": desk.csrf(GRID), "tabel": kept})
    assert answer.status_code == 422


def test_a_supervisor_fills_the_own_counters_only(
    browse: Callable[[], Browser], office: Office
) -> None:
    assert office
    page = upload(browse().log_in("charlie"), GRIDS["counters"]())
    assert ">Loket B1</option>" in page
    assert ">Loket A1</option>" not in page
    assert "Nama yang tidak cocok" in page  # officers of another unit


def test_a_counter_of_another_unit_is_refused_whoever_names_it(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    with site.db.transaction() as tx:
        tx.execute(update(Officer).values(unit_id=office.unit["B"]))
    charlie = browse().log_in("charlie")
    page = upload(charlie, GRIDS["counters"]())
    told = {"bulan": "2026-12", "m0": "08:00", "s0": "16:00", "m1": "08:00", "s1": "16:00"}
    told |= {"k0": str(office.counter["A1"]), "k1": str(office.counter["B1"])}
    answer = charlie.post(GRID, data=hidden(page) | told | {"do": "save"})
    assert answer.status_code == 422
    assert "loket ini bukan di unit Anda" in answer.get_data(as_text=True)
    assert standing(site, office, date(2026, 12, 1)) == []
