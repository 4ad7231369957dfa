"""The admin's batches of visit codes, the tiers they switch on, and how codes were used."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import func, select

from feedback_app.domain.tiers import UNTIL_SET
from feedback_app.services.citizen.place import place_at
from feedback_app.services.codes.batches import AlreadyMadeError, batch_page, make_batch
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import CodeBatch, CodeCount, CounterTiers, VisitCode
from feedback_app.storage.queries import visit_codes as queries
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import admin_of, batch, codes
from tests.ground.office import Office
from tests.web.test_tickets import action_of, filled

BASE = "/staf/admin/kode"


@pytest.fixture
def admin(browse: Callable[[], Browser]) -> Browser:
    """Dina."""
    return browse().log_in("dina")


def order(office: Office, admin: Browser, **changes: Any) -> dict[str, Any]:
    data = {"target": f"{office.unit['A']}-{office.service['kk']}", "valid_on": "2026-11-24"}
    data |= {"size": "26", "way": "csv", "after": "", "csrf_token": admin.csrf(f"{BASE}/baru")}
    return data | changes


def counted(site: Site, model: Any) -> int:
    with site.db.read() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_a_batch_is_confirmed_made_once_and_its_csv_opens_the_form(
    admin: Browser, citizen: Browser, site: Site, office: Office
) -> None:
    assert "Belum ada kode" in admin.get(f"{BASE}/").get_data(as_text=True)
    asked = admin.post(f"{BASE}/baru", data=order(office, admin)).get_data(as_text=True)
    assert "Buat 26 kode untuk 24 November 2026?" in asked
    assert "Loket A1" in asked  # whose poster stops counting
    assert "Loket A2" not in asked
    assert counted(site, CodeBatch) == 0
    made = admin.post(f"{BASE}/buat", data=order(office, admin))
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    head, *rows = made.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert head == "alamat;kode"
    assert len(set(rows)) == 26
    again = admin.post(f"{BASE}/buat", data=order(office, admin))
    assert again.status_code == 409
    text = again.get_data(as_text=True)
    assert "26 kode untuk Unit A, Kartu Keluarga, 24 November 2026 sudah dibuat" in text
    assert (counted(site, CodeBatch), counted(site, VisitCode)) == (1, 26)
    after = text.split('name="after" value="')[1].split('"')[0]
    more = admin.post(f"{BASE}/buat", data=order(office, admin, after=after))
    assert more.status_code == 200  # asked for on purpose
    assert admin.post(f"{BASE}/buat", data=order(office, admin, after=after)).status_code == 409
    assert counted(site, VisitCode) == 52
    address = rows[0].split(";")[0]
    assert address.startswith("http://127.0.0.1:8000/v/")
    form = citizen.get(address.removeprefix("http://127.0.0.1:8000")).get_data(as_text=True)
    assert citizen.post(action_of(form), data=filled(form)).status_code == 303
    listed = admin.get(f"{BASE}/").get_data(as_text=True)
    assert '<td class="n" data-label="Dipakai">1</td>' in listed
    assert '<td class="n" data-label="Belum dipakai">25</td>' in listed


def test_the_printed_sheets_decode_to_codes_that_work(
    admin: Browser, citizen: Browser, office: Office
) -> None:
    made = admin.post(f"{BASE}/buat", data=order(office, admin, way="sheet"))
    assert made.mimetype == "application/pdf"
    assert 'filename="kode-2026-11-24-' in made.headers["Content-Disposition"]
    document = pypdfium2.PdfDocument(made.get_data())
    assert len(document) == 2
    picture = document[1].render(scale=300 / 72).to_pil().convert("L")
    found = [one.text for one in zxingcpp.read_barcodes(picture)]
    assert len(found) == 2
    for address in found:
        page = citizen.get(address.removeprefix("http://127.0.0.1:8000"))
        assert page.status_code == 200
        assert "Loket A1" in page.get_data(as_text=True)


def test_two_clicks_at_the_same_time_make_one_batch(site: Site, office: Office) -> None:
    admin = admin_of(site, office)
    first = batch(site, office, 5, service="kk")

    def click(_number: int) -> str:
        try:
            make_batch(site, admin, first.order, after=first.batch_id)
        except AlreadyMadeError:
            return "refused"
        return "made"

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(click, range(6)))
    assert sorted(found) == ["made"] + ["refused"] * 5
    assert counted(site, VisitCode) == 10


def test_a_bad_order_is_told_and_what_was_typed_stays(
    admin: Browser, site: Site, office: Office
) -> None:
    bad = [
        ({"size": "0"}, "1 sampai 2.000"),
        ({"size": "2001"}, "1 sampai 2.000"),
        ({"size": "²"}, "Harus bilangan bulat"),
        ({"size": "9" * 60}, "1 sampai 2.000"),
        ({"size": ""}, "Wajib diisi"),
        ({"valid_on": "2026-11-23"}, "Pilih hari ini"),
        ({"valid_on": "2026-12-25"}, "Pilih hari ini"),
        ({"valid_on": "9999-12-31"}, "Pilih hari ini"),
        ({"valid_on": "kemarin"}, "Bukan tanggal"),
        ({"target": "999-0"}, "Pilih salah satu"),
        ({"target": ""}, "Pilih salah satu"),
        ({"target": f"{office.unit['B']}-{office.service['kk']}"}, "Pilih salah satu"),
        ({"way": "queue"}, "Pilih salah satu"),
    ]
    for changes, words in bad:
        for path in ("baru", "buat"):
            page = admin.post(f"{BASE}/{path}", data=order(office, admin, **changes))
            assert page.status_code == 422, (changes, path)
            assert words in page.get_data(as_text=True), changes
    kept = admin.post(f"{BASE}/baru", data=order(office, admin, valid_on="2026-12-25"))
    assert 'value="26"' in kept.get_data(as_text=True)
    assert counted(site, CodeBatch) == 0


def test_what_is_left_of_a_batch_is_revoked_once_and_counted(
    admin: Browser, site: Site, office: Office
) -> None:
    made = batch(site, office, 7, service="kk")
    page = admin.get(f"{BASE}/{made.batch_id}/cabut").get_data(as_text=True)
    assert "Cabut 7 kode" in page
    data = {"csrf_token": admin.csrf(f"{BASE}/baru")}
    assert admin.post(f"{BASE}/{made.batch_id}/cabut", data=data).status_code == 302
    assert admin.post(f"{BASE}/{made.batch_id}/cabut", data=data).status_code == 302
    assert counted(site, VisitCode) == 0
    with site.db.read() as session:
        count = session.scalars(select(CodeCount)).one()
    assert (count.issued, count.revoked) == (7, 7)
    (line,) = batch_page(site, admin_of(site, office), unit_id=None, page=1).lines
    assert (line.size, line.unspent, line.redeemed, line.revoked) == (7, 0, 0, 7)
    assert admin.post(f"{BASE}/999999/cabut", data=data).status_code == 404


def test_expired_codes_are_told_before_and_after_they_are_deleted(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    batch(site, office, 4, service="kk")
    clock.at += timedelta(hours=48)
    viewer = admin_of(site, office)
    for _ in range(2):
        (line,) = batch_page(site, viewer, unit_id=None, page=1).lines
        assert (line.unspent, line.expired, line.redeemed) == (0, 4, 0)
        with site.db.transaction() as tx:
            queries.expire(tx, now=site.now())
    assert counted(site, VisitCode) == 0


def test_codes_hold_for_two_days_from_midnight_of_their_day(site: Site, office: Office) -> None:
    codes(site, office, 2, valid_on=site.today() + timedelta(days=3))
    with site.db.read() as session:
        kept = session.scalars(select(VisitCode)).all()
    assert {row.valid_from.isoformat() for row in kept} == {"2026-11-26T17:00:00+00:00"}
    assert {row.expires_at.isoformat() for row in kept} == {"2026-11-28T17:00:00+00:00"}


def tiers_at(site: Site, place: str) -> frozenset[str]:
    return place_at(site, place, at=site.now()).officer_tiers


def test_making_codes_takes_the_poster_out_where_it_is_used_and_only_there(
    site: Site, office: Office, place: str
) -> None:
    assert tiers_at(site, place) == UNTIL_SET
    codes(site, office, service="kk")
    assert tiers_at(site, place) == {"visit", "display", "kiosk"}
    codes(site, office, 2, service="kk")
    with site.db.read() as session:
        rows = session.scalars(select(CounterTiers)).all()
    assert [row.counter_id for row in rows] == [office.counter["A1"]]  # once, and not at A2


def test_the_admin_chooses_tiers_with_a_confirmation_and_a_history(
    admin: Browser, site: Site, office: Office, place: str, clock: SteppedClock
) -> None:
    one, two = office.counter["A1"], office.counter["A2"]
    token = admin.csrf("/staf/admin/jalur/")
    data = {"csrf_token": token, "loket": [one, two], f"c{one}": ["visit", "poster"]}
    data |= {f"c{two}": ["visit", "display", "kiosk", "poster"]}  # as it was
    page = admin.post("/staf/admin/jalur/", data=data).get_data(as_text=True)
    assert "Ubah cara masuk 1 loket?" in page
    assert "Loket A1" in page
    assert "Poster tidak ikut" in page
    assert tiers_at(site, place) == UNTIL_SET
    saved = {"csrf_token": token, "loket": [one], f"c{one}": ["visit"]}
    assert admin.post("/staf/admin/jalur/simpan", data=saved).status_code == 302
    assert tiers_at(site, place) == {"visit"}
    clock.at += timedelta(minutes=5)
    alone = saved | {f"c{one}": ["poster"]}
    assert admin.post("/staf/admin/jalur/simpan", data=alone).status_code == 302
    assert tiers_at(site, place) == {"poster"}
    shown = admin.get("/staf/admin/jalur/").get_data(as_text=True)
    assert shown.count('<td data-label="Oleh">dina</td>') == 2
    none = {"csrf_token": token, "loket": [one]}
    refused = admin.post("/staf/admin/jalur/", data=none)
    assert refused.status_code == 422
    assert "Pilih sedikitnya satu cara masuk" in refused.get_data(as_text=True)
    assert admin.post("/staf/admin/jalur/simpan", data=none).status_code == 422
    foreign = {"csrf_token": token, "loket": ["999999"], "c999999": ["visit"]}
    assert admin.post("/staf/admin/jalur/simpan", data=foreign).status_code == 404
    odd = {"csrf_token": token, "loket": ["²", "", "x" * 900], f"c{one}": ["paper", "\x00"]}
    assert admin.post("/staf/admin/jalur/", data=odd).status_code == 302  # nothing to change
    assert tiers_at(site, place) == {"poster"}


def add_counts(site: Site, office: Office, rows: list[tuple[str, int, dict[str, int]]]) -> None:
    zero = {"issued": 0, "called": 0, "redeemed": 0, "expired": 0, "revoked": 0}
    with site.db.transaction() as tx:
        for unit, days_ago, counts in rows:
            row = {"unit_id": office.unit[unit], "service_id": office.service["ktp"]}
            row |= {"day": site.today() - timedelta(days=days_ago), "agency_id": office.agency_id}
            bulk.add_rows(tx, "code_count", [row | zero | counts])


def test_use_is_reconciled_with_calls_and_the_books_for_the_own_units_only(
    browse: Callable[[], Browser], admin: Browser, site: Site, office: Office
) -> None:
    rows = [
        ("A", 0, {"issued": 100, "called": 20, "redeemed": 30}),
        ("A", 9, {"issued": 40, "redeemed": 25, "expired": 15}),
        ("A", 40, {"issued": 7}),
        ("B", 1, {"issued": 11, "redeemed": 3}),
    ]
    add_counts(site, office, rows)
    with site.db.transaction() as tx:
        visit = {"counter_id": office.counter["A1"], "service_id": office.service["ktp"]}
        visit |= {"day": site.today() - timedelta(days=9), "agency_id": office.agency_id}
        bulk.add_rows(tx, "visit_count", [visit | {"visits": 20}])
    alice = browse().log_in("alice")
    page = alice.get("/staf/kode/").get_data(as_text=True)
    assert page.split("</section>")[1].count("<tr>") == 3  # the head and two days
    assert "dipakai lebih banyak daripada dipanggil</span>" in page
    assert "banyak kode sisa dipakai</span>" in page
    assert "140 dikeluarkan, 20 dipanggil, 55 dipakai (39%)" in page
    assert "Unit B" not in page
    assert "Unit B" in admin.get("/staf/kode/").get_data(as_text=True)
    only = alice.get("/staf/kode/?unit=B").get_data(as_text=True)
    assert "Tidak ada kode pada periode ini" in only
    longer = alice.get("/staf/kode/?dari=2026-10-01&sampai=2026-11-24&layanan=ktp")
    assert longer.get_data(as_text=True).split("</section>")[1].count("<tr>") == 4
    exported = alice.get("/staf/kode/unduh.csv").get_data(as_text=True)
    assert "2026-11-24;Unit A;KTP-el;100;20;30;0;0;;30,00;" in exported
    assert "Unit B" not in exported
    assert alice.get("/staf/kode/unduh.xlsx").status_code == 200
    for odd in ("dari=²", "sampai=9999-99-99", "hal=²", "hal=99999999", "layanan=%F0%9F%99%82"):
        assert alice.get(f"/staf/kode/?{odd}").status_code == 200, odd
    assert alice.get("/staf/kode/unduh.exe").status_code == 404


def test_days_with_a_sign_stand_first_and_the_rest_comes_in_pages_of_the_same_filters(
    browse: Callable[[], Browser], admin: Browser, site: Site, office: Office
) -> None:
    add_counts(site, office, [("A", days_ago, {"issued": 9}) for days_ago in range(31)])
    add_counts(site, office, [("A", 33, {"issued": 90, "called": 10, "redeemed": 30})])
    query = "dari=2026-10-01&sampai=2026-11-24"
    alice = browse().log_in("alice")
    page = alice.get(f"/staf/kode/?{query}").get_data(as_text=True)
    first, rest = page.split('id="to-check"')[1].split("</section>")
    assert "Perlu diperiksa (1)" in first
    assert first.count("<tr>") == 2
    assert "22 Oktober 2026" in first  # older than everything on this page of the list
    assert rest.count("<tr>") == 31
    assert rest.count('<td class="none" data-label="Tanda">') == 30  # no line for it on a phone
    assert f'href="/staf/kode/?hal=2&amp;{query.replace("&", "&amp;")}"' in rest
    assert "Unit A" not in page.split("</form>")[-1]  # the only one she has
    assert "Unit A" in admin.get(f"/staf/kode/?{query}").get_data(as_text=True).split("</form>")[-1]
    add_counts(site, office, [("B", 3, {"issued": 90, "called": 10, "redeemed": 30})])
    batches = admin.get(f"{BASE}/").get_data(as_text=True)
    assert "Perlu diperiksa (1)" in batches  # of the last thirty days
    filtered = admin.get(f"{BASE}/?unit={office.unit['A']}").get_data(as_text=True)
    assert "Perlu diperiksa" not in filtered


def test_the_supervisor_makes_no_codes_and_chooses_no_tiers(
    app: Flask, browse: Callable[[], Browser], office: Office
) -> None:
    alice = browse().log_in("alice")
    app.config["WTF_CSRF_ENABLED"] = False
    for path in (f"{BASE}/", f"{BASE}/baru", f"{BASE}/kunci", "/staf/admin/jalur/"):
        assert alice.get(path).status_code == 404
        assert alice.post(path, data={}).status_code in (404, 405)
    assert alice.post(f"{BASE}/buat", data={}).status_code == 404
