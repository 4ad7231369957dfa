"""The supervisor's survey pages: every step, every wrong turn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date

import docx
import openpyxl
import pypdfium2
import pytest
from werkzeug.test import TestResponse

from feedback_app.services.site import Site
from tests.conftest import Browser
from tests.ground.office import Office, add_ratings

pytestmark = pytest.mark.both_engines


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    return browse().log_in("alice")


def send(browser: Browser, path: str, **fields: object) -> TestResponse:
    return browser.post(path, data={"csrf_token": browser.csrf("/staf/kata-sandi"), **fields})


def open_survey(
    browser: Browser, office: Office, period: str = "2026-t3", **changes: object
) -> str:
    fields = {"unit": office.unit["A"], "period": period, "meaning": "month", "population": "500"}
    fields |= {"weight": "1/9", "order": "sarana_8"} | changes
    answer = send(browser, "/staf/skm/baru", **fields)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def test_from_opening_to_the_files_the_office_owes(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 14, day=date(2026, 7, 2), waktu=2, sex="female", education="senior")
    add_ratings(site, office, 6, day=date(2026, 9, 2), service_id=office.service["kk"])
    assert "Belum ada periode survei" in alice.get("/staf/skm/").get_data(as_text=True)
    page = open_survey(alice, office)
    text = alice.get(page).get_data(as_text=True)
    assert "dari sampel minimum 217" in text
    assert "Periode ini sudah berakhir dan dapat ditutup." in text
    assert "Jawaban pertama: 2 Juli 2026" in text
    assert "terbuka" in alice.get("/staf/skm/").get_data(as_text=True)
    asked = alice.get(f"{page}/tutup").get_data(as_text=True)
    assert "Sampel minimum belum tercapai: 20 dari 217" in asked
    assert send(alice, f"{page}/tutup").status_code == 302
    text = alice.get(page).get_data(as_text=True)
    assert "73,06" in text  # 25 x (14 x 26 + 6 x 27) / (9 x 20) = 73.0556
    assert "Mutu C" in text
    assert "Menurut layanan" not in text  # six forms of one service are not shown apart

    book = openpyxl.load_workbook(io.BytesIO(alice.client.get(f"{page}/olah-data.xlsx").data))
    assert book.sheetnames == [
        "Ringkasan",
        "Olah data",
        "Per layanan",
        "Per unsur",
        "Profil responden",
        "Saran",
        "Tindak lanjut",
        "Keterangan",
    ]
    report = docx.Document(io.BytesIO(alice.client.get(f"{page}/laporan.docx").data))
    assert any("73,06" in p.text for p in report.paragraphs)
    answered = "Jawaban pertama diterima pada 2 Juli 2026 dan yang terakhir pada 2 September 2026."
    assert any(answered in p.text for p in report.paragraphs)
    answer = alice.client.get(f"{page}/laporan.pdf")
    assert answer.content_type == "application/pdf"
    assert "laporan-skm-A-2026-t3.pdf" in answer.headers["Content-Disposition"]
    assert len(pypdfium2.PdfDocument(answer.data)) > 5
    for shape, ending in (("a3", "pdf"), ("a4", "png"), ("persegi", "png")):
        assert alice.client.get(f"{page}/poster-{shape}.{ending}").status_code == 200
    for wrong in ("laporan.exe", "poster-a9.pdf", "poster-a4.gif", "olah-data.xlsx?revisi=7"):
        assert alice.client.get(f"{page}/{wrong}").status_code == 404
    assert alice.get(f"{page}/ubah").status_code == 404  # closed
    assert alice.get(f"{page}/tutup").status_code == 404


def test_a_closed_survey_with_too_few_forms_has_no_figure_and_no_file(
    alice: Browser, site: Site, office: Office
) -> None:
    page = open_survey(alice, office)
    refused = send(alice, f"{page}/tutup")
    assert refused.status_code == 422
    assert "Belum ada formulir lengkap" in refused.get_data(as_text=True)
    add_ratings(site, office, 1, day=date(2026, 7, 2), perilaku=4)
    assert "Baru 1 formulir lengkap" in alice.get(f"{page}/tutup").get_data(as_text=True)
    assert send(alice, f"{page}/tutup").status_code == 302
    text = alice.get(page).get_data(as_text=True)
    assert "Belum cukup penilaian (1 dari 10)" in text
    assert "77,78" not in text
    for name in ("olah-data.xlsx", "laporan.docx", "laporan.pdf", "poster-a4.pdf"):
        missing = alice.get(f"{page}/{name}")
        assert missing.status_code == 404
        assert "Belum cukup formulir" in missing.get_data(as_text=True)


def test_what_was_typed_stays_and_each_fault_is_named(alice: Browser, office: Office) -> None:
    good = {"unit": office.unit["A"], "period": "2026-t2", "meaning": "year", "weight": "0.11"}
    good |= {"order": "pengaduan_8", "population": "500"}
    for changes, told in (
        ({"period": ""}, "Pilih salah satu dari daftar."),
        ({"period": "free", "first": "2026-03-01", "last": "2026-03-09"}, "Pilih salah satu"),
        ({"period": "2026-03-01_2026-03-09"}, "Pilih salah satu dari daftar."),
        ({"population": "0"}, "Harus bilangan bulat mulai dari 1."),
        ({"population": ""}, "Isi jumlah populasi"),
        ({"period": "2031-t9"}, "Pilih salah satu dari daftar."),
        ({"unit": office.unit["B"]}, "Pilih salah satu dari daftar."),
        ({"weight": "0.5"}, "Pilih salah satu dari daftar."),
        ({"meaning": ""}, "Pilih salah satu dari daftar."),
    ):
        answer = send(alice, "/staf/skm/baru", **(good | changes))
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422, changes
        assert told in text, changes
        assert 'selected value="pengaduan_8"' in text
        if "population" not in changes:
            assert 'value="500"' in text
    page = open_survey(alice, office, **{k: v for k, v in good.items() if k != "unit"})
    cut = send(alice, "/staf/skm/baru", **(good | {"period": "2026"}))
    assert "memotong periode survei lain" in cut.get_data(as_text=True)
    assert "1 April – 30 Juni 2026" in cut.get_data(as_text=True)
    form = alice.get(f"{page}/ubah").get_data(as_text=True)
    assert 'selected value="2026-t2"' in form
    changed = send(alice, f"{page}/ubah", **(good | {"period": "2026-s1"}))
    assert changed.status_code == 302
    assert "1 Januari – 30 Juni 2026" in alice.get(page).get_data(as_text=True)
    assert "0.11" in alice.get(page).get_data(as_text=True)


def test_calling_off_asks_first_and_keeps_the_ratings(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 3, day=date(2026, 7, 2))
    page = open_survey(alice, office)
    assert "Penilaian masyarakat tetap ada" in alice.get(f"{page}/batal").get_data(as_text=True)
    assert send(alice, f"{page}/batal").status_code == 302
    assert alice.get(page).status_code == 404
    again = open_survey(alice, office)
    assert ">3</p>" in alice.get(again).get_data(as_text=True)


def test_the_follow_up_table_is_edited_and_removed_after_a_question(
    alice: Browser, site: Site, office: Office
) -> None:
    page = open_survey(alice, office)
    plan = {"element": "waktu", "cause": "Antrean", "action": "Loket <kedua>", "due": "2026-12-01"}
    plan |= {"responsible": "Kepala Seksi", "status": "planned", "note": ""}
    early = send(alice, f"{page}/tindak-lanjut", **plan)
    assert "rencana mengikuti hasil" in early.get_data(as_text=True)
    assert "Loket &lt;kedua&gt;" in early.get_data(as_text=True)  # what was typed is still there
    add_ratings(site, office, 12, day=date(2026, 7, 2))
    send(alice, f"{page}/tutup")
    for changes, told in (
        ({"cause": ""}, "Wajib diisi."),
        ({"due": "besok"}, "Bukan tanggal yang ada."),
        ({"element": "kepercayaan"}, "Pilih salah satu dari daftar."),
        ({"status": "done"}, "apa yang sudah dilakukan"),
        ({"action": "x" * 1001}, "Paling banyak 1.000 huruf."),
    ):
        answer = send(alice, f"{page}/tindak-lanjut", **(plan | changes))
        assert answer.status_code == 422, changes
        assert told in answer.get_data(as_text=True), changes
    assert send(alice, f"{page}/tindak-lanjut", **plan).status_code == 302
    text = alice.get(page).get_data(as_text=True)
    assert "Loket &lt;kedua&gt;" in text
    item = re.search(r"/staf/skm/tindak-lanjut/(\d+)", text)
    assert item is not None
    path = item.group(0)
    assert 'selected value="waktu"' in alice.get(path).get_data(as_text=True)
    assert send(alice, path, **(plan | {"status": "done", "note": "Dibuka."})).status_code == 302
    assert "Dibuka." in alice.get(page).get_data(as_text=True)
    assert "Loket &lt;kedua&gt;" in alice.get(f"{path}/hapus").get_data(as_text=True)
    assert send(alice, f"{path}/hapus").status_code == 302
    assert alice.get(path).status_code == 404


def test_who_signs_is_kept_and_stays_off_the_public_page(
    alice: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_ratings(site, office, 12, day=date(2026, 7, 2))
    page = open_survey(alice, office)
    signer = {
        "place": "Muara",
        "position": "Kepala",
        "name": "Nama Kepala, S.Sos.",
        "rank": "",
        "nip": "1",
    }
    assert "NIP harus 18 angka" in send(alice, f"{page}/penanda-tangan", **signer).get_data(
        as_text=True
    )
    signer["nip"] = "197001011990011001"
    assert send(alice, f"{page}/penanda-tangan", **signer).status_code == 302
    send(alice, f"{page}/tutup")
    wall = pypdfium2.PdfDocument(alice.client.get(f"{page}/poster-a4.pdf").data)
    assert "197001011990011001" in wall[0].get_textpage().get_text_range()
    public = browse().client.get("/hasil/dukcapil/A/2026-t3/poster-a4.pdf")
    text = pypdfium2.PdfDocument(public.data)[0].get_textpage().get_text_range()
    assert "Nama Kepala" not in text
    assert "197001011990011001" not in text
    assert "Nama Kepala" not in browse().get("/hasil/dukcapil/A/2026-t3").get_data(as_text=True)
    later = open_survey(alice, office, period="2026-t4")  # the next survey begins with it
    assert "Nama Kepala" in alice.get(later).get_data(as_text=True)


def test_another_unit_sees_and_reaches_nothing(
    alice: Browser, browse: Callable[[], Browser], office: Office
) -> None:
    page = open_survey(alice, office)
    charlie = browse().log_in("charlie")
    assert "Belum ada periode survei" in charlie.get("/staf/skm/").get_data(as_text=True)
    for path in (
        "",
        "/ubah",
        "/tutup",
        "/batal",
        "/penanda-tangan",
        "/olah-data.xlsx",
        "/laporan.pdf",
    ):
        assert charlie.get(page + path).status_code == 404, path
    assert charlie.get(f"{page}/tindak-lanjut").status_code == 404
    assert send(charlie, f"{page}/tutup").status_code == 404
    assert send(charlie, f"{page}/revisi", reason="x").status_code == 404


def test_a_revision_needs_a_reason(alice: Browser, site: Site, office: Office) -> None:
    add_ratings(site, office, 12, day=date(2026, 7, 2))
    page = open_survey(alice, office)
    send(alice, f"{page}/tutup")
    send(alice, f"{page}/revisi", reason=" ")
    assert "Tulis alasan revisi." in alice.get(page).get_data(as_text=True)
    send(alice, f"{page}/revisi", reason="uji")
    assert "Tidak ada yang berubah" in alice.get(page).get_data(as_text=True)


def test_links_to_change_something_are_not_printed(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 12, day=date(2026, 7, 2), waktu=2)
    page = open_survey(alice, office)
    signer = re.search(r'<a class="noprint" href="[^"]*/penanda-tangan">ubah', text_of(alice, page))
    assert signer is not None
    send(alice, f"{page}/tutup")
    plan = {"element": "waktu", "cause": "Antrean", "action": "Loket kedua", "due": "2026-12-01"}
    plan |= {"responsible": "Kepala Seksi", "status": "planned", "note": ""}
    send(alice, f"{page}/tindak-lanjut", **plan)
    closed = text_of(alice, page)
    assert closed.count('<td class="act noprint">') == closed.count('<td class="act') == 10


def text_of(browser: Browser, path: str) -> str:
    return str(browser.get(path).get_data(as_text=True))
