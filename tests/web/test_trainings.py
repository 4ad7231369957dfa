"""HR's training records: what was typed is kept, imports are whole, hours are told by the law."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from sqlalchemy import select

from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Attendance, AuditEntry, Training
from tests.conftest import Browser
from tests.ground.office import Office

HOME = "/staf/pelatihan/"
SARI = "198001012010012000"


@pytest.fixture
def hana(browse: Callable[[], Browser]) -> Browser:
    """HR."""
    return browse().log_in("hana")


def send(browser: Browser, path: str, page: str, **typed: object) -> tuple[int, str]:
    """Send a form from its page; status and text of the page that follows."""
    answer = browser.post(path, data={"csrf_token": browser.csrf(page), **typed})
    if answer.status_code == 302:
        return 302, browser.get(answer.location).get_data(as_text=True)
    return answer.status_code, answer.get_data(as_text=True)


def add_training(browser: Browser, **changes: object) -> tuple[int, str]:
    typed = {"code": "prima", "title": "Pelayanan prima", "kind": "kursus", "jp": "20"}
    typed |= {"elements": ["perilaku"], "competences": "Komunikasi, Integritas", "cost": "6000000"}
    return send(browser, "/staf/pelatihan/baru", "/staf/pelatihan/baru", **(typed | changes))


def upload(browser: Browser, kind: str, content: bytes, name: str = "a.csv") -> tuple[int, str]:
    path = f"/staf/impor/{kind}"
    file = (io.BytesIO(content), name)
    data = {"csrf_token": browser.csrf(path), "do": "save", "file": file}
    answer = browser.post(path, data=data)
    return answer.status_code, answer.get_data(as_text=True)


def attendance(*lines: str) -> bytes:
    head = "nip;pelatihan;tanggal_mulai;jp;alasan"
    return "\n".join([head, *lines]).encode()


def test_an_empty_catalogue_says_how_to_fill_it(hana: Browser) -> None:
    page = hana.get(HOME).get_data(as_text=True)
    assert "Belum ada pelatihan dalam katalog" in page
    assert "Impor katalog" in page


def test_a_training_is_added_shown_and_changed(hana: Browser, site: Site) -> None:
    status, page = add_training(hana)
    assert status == 302
    assert "Pelatihan disimpan." in page
    assert "Rp 6.000.000" in page
    assert "Perilaku Pelaksana" in page
    edit = "/staf/pelatihan/prima/ubah"
    assert 'value="Komunikasi, Integritas"' in hana.get(edit).get_data(as_text=True)
    status, page = send(hana, edit, edit, title="Prima <baru>", kind="seminar", code="other")
    assert "Prima &lt;baru&gt;" in page
    with site.db.read() as session:
        row = session.scalars(select(Training)).one()
    assert (row.code, row.kind, row.cost) == ("prima", "seminar", None)  # the code stays
    assert "Prima" in hana.get(f"{HOME}?jenis=seminar&cari=PRIMA").get_data(as_text=True)
    assert "Tidak ada pelatihan yang cocok" in hana.get(f"{HOME}?jenis=kursus").text


def test_after_an_error_what_was_typed_is_still_there(hana: Browser) -> None:
    status, page = add_training(hana, code="a b", jp="dua", title="Judul panjang")
    assert status == 422
    assert 'value="Judul panjang"' in page
    assert "Harus bilangan bulat." in page
    assert "Kode: huruf, angka" in page
    assert re.search(r'<input checked [^>]*value="perilaku"', page)
    status, page = add_training(hana, title="")
    assert "Wajib diisi." in page


def test_a_taken_code_is_refused(hana: Browser) -> None:
    add_training(hana)
    status, page = add_training(hana, title="Lain")
    assert status == 422
    assert "Kode pelatihan ini sudah dipakai." in page


def test_runs_have_dates_and_seats(hana: Browser) -> None:
    add_training(hana)
    path, page_of = "/staf/pelatihan/prima/jadwal", "/staf/pelatihan/prima"
    status, page = send(hana, path, page_of, starts_on="2027-01-11", seats="12")
    assert status == 302
    assert "11 Januari 2027" in page
    assert "0 peserta dari 12 kursi" in page
    status, page = send(hana, path, page_of, starts_on="2027-01-11")
    assert status == 422
    assert "sudah tercatat mulai" in page
    status, page = send(hana, path, page_of, starts_on="2027-02-11", ends_on="2027-02-01")
    assert "Tanggal selesai harus sama" in page
    status, page = send(hana, path, page_of, starts_on="31/31/2027")
    assert "Bukan tanggal yang ada." in page


def test_attendances_come_whole_or_not_at_all(hana: Browser, site: Site) -> None:
    add_training(hana)
    good = f"{SARI};prima;02-03-2026;20;undian"
    status, page = upload(
        hana, "attendance", attendance(good, "111111111111111111;prima;02-03-2026;;")
    )
    assert status == 422
    assert "kode ini tidak dikenal" in page
    assert 'data-label="Baris">3</td>' in page
    assert 'data-label="Kolom">nip</td>' in page
    status, page = upload(hana, "attendance", attendance(good, f"{SARI};prima;02-03-2099;;"))
    assert "tanggal ini belum tiba" in page
    with site.db.read() as session:
        assert not session.scalars(select(Attendance)).all()
    status, page = upload(hana, "attendance", attendance(good))
    assert status == 200
    assert "1 baru" in page
    status, page = upload(hana, "attendance", attendance(good))
    assert "1 sama" in page


def test_a_nip_that_came_as_a_number_is_told(hana: Browser) -> None:
    add_training(hana)
    book = openpyxl.Workbook()
    book.active.append(["nip", "pelatihan", "tanggal_mulai"])
    book.active.append([198001012010012000, "prima", "02-03-2026"])
    content = io.BytesIO()
    book.save(content)
    status, page = upload(hana, "attendance", content.getvalue(), "a.xlsx")
    assert status == 422
    assert "NIP tiba sebagai angka" in page


def test_an_attendance_is_corrected_and_removed(hana: Browser, site: Site) -> None:
    add_training(hana)
    upload(hana, "attendance", attendance(f"{SARI};prima;02-03-2026;;"))
    with site.db.read() as session:
        row = session.scalars(select(Attendance)).one()
    assert (row.reason, row.jp) == ("unknown", 20)  # not told: honest; JP from the catalogue
    path = f"/staf/pelatihan/peserta/{row.id}"
    typed = {"reason": "low_score", "sent": "counter", "result": "passed", "jp": "16"}
    status, page = send(hana, path, path, **typed, certificate="12/X")
    assert "nilai rendah" in page
    assert "seluruh loket" in page
    status, page = send(hana, path, path, **(typed | {"reason": "invented"}))
    assert status == 422
    assert "Pilih salah satu dari daftar." in page
    assert f'action="{path}/hapus"' not in hana.get(path).get_data(as_text=True)
    asked = hana.get(f"{path}/hapus").get_data(as_text=True)
    assert "Hapus catatan Sari Contoh?" in asked
    assert f'href="{path}">Batal' in asked
    status, page = send(hana, f"{path}/hapus", f"{path}/hapus")
    assert "Catatan peserta dihapus." in page
    assert hana.get(path).status_code == 404
    assert hana.get(f"{path}/hapus").status_code == 404
    with site.db.read() as session:
        acts = session.scalars(select(AuditEntry.action)).all()
    assert {"change_attendance", "remove_attendance"} <= set(acts)


def test_hours_are_a_floor_for_pns_and_a_ceiling_for_pppk(
    hana: Browser, site: Site, office: Office
) -> None:
    add_training(hana)
    with site.db.transaction() as tx:
        row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "employment": "PPPK"}
        row |= {"nip": "199001012020121001", "name": "Beni", "display_name": "Beni"}
        bulk.add_rows(tx, "officer", [row | {"retired_on": None}])
    lines = (
        f"{SARI};prima;02-03-2026;25;",
        "198001012010012001;prima;02-03-2026;12;",
        "199001012020121001;prima;02-03-2026;25;",
        "198001012010012002;prima;02-03-2025;40;",  # last year: not this year's JP
    )
    assert upload(hana, "attendance", attendance(*lines))[0] == 200
    page = hana.get("/staf/pelatihan/jp?tahun=2026").get_data(as_text=True)
    assert "1 dari 3 PNS sudah mencapai 20 JP." in page
    assert "0 dari 1 PPPK tidak melampaui batas 24 JP." in page
    names = [page.index(name) for name in ("Dewi Contoh", "Andi Contoh", "Beni", "Sari Contoh")]
    assert names == sorted(names)  # 20 and 8 short, 1 above the ceiling, then who keeps the bound
    assert "kurang 8 JP" in page
    assert "lebih 1 JP" in page
    assert "kurang 20 JP" in page
    page = hana.get("/staf/pelatihan/jp?tahun=2026&hanya=met").get_data(as_text=True)
    assert "Sari Contoh" in page
    assert "Beni" not in page
    ordered = hana.get("/staf/pelatihan/jp?tahun=2026&urut=jp").get_data(as_text=True)
    assert ordered.index("Dewi Contoh") < ordered.index("Andi Contoh") < ordered.index("Beni")
    sheet = hana.client.get("/staf/pelatihan/jp/unduh.csv?tahun=2026&hanya=unmet").data.decode(
        "utf-8-sig"
    )
    assert len(sheet.splitlines()) == 4
    book = openpyxl.load_workbook(
        io.BytesIO(hana.client.get("/staf/pelatihan/jp/unduh.xlsx?tahun=2026").data)
    )
    assert book["JP"].max_row == 5
    for odd in ("tahun=x", "tahun=99999999", "hal=0", "hal=999", "urut=?", "cari=%25"):
        assert hana.get(f"/staf/pelatihan/jp?{odd}").status_code == 200


@pytest.mark.parametrize(("jp", "words"), [(23, "di bawah batas"), (24, "tepat di batas")])
def test_a_pppk_below_the_ceiling_has_reached_nothing(
    hana: Browser, site: Site, office: Office, jp: int, words: str
) -> None:
    add_training(hana)
    with site.db.transaction() as tx:
        row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "employment": "PPPK"}
        row |= {"nip": "199001012020121001", "name": "Beni", "display_name": "Beni"}
        bulk.add_rows(tx, "officer", [row | {"retired_on": None}])
    upload(hana, "attendance", attendance(f"199001012020121001;prima;02-03-2026;{jp};"))
    page = hana.get("/staf/pelatihan/jp?tahun=2026&cari=beni").get_data(as_text=True)
    assert "1 dari 1 PPPK tidak melampaui batas 24 JP." in page
    assert "PNS sudah" not in page
    assert words in page
    assert "tercapai" not in page


def test_many_officers_come_in_pages(hana: Browser, site: Site, office: Office) -> None:
    row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "employment": "PNS"}
    rows = [
        row
        | {"nip": f"19910101202012{i:04d}", "name": f"Orang {i:03d}", "display_name": "O"}
        | {"retired_on": None}
        for i in range(120)
    ]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "officer", rows)
    first = hana.get("/staf/pelatihan/jp").get_data(as_text=True)
    assert "Halaman 1 dari 3" in first
    last = hana.get("/staf/pelatihan/jp?hal=3&cari=orang").get_data(as_text=True)
    assert "Orang 119" in last
    assert "Halaman 3 dari 3" in last


def test_a_history_is_shown_and_the_look_is_logged(
    hana: Browser, site: Site, office: Office
) -> None:
    add_training(hana)
    upload(hana, "attendance", attendance(f"{SARI};prima;02-03-2026;20;undian"))
    path = f"/staf/pelatihan/petugas/{office.officer['Sari']}"
    page = hana.get(f"{path}?tahun=2026").get_data(as_text=True)
    assert "20 JP pada 2026" in page
    assert "2 Maret 2026" in page
    assert SARI not in page  # a NIP tells birth date and sex
    assert "Belum ada pelatihan yang tercatat" in hana.get(
        f"/staf/pelatihan/petugas/{office.officer['Andi']}"
    ).get_data(as_text=True)
    with site.db.read() as session:
        looks = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "view_training_history")
        ).all()
    assert len(looks) == 2


def test_another_agencys_training_and_officer_are_not_there(hana: Browser, site: Site) -> None:
    with site.db.transaction() as tx:
        other = bulk.add_rows(tx, "agency", [{"code": "lain", "name": "Lain", "is_demo": False}])[0]
        training = {"agency_id": other, "code": "x", "title": "X", "kind": "kursus", "jp": None}
        training |= {"elements": [], "competences": [], "provider": "", "partner": "", "cost": None}
        bulk.add_rows(tx, "training", [training])
        unit = bulk.add_rows(tx, "unit", [{"agency_id": other, "code": "U", "name": "U"}])[0]
        officer = {"agency_id": other, "unit_id": unit, "nip": "1" * 18, "name": "N"}
        officer |= {"display_name": "N", "employment": "PNS", "retired_on": None}
        officer_id = bulk.add_rows(tx, "officer", [officer])[0]
    assert hana.get("/staf/pelatihan/x").status_code == 404
    assert hana.get("/staf/pelatihan/x/ubah").status_code == 404
    assert hana.get(f"/staf/pelatihan/petugas/{officer_id}").status_code == 404


def test_hr_imports_trainings_and_nothing_else(
    hana: Browser, browse: Callable[[], Browser]
) -> None:
    assert hana.get("/staf/impor/siasn-kursus").status_code == 200
    assert hana.get("/staf/impor/officers").status_code == 404
    assert browse().log_in("alice").get("/staf/impor/attendance").status_code == 404


def test_the_catalogue_is_put_in_order_by_its_headings(browse: Callable[[], Browser]) -> None:
    hana = browse().log_in("hana")
    for code, title, cost in (("a", "Zaitun", "5000"), ("b", "Arsip", ""), ("c", "Mitra", "40000")):
        add_training(hana, code=code, title=title, cost=cost)

    def titles(query: str) -> list[str]:
        page = hana.get(f"{HOME}?{query}").get_data(as_text=True)
        return re.findall(r'<th scope="row">\s*<a [^>]*>(\w+)</a>', page)

    assert titles("urut=katalog.1") == ["Arsip", "Mitra", "Zaitun"]
    assert titles("urut=katalog.-5") == ["Mitra", "Zaitun", "Arsip"]  # who says no cost is last
    page = hana.get(f"{HOME}?jenis=kursus&urut=katalog.-5").get_data(as_text=True)
    assert page.count('aria-sort="descending"') == 1
    assert re.search(r'href="[^"]*jenis=kursus[^"]*urut=katalog\.1#urut-katalog"', page)
    as_given = titles("")
    for odd in ("katalog.99", "katalog.0", "lain.1", "katalog.1;x", "katalog.--1"):
        assert titles(f"urut={odd}") == as_given
