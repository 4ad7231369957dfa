"""Seats by lot: from the list to the record that anybody repeats; what cannot be is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from feedback_app.config import ROOT
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.lot import list_hash
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.lots import after, drawing, lists, pages
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import LotChangedError, Wish
from feedback_app.services.site import Site
from feedback_app.storage.models import Attendance, AuditEntry, Lot, LotChange, LotEntry, Officer
from tests.conftest import Browser, SteppedClock
from tests.ground.lots import (
    BUDI,
    CITRA,
    COURSE,
    DAYS,
    DICE,
    add_course,
    drawn_lot,
    hana,
    make_list,
)
from tests.ground.need_rows import add_need
from tests.ground.office import Office
from tests.ground.plans import add_roster

pytestmark = pytest.mark.both_engines

PAGE = "/staf/undian/"
SEEN = {"dice": DICE, "first_witness": BUDI, "second_witness": CITRA}


@pytest.fixture
def course(site: Site, office: Office) -> Office:
    """Seven people, a course on three dates of two seats."""
    add_course(site, office)
    return office


@pytest.fixture
def hr(course: Office, browse: Callable[[], Browser]) -> Browser:
    """HR at a browser."""
    assert course.unit
    return browse().log_in("hana")


def send(browser: Browser, path: str, at: str = "", **data: object) -> TestResponse:
    return browser.post(path, data=data | {"csrf_token": browser.csrf(at or path)})


def test_hr_goes_from_the_list_to_a_record_that_anybody_repeats(
    hr: Browser, site: Site, course: Office, browse: Callable[[], Browser], tmp_path: Path
) -> None:
    everybody = [str(number) for number in course.officer.values()]
    days = [day.isoformat() for day in DAYS]
    answer = send(hr, f"{PAGE}baru/{COURSE}", days=days, seats="4", officers=everybody)
    own = answer.location
    assert browse().get("/undian/1").status_code == 404  # told to nobody yet
    assert "Orang 03" in hr.get(own).get_data(as_text=True)
    send(hr, f"{own}/bekukan")
    told = browse().get("/undian/1/daftar.txt").get_data()
    hashed = list_hash(told)
    oki = browse().log_in("oki").get("/staf/saya/").get_data(as_text=True)
    assert sum(code in oki for code in told.decode().split()) == 1  # the own one
    check = send(hr, f"{own}/dadu", at=own, **SEEN)
    assert "tidak dapat diulang" in check.get_data(as_text=True)
    assert send(hr, f"{own}/undi", at=own, **SEEN).status_code == 302
    public = browse().get("/undian/1").get_data(as_text=True)
    assert hashed in public.replace(" ", "")
    assert "Orang 03" not in public
    record = tmp_path / "undian.json"
    record.write_bytes(browse().get("/undian/1/undian.json").get_data())
    verified = verify(record, hashed)
    assert verified.returncode == 0, verified.stdout
    changed = json.loads(record.read_text())
    changed["seated"][0]["date"] = 2
    record.write_text(json.dumps(changed))
    assert verify(record, hashed).returncode == 1
    with site.db.read() as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [act for act in acts if act.endswith("_lot")] == ["make_lot", "freeze_lot", "draw_lot"]


def verify(record: Path, hashed: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "verify_lot.py"
    return subprocess.run(
        [sys.executable, str(script), str(record), "--hash", hashed],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dice": "41635251a2"}, "Mata dadu hanya angka 1 sampai 6."),
        ({"dice": "4163 525142"}, "Tulis mata dadu tanpa spasi"),
        ({"dice": "416352"}, "Lempar sedikitnya 10 dadu"),
        ({"dice": "４163525142"}, "Mata dadu hanya angka 1 sampai 6."),
        ({"second_witness": BUDI.upper()}, "dua orang yang berbeda"),
        ({"first_witness": ""}, "Wajib diisi."),
    ],
)
def test_dice_and_witnesses_that_cannot_be_are_told_and_nothing_is_drawn(
    hr: Browser, site: Site, course: Office, changed: dict[str, str], words: str
) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)
    own = f"{PAGE}{lot_id}"
    for path in ("dadu", "undi"):
        answer = send(hr, f"{own}/{path}", at=own, **(SEEN | changed))
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)
    assert pages.lot_page(site, hana(site), lot_id).state == "frozen"


def test_of_two_who_draw_at_once_one_draws(site: Site, course: Office) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)

    def throw(figure: int) -> str:
        try:
            thrown = Thrown(str(figure) * 10, BUDI, CITRA)
            return drawing.draw_lot(site, hana(site), lot_id, thrown).dice
        except LotChangedError:
            return ""

    with ThreadPoolExecutor(6) as threads:
        done = [dice for dice in threads.map(throw, range(1, 7)) if dice]
    assert done == [pages.lot_page(site, hana(site), lot_id).row.lot.dice]


def test_it_is_drawn_once(hr: Browser, site: Site, course: Office) -> None:
    lot_id = drawn_lot(site, course)
    other = Thrown("6666666666", BUDI, CITRA)
    with pytest.raises(LotChangedError):
        drawing.draw_lot(site, hana(site), lot_id, other)
    own = f"{PAGE}{lot_id}"
    answer = hr.post(f"{own}/undi", data=SEEN | {"csrf_token": hr.csrf(PAGE + "baru/" + COURSE)})
    assert answer.location == own
    assert "sudah diubah orang lain" in hr.get(own).get_data(as_text=True)
    assert pages.lot_page(site, hana(site), lot_id).row.lot.dice == DICE


@pytest.mark.every_case
@pytest.mark.parametrize(
    "change",
    [
        update(Lot).values(seats=1),
        update(Lot).values(list_hash="0" * 64),
        update(Lot).values(frozen_at=None),
        delete(LotEntry),
        update(LotEntry).values(code="X"),
        delete(Lot),
    ],
)
def test_neither_engine_lets_a_frozen_list_change(
    site: Site, course: Office, change: object
) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)
    with pytest.raises(DBAPIError, match="never change"), site.db.transaction() as tx:
        tx.execute(change)  # type: ignore[call-overload]
    more = insert(LotEntry).values(lot_id=lot_id, officer_id=1_000, agency_id=1, code="ZZZ")
    with pytest.raises(DBAPIError, match="never change"), site.db.transaction() as tx:
        tx.execute(more)


def test_a_list_that_was_changed_past_the_guards_is_not_drawn(site: Site, course: Office) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)
    with site.db.transaction() as tx:
        guard = "lot_entry_no_update" if site.db.is_sqlite else "lot_entry_kept ON lot_entry"
        tx.execute(text(f"DROP TRIGGER {guard}"))
        tx.execute(update(LotEntry).where(LotEntry.officer_id == 1).values(code="AAA"))
    with pytest.raises(FieldFaultError, match="bukan lagi daftar yang dibekukan"):
        drawing.draw_lot(site, hana(site), lot_id, Thrown(DICE, BUDI, CITRA))
    assert pages.lot_page(site, hana(site), lot_id).state == "frozen"


def test_who_cannot_go_is_followed_by_the_next_for_everybody_to_see(
    hr: Browser, site: Site, course: Office, browse: Callable[[], Browser]
) -> None:
    lot_id = drawn_lot(site, course)
    before = pages.lot_page(site, hana(site), lot_id).seats
    gone, heir = before[0], before[4]
    path = f"{PAGE}{lot_id}/berhalangan/{gone.officer_id}"
    assert heir.name in hr.get(path).get_data(as_text=True)
    assert send(hr, path, reason="").status_code == 422
    assert send(hr, path, reason="pindah tugas").status_code == 302
    now = pages.lot_page(site, hana(site), lot_id).seats
    assert (now[0].place.date, now[0].place.has_left) == (None, True)
    assert (now[4].place.date, now[4].place.replaces) == (1, gone.place.code)
    public = browse().get(f"/undian/{lot_id}").get_data(as_text=True)
    assert f"menggantikan {gone.place.code}" in public
    assert "pindah tugas" not in public
    assert hr.get(path).status_code == 404  # twice: there is nobody to leave


def test_a_date_with_fewer_seats_lets_its_last_drawn_wait_first(
    hr: Browser, site: Site, course: Office
) -> None:
    lot_id = drawn_lot(site, course)  # four seats: dates 1, 2, 3, 1
    path = f"{PAGE}{lot_id}/kursi/1"
    assert send(hr, path, seats="2", reason="kelas kecil").status_code == 422
    assert send(hr, path, seats="1", reason="kelas kecil").status_code == 302
    seats = pages.lot_page(site, hana(site), lot_id).seats
    assert [seat.place.date for seat in seats] == [1, 2, 3, None, None, None, None]
    after.leave_lot(site, hana(site), lot_id, seats[1].officer_id, reason="sakit")
    seats = pages.lot_page(site, hana(site), lot_id).seats
    assert [seat.place.date for seat in seats] == [1, None, 3, 2, None, None, None]


def test_nobody_is_replaced_once_the_course_has_begun(
    site: Site, course: Office, clock: SteppedClock
) -> None:
    lot_id = drawn_lot(site, course)
    clock.at = local_instant(DAYS[0], time(9))
    seats = pages.lot_page(site, hana(site), lot_id).seats
    with pytest.raises(FieldFaultError, match="sudah mulai"):
        after.leave_lot(site, hana(site), lot_id, seats[0].officer_id, reason="sakit")
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(LotChange)) == 0


def test_who_came_is_in_the_records_as_chosen_by_lot(
    hr: Browser, site: Site, course: Office, clock: SteppedClock
) -> None:
    lot_id = drawn_lot(site, course)
    path = f"{PAGE}{lot_id}/hadir/1"
    assert "Siapa yang hadir" in hr.get(path).get_data(as_text=True)
    seats = pages.lot_page(site, hana(site), lot_id).seats
    came = str(seats[0].officer_id)
    assert send(hr, path, came=[came]).status_code == 422  # it has not begun
    clock.at = local_instant(DAYS[0], time(9))
    hr.log_in("hana")
    assert send(hr, path, came=[str(seats[1].officer_id)]).status_code == 422  # of another date
    assert send(hr, path, came=[came]).status_code == 302
    with site.db.read() as session:
        rows = session.scalars(select(Attendance)).all()
    assert [(row.officer_id, row.reason, row.jp) for row in rows] == [(int(came), "lot", 12)]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"days": (date(2026, 11, 24),)}, "sesudah hari ini"),
        ({"days": (date(2027, 1, 12),)}, "dari jadwal pelatihan ini"),
        ({"days": ()}, "satu sampai 12 tanggal"),
        ({"seats": 8}, "tidak perlu diundi"),
        ({"seats": 2}, "lebih banyak daripada kursi"),
        ({"seats": 7}, "Kursi dibagi bergiliran"),
        ({"officers": frozenset((1, 999_999))}, "tidak dapat didaftar"),
        ({"training": "tiada"}, "Pilih satu pelatihan"),
    ],
)
def test_a_list_that_cannot_be_drawn_is_refused_in_words(
    site: Site, course: Office, wish: dict[str, object], words: str
) -> None:
    whole = {
        "training": COURSE, "days": DAYS, "seats": 4,
        "officers": frozenset(course.officer.values()),
    }  # fmt: skip
    with pytest.raises(FieldFaultError, match=words):
        lists.make_list(site, hana(site), Wish(**(whole | wish)))  # type: ignore[arg-type]
    assert pages.lots_page(site, hana(site)) == []


def test_a_list_is_chosen_by_counter_and_by_need(hr: Browser, site: Site, course: Office) -> None:
    add_roster(site, course)
    sari, dewi = course.officer["Sari"], course.officer["Dewi"]
    add_need(site, course, level="officer", ref_id=sari, nature="training")
    add_need(site, course, level="officer", ref_id=dewi, nature="ask")

    def ticked(asked: str) -> set[int]:
        page = hr.get(f"{PAGE}baru/{COURSE}?{asked}").get_data(as_text=True)
        boxes = re.findall(r'name="officers" value="(\d+)" checked', page)
        assert ("Tidak ada petugas yang cocok" in page) == (not boxes)
        return set(map(int, boxes))

    assert ticked("") == set(course.officer.values())
    assert ticked("loket=A2") == {dewi}
    assert ticked("kebutuhan=1") == {sari}
    assert ticked("loket=A2&kebutuhan=1") == set()
    assert ticked("loket=A9") == set()


def test_who_left_before_the_freeze_stops_it(hr: Browser, site: Site, course: Office) -> None:
    lot_id = make_list(site, course)
    with site.db.transaction() as tx:
        left = update(Officer).where(Officer.name == "Orang 04").values(retired_on=DAYS[0])
        tx.execute(left)
    own = f"{PAGE}{lot_id}"
    send(hr, f"{own}/bekukan")
    assert "Orang 04 sudah tidak bertugas" in hr.get(own).get_data(as_text=True)
    assert send(hr, f"{own}/hapus", at=own).location == PAGE
    assert hr.get(own).status_code == 404


def test_a_frozen_list_is_called_off_with_a_reason_that_stays(
    hr: Browser, site: Site, course: Office, browse: Callable[[], Browser]
) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)
    own = f"{PAGE}{lot_id}"
    assert send(hr, f"{own}/hapus", at=own).location == own  # it was told: no deleting
    assert send(hr, f"{own}/batal", reason="tanggal salah").status_code == 302
    assert "tanggal salah" in browse().get(f"/undian/{lot_id}").get_data(as_text=True)
    with pytest.raises(LotChangedError):
        drawing.draw_lot(site, hana(site), lot_id, Thrown(DICE, BUDI, CITRA))
    with pytest.raises(DBAPIError, match="never change"), site.db.transaction() as tx:
        tx.execute(update(Lot).values(called_off_at=None))


def test_the_minutes_are_one_pdf_with_both_witnesses(
    hr: Browser, site: Site, course: Office
) -> None:
    lot_id = drawn_lot(site, course)
    answer = hr.get(f"{PAGE}{lot_id}/berita-acara.pdf")
    assert answer.mimetype == "application/pdf"
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(answer.get_data())
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert len(document) == 1
    for needed in (
        "Berita acara undian",
        "Budi Hartono",
        "Citra Lestari",
        "Orang 03",
        "41635 25142",
    ):
        assert needed in words


def test_a_date_is_drawn_once_so_that_nobody_draws_until_it_suits(
    hr: Browser, site: Site, course: Office
) -> None:
    first, second = (make_list(site, course) for _ in range(2))
    lists.freeze_list(site, hana(site), first)
    own = f"{PAGE}{second}"
    send(hr, f"{own}/bekukan")
    assert "satu tanggal diundi satu kali saja" in hr.get(own).get_data(as_text=True)
    assert pages.lot_page(site, hana(site), second).state == "draft"
    with pytest.raises(FieldFaultError, match="satu kali saja"):
        make_list(site, course)
    lists.call_off(site, hana(site), first, why="tanggal salah")
    lists.freeze_list(site, hana(site), second)


def test_who_left_between_draw_and_course_is_named_until_the_next_has_the_seat(
    hr: Browser, site: Site, course: Office
) -> None:
    lot_id = drawn_lot(site, course)
    gone, heir = (pages.lot_page(site, hana(site), lot_id).seats[place] for place in (0, 4))
    own = f"{PAGE}{lot_id}"
    assert "Sudah tidak bertugas" not in hr.get(own).get_data(as_text=True)
    with site.db.transaction() as tx:
        leaves = update(Officer).where(Officer.id == gone.officer_id).values(ends_on=DAYS[0])
        tx.execute(leaves)
    notice = hr.get(own).get_data(as_text=True).split('id="gone"')[1].split("</section>")[0]
    path = f"{own}/berhalangan/{gone.officer_id}"
    assert (path in notice, gone.name in notice, heir.name in notice) == (True, True, False)
    send(hr, path, reason="berhenti")
    page = hr.get(own).get_data(as_text=True)
    assert ("Sudah tidak bertugas" in page, "1 kursi terisi" in page) == (False, True)
    assert pages.lot_page(site, hana(site), lot_id).seats[4].place.date == 1


def test_a_cancelled_date_lets_all_its_drawn_wait_and_they_read_it(
    hr: Browser, site: Site, course: Office, browse: Callable[[], Browser]
) -> None:
    lot_id = drawn_lot(site, course, seats=3)
    for number in (1, 2, 3):
        path = f"{PAGE}{lot_id}/kursi/{number}"
        assert "0 bila pelatihan pada tanggal ini dibatalkan" in hr.get(path).get_data(as_text=True)
        assert send(hr, path, seats="0", reason="kelas batal").status_code == 302
    assert "Anda di daftar tunggu nomor" in browse().log_in("oki").get("/staf/saya/").get_data(
        as_text=True
    )


def test_a_called_off_draw_is_told_to_who_was_on_its_list(
    site: Site, course: Office, browse: Callable[[], Browser]
) -> None:
    lot_id = make_list(site, course)
    lists.freeze_list(site, hana(site), lot_id)
    oki = browse().log_in("oki")
    assert "kursinya akan diundi" in oki.get("/staf/saya/").get_data(as_text=True)
    lists.call_off(site, hana(site), lot_id, why="tanggal salah")
    assert "undiannya dibatalkan: tanggal salah" in oki.get("/staf/saya/").get_data(as_text=True)


def test_a_date_with_a_draw_is_offered_no_more_and_a_link_chooses_dates(
    hr: Browser, site: Site, course: Office
) -> None:
    def ticked(asked: str = "") -> list[str]:
        page = hr.get(f"{PAGE}baru/{COURSE}{asked}").get_data(as_text=True)
        return re.findall(r'name="days" value="([-\d]+)" checked', page)

    assert ticked(f"?tanggal={DAYS[1]}") == [DAYS[1].isoformat()]
    lot_id = lists.make_list(
        site, hana(site), Wish(COURSE, DAYS[:2], 3, frozenset(course.officer.values()))
    )
    assert len(ticked()) == 3  # a draft was told to nobody
    lists.freeze_list(site, hana(site), lot_id)
    assert ticked() == [DAYS[2].isoformat()]
    page = hr.get(f"{PAGE}baru/{COURSE}").get_data(as_text=True)
    assert "Sudah ada undiannya:" in page
