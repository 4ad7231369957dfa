"""The pages of paper forms: printing, keying, mistakes, double entry, every wrong turn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.paper import BAND_KEYS, sheet_number
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, PaperBatch, PaperSheet, Rating
from tests.conftest import Browser
from tests.ground.office import TODAY, Office
from tests.ground.paper import visit_code


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    return browse().log_in("alice")


@pytest.fixture
def bob(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A as well."""
    return browse().log_in("bob")


def send(browser: Browser, path: str, **fields: object) -> TestResponse:
    return browser.post(path, data={"csrf_token": browser.csrf("/staf/kata-sandi"), **fields})


def made_batch(browser: Browser, office: Office, **changes: object) -> str:
    fields: dict[str, object] = {"offer": f"{office.unit['A']}-{office.service['ktp']}"}
    fields |= {"counter": office.counter["A1"], "size": 20} | changes
    answer = send(browser, "/staf/kertas/baru", **fields)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def sheet(running: int, mark: str = "AA", **changes: object) -> dict[str, object]:
    fields: dict[str, object] = dict.fromkeys(ALL_KEYS, "3") | dict.fromkeys(BAND_KEYS, "")
    fields |= {"sheet": sheet_number(mark, running), "officer": "", "visit": "", "comment": ""}
    return fields | changes


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def ratings(site: Site) -> list[Rating]:
    with site.db.read() as session:
        return list(session.scalars(select(Rating)))


def test_from_printing_to_the_error_rate(
    alice: Browser, bob: Browser, site: Site, office: Office
) -> None:
    assert "Belum ada kumpulan lembar" in text_of(alice.get("/staf/kertas/"))
    page = made_batch(alice, office)
    document = pypdfium2.PdfDocument(io.BytesIO(alice.get(f"{page}/formulir.pdf").data))
    assert len(document) == 40  # front and back
    document.close()
    assert "AA 001" in text_of(alice.get(page))
    for running in range(1, 9):
        answer = send(alice, f"{page}/ketik?hari={TODAY}", **sheet(running, biaya="4"))
        assert answer.status_code == 302, text_of(answer)
    shown = text_of(alice.get(answer.location))
    assert "Lembar AA 008" in shown
    assert "tersimpan" in shown
    answer = send(alice, f"{page}/batal", sheet=sheet(9)["sheet"], reason="torn", note="basah")
    assert answer.status_code == 302
    text = text_of(alice.get(page))
    assert "basah" in text
    assert re.search(r"AA 010 .{1,3}\s*– AA 020", text)  # the run of missing numbers
    assert "8 lembar diketik, 1 batal, 11 belum ada." in text_of(alice.get(f"{page}/selesai"))
    assert send(alice, f"{page}/selesai").status_code == 302
    assert "akun lain yang mengetiknya kembali" in text_of(alice.get(f"{page}/hasil"))
    text = text_of(bob.get(f"{page}/periksa"))
    drawn = [int(number) for number in re.findall(r"AA (\d{3}) \w", text.split("berkas")[1])][:5]
    for running in drawn[1:]:
        answer = send(bob, f"{page}/periksa?hari={TODAY}", **sheet(running, biaya="4"))
        assert answer.status_code == 302, text_of(answer)
    send(bob, f"{page}/periksa?hari={TODAY}", **sheet(drawn[0], biaya="4", waktu="2"))
    link = f"{page}/lembar/{drawn[0]}/beda"
    assert "3 Cepat" in text_of(bob.get(link))
    assert alice.get(link).status_code == 404
    answer = send(bob, link, waktu="-")
    assert answer.status_code == 422
    assert "Pilih isi lembar untuk setiap isian." in text_of(answer)
    assert send(bob, link, waktu="2").status_code == 302
    assert "1 dari 110 isian, 0,9%" in text_of(bob.get(f"{page}/hasil"))
    assert "selesai (5 lembar)" in text_of(bob.get("/staf/kertas/"))
    assert bob.get(link).status_code == 404
    assert len(ratings(site)) == 9
    assert tally_differences(site) == 0


@pytest.mark.engine_alike
def test_what_a_sheet_tells_the_inspectorate_is_counted_once_and_stays_with_no_answer(
    alice: Browser, site: Site, office: Office
) -> None:
    page = made_batch(alice, office)
    told = sheet(1, biaya="4") | {"pressed": "y", "charged": "y"}
    for _ in range(2):  # the same sheet sent again is the same sending
        assert send(alice, f"{page}/ketik?hari={TODAY}", **told).status_code == 302
    assert send(alice, f"{page}/ketik?hari={TODAY}", **sheet(2, biaya="4")).status_code == 302
    with site.db.read() as session:
        signs = session.execute(select(Case.kind, Case.counter_id, Case.size)).all()
        keyed = select(PaperSheet.entry).where(PaperSheet.state == "keyed")
        entries = session.scalars(keyed).all()
    here = office.counter["A1"]
    assert sorted(map(tuple, signs)) == [("fee", here, 1), ("pressed", here, 1)]
    assert not any("pressed" in str(entry) or "charged" in str(entry) for entry in entries)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sheet": ""}, "Wajib diisi."),
        ({"sheet": "AA001"}, "salah ketik"),
        ({"sheet": sheet_number("AB", 1)}, "bukan dari kumpulan ini"),
        ({"sheet": sheet_number("AA", 21)}, "tidak pernah dicetak"),
        ({"waktu": "5"}, "Waktu Penyelesaian: isi 1 sampai 4"),
        ({"waktu": "x"}, "Waktu Penyelesaian: isi 1 sampai 4"),
        ({"waktu": "²"}, "Waktu Penyelesaian: isi 1 sampai 4"),
        ({"sex": "x"}, "Pilih salah satu"),
        ({"officer": "999"}, "Pilih salah satu"),
        ({"visit": "ABCD1234"}, "salah ketik"),
        ({"comment": "a" * 1001}, "1.000 huruf"),
        (dict.fromkeys(ALL_KEYS, "0"), "Belum ada jawaban"),
    ],
)
def test_what_cannot_be_saved_is_told_and_kept(
    alice: Browser, site: Site, office: Office, changes: dict[str, object], told: str
) -> None:
    page = made_batch(alice, office)
    fields = sheet(1, prosedur="1", education="senior") | changes
    answer = send(alice, f"{page}/ketik?hari={TODAY}", **fields)
    assert answer.status_code == 422
    text = text_of(answer)
    assert told in text
    if "prosedur" not in changes:
        assert re.search(r'name="prosedur"[^>]*value="1"', text)
    assert '<option selected value="senior">' in text
    assert ratings(site) == []


@pytest.mark.parametrize("day", ["2026-11-25", "2026-11-23", "2026-09-24"])
def test_a_day_that_cannot_be_is_told(alice: Browser, site: Site, office: Office, day: str) -> None:
    page = made_batch(alice, office)
    answer = send(alice, f"{page}/ketik?hari={day}", **sheet(1))
    assert answer.status_code == 422
    assert "ari" in text_of(answer)
    assert ratings(site) == []


def test_a_batch_for_all_counters_asks_for_the_piles_counter(
    alice: Browser, site: Site, office: Office
) -> None:
    page = made_batch(alice, office, counter="")
    text = text_of(alice.get(f"{page}/ketik"))
    assert "Pilih loket tumpukan ini lebih dahulu." in text
    assert send(alice, f"{page}/ketik?hari={TODAY}", **sheet(1)).status_code == 422
    path = f"{page}/ketik?hari={TODAY}&loket={office.counter['A2']}"
    assert "Ibu Dewi" in text_of(alice.get(path))
    assert send(alice, path, **sheet(1, officer=office.officer["Dewi"])).status_code == 302
    (row,) = ratings(site)
    assert (row.counter_id, row.attribution) == (office.counter["A2"], "chosen")
    other = f"{page}/ketik?hari={TODAY}&loket={office.counter['B1']}"
    assert send(alice, other, **sheet(2)).status_code == 422
    assert len(ratings(site)) == 1


def test_a_code_that_opens_nothing_keeps_the_answer(
    alice: Browser, site: Site, office: Office
) -> None:
    page = made_batch(alice, office)
    good, other = visit_code(site, office), visit_code(site, office, unit="B")
    for running, code in ((1, good), (2, good), (3, other)):
        fields = sheet(running, visit=code, officer=office.officer["Sari"])
        assert send(alice, f"{page}/ketik?hari={TODAY}", **fields).status_code == 302
    found = sorted((row.tier, row.state, row.for_officer) for row in ratings(site))
    assert found == [("paper", "held", False)] * 2 + [("visit", "held", True)]


def test_correcting_shows_what_was_keyed_only_to_who_keyed_it(
    alice: Browser, bob: Browser, site: Site, office: Office
) -> None:
    page = made_batch(alice, office)
    answer = send(alice, f"{page}/ketik?hari={TODAY}", **sheet(4, waktu="2", comment="Antre"))
    link = f"{page}/lembar/4/betulkan"
    assert link in text_of(alice.get(answer.location))
    assert link not in text_of(bob.get(answer.location))
    text = text_of(alice.get(link))
    assert re.search(r'name="waktu"[^>]*value="2"', text)
    assert "Antre" in text
    assert bob.get(link).status_code == 404
    assert send(bob, link, **sheet(4)).status_code == 404
    same = sheet(4, waktu="2", comment="Antre")
    assert "Belum ada isian yang berubah" in text_of(send(alice, f"{link}?hari={TODAY}", **same))
    assert send(alice, f"{link}?hari={TODAY}", **sheet(4, waktu="1")).status_code == 302
    assert alice.get(link).status_code == 404
    assert tally_differences(site) == 0


def test_others_find_nothing(
    alice: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    page = made_batch(alice, office)
    charlie, dina = browse().log_in("charlie"), browse().log_in("dina")
    for ending in ("", "/formulir.pdf", "/ketik", "/selesai", "/periksa", "/hasil"):
        assert charlie.get(page + ending).status_code == 404
        assert dina.get(page + ending).status_code == 200
    for ending, fields in (
        ("/ketik", sheet(1)),
        ("/batal", {"sheet": sheet_number("AA", 1), "reason": "lost"}),
        ("/pulihkan", {"sheet": sheet_number("AA", 1)}),
        ("/selesai", {}),
        ("/periksa", sheet(1)),
    ):
        assert send(charlie, page + ending, **fields).status_code == 404
    foreign = f"{office.unit['A']}-{office.service['ktp']}"
    answer = send(charlie, "/staf/kertas/baru", offer=foreign, counter="", size=5)
    assert answer.status_code == 422
    assert "Belum ada kumpulan" in text_of(charlie.get("/staf/kertas/"))
    assert ratings(site) == []


@pytest.mark.parametrize(
    ("size", "told"),
    [("0", "1 sampai 500"), ("501", "1 sampai 500"), ("", "Wajib"), ("x", "bilangan bulat")],
)
def test_a_batch_of_no_size_is_not_made(
    alice: Browser, site: Site, office: Office, size: str, told: str
) -> None:
    offer = f"{office.unit['A']}-{office.service['ktp']}"
    answer = send(alice, "/staf/kertas/baru", offer=offer, counter="", size=size)
    assert answer.status_code == 422
    assert told in text_of(answer)
    with site.db.read() as session:
        assert session.scalars(select(PaperBatch)).all() == []


def test_void_notes_are_told_and_taken_back(alice: Browser, site: Site, office: Office) -> None:
    page = made_batch(alice, office)
    number = sheet_number("AA", 2)
    answer = send(alice, f"{page}/batal", sheet="AA 002", reason="lost", note="x")
    assert answer.status_code == 422
    assert "salah ketik" in text_of(answer)
    assert send(alice, f"{page}/batal", sheet=number, reason="lost", note="").status_code == 302
    assert "dicatat batal" in text_of(send(alice, f"{page}/ketik?hari={TODAY}", **sheet(2)))
    assert send(alice, f"{page}/pulihkan", sheet=number).status_code == 302
    assert send(alice, f"{page}/ketik?hari={TODAY}", **sheet(2)).status_code == 302
    assert send(alice, f"{page}/pulihkan", sheet=number).status_code == 302
    assert "tidak dicatat batal" in text_of(alice.get(page))


def test_every_act_is_in_the_audit_log(
    alice: Browser, browse: Callable[[], Browser], office: Office
) -> None:
    page = made_batch(alice, office)
    send(alice, f"{page}/batal", sheet=sheet_number("AA", 2), reason="empty", note="")
    send(alice, f"{page}/ketik?hari={TODAY}", **sheet(1, comment="Rahasia"))
    send(alice, f"{page}/selesai")
    text = text_of(browse().log_in("ina").get("/staf/catatan/"))
    for words in (
        "membuat kumpulan lembar kertas",
        "mencatat lembar kertas batal",
        "mengetik lembar kertas",
        "mengundi lembar untuk entri ganda",
        sheet_number("AA", 1),
    ):
        assert words in text
    assert "Rahasia" not in text


def test_many_batches_come_in_pages(alice: Browser, office: Office) -> None:
    for _ in range(31):
        made_batch(alice, office, size=1)
    assert "Halaman 1 dari 2" in text_of(alice.get("/staf/kertas/"))
    last = text_of(alice.get("/staf/kertas/?hal=2"))
    assert "Halaman 2 dari 2" in last
    assert ">AA<" in last
    for odd in ("0", "99", "²", "x", ""):
        assert alice.get(f"/staf/kertas/?hal={odd}").status_code == 200


def test_the_pages_speak_english(app: Flask, alice: Browser, office: Office) -> None:
    page = made_batch(alice, office)
    text = text_of(alice.get(f"{page}/ketik?hari={TODAY - timedelta(days=1)}&lang=en"))
    assert "Key sheets of batch AA" in text
    assert "23 November 2026" in text
    assert "1 Ibu" not in text  # nobody was rostered that day
