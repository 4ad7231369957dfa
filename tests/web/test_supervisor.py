"""The supervisor's screens: own unit only, honest numbers, safe files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest

from feedback_app.services.site import Site
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.web.test_citizen import opened


@pytest.fixture
def alice(browse: Callable[[], Browser]) -> Browser:
    """Supervises unit A."""
    return browse().log_in("alice")


def test_each_sees_only_the_own_units_counters(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_ratings(site, office, 12)
    for name, own, foreign in (("alice", "A1", "B1"), ("bob", "A1", "B1"), ("charlie", "B1", "A1")):
        browser = browse().log_in(name)
        page = browser.get("/staf/loket/").get_data(as_text=True)
        assert f"Loket {own}" in page
        assert f"Loket {foreign}" not in page
        assert browser.get(f"/staf/loket/{own}").status_code == 200
        missing = browser.get(f"/staf/loket/{foreign}")
        unknown = browser.get("/staf/loket/ZZ")
        assert missing.status_code == unknown.status_code == 404
        plain = [  # a token may hold the two letters by chance
            re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))
            for answer in (missing, unknown)
        ]
        assert plain[0].replace(foreign, "ZZ") == plain[1]  # absent and forbidden look alike


def test_below_ten_no_number_is_shown_anywhere(alice: Browser, site: Site, office: Office) -> None:
    add_ratings(site, office, 9, perilaku=4)
    page = alice.get("/staf/loket/A1?periode=today").get_data(as_text=True)
    assert "Belum cukup penilaian (9 dari 10)" in page
    assert "3,00" not in page
    assert "4,00" not in page
    sheet = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/A1/unduh.xlsx").data))
    rows = list(sheet["Unsur"].iter_rows(min_row=2, min_col=3, values_only=True))
    assert all(cell is None for row in rows for cell in row)
    add_ratings(site, office, 1, perilaku=4)
    page = alice.get("/staf/loket/A1?periode=today").get_data(as_text=True)
    assert "77,78" in page  # (8 x 3 + 4) / 9 x 25


def test_the_index_counts_complete_forms_and_shows_partial_apart(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 10)
    add_ratings(site, office, 5, biaya=None, perilaku=1)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "75,00" in page  # ten forms of nothing but 3; the partial ones are not in the index
    assert "5 terisi sebagian" in page


def test_only_named_officers_are_scored_and_nobody_is_ranked(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 12, officer_id=office.officer["Sari"], perilaku=1)
    add_ratings(site, office, 12, officer_id=office.officer["Andi"], perilaku=4)
    add_ratings(
        site, office, 30, officer_id=office.officer["Andi"], attribution="roster", perilaku=1
    )
    add_ratings(site, office, 3, officer_id=None, attribution="unknown", served_by="another")
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert page.index("Andi Contoh") < page.index("Sari Contoh")  # by name, not by score
    assert "3,25" in page  # Andi: (4 + 3 + 3 + 3) / 4, without the 30 that the roster guessed
    assert "3 penilaian menyebut petugas lain" in page
    assert "belum terverifikasi" in page


def test_filters_live_in_the_address(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    add_ratings(site, office, 11, day=TODAY - timedelta(days=10))
    add_ratings(site, office, 10, service_id=office.service["kk"])
    counts = {}
    for query in ("periode=today", "periode=7", "periode=30", "periode=semester", "periode=x"):
        page = alice.get(f"/staf/loket/A1?{query}").get_data(as_text=True)
        counts[query] = page.split('data-n="A1">')[1].split("<")[0]
    assert counts == {
        "periode=today": "10",
        "periode=7": "10",
        "periode=30": "21",
        "periode=semester": "21",
        "periode=x": "21",
    }
    kk = alice.get(f"/staf/loket/A1?layanan={office.service['kk']}").get_data(as_text=True)
    assert 'data-n="A1">10<' in kk
    none = alice.get("/staf/loket/A1?jalur=kiosk&layanan=²").get_data(as_text=True)
    assert 'data-n="A1">0<' in none


def test_files_open_again_and_hold_no_formula_and_no_identifier(
    alice: Browser, site: Site, office: Office
) -> None:
    add_ratings(site, office, 12)
    book = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/unduh.xlsx").data))
    rows = list(book["Loket"].iter_rows(values_only=True))
    assert rows[1][:3] == ("A1", "Loket A1", 12)
    assert rows[1][5] == pytest.approx(75)
    whole = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/A1/unduh.xlsx").data))
    cells = [cell for sheet in whole for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    text = alice.get("/staf/loket/A1/unduh.csv").get_data(as_text=True)
    assert text.startswith("\ufeffUnsur;")
    assert "3,00" in text
    assert alice.get("/staf/loket/A1/unduh.exe").status_code == 404


def test_comments_are_shown_in_closed_batches_only(
    alice: Browser, browse: Callable[[], Browser], site: Site, place: str, clock: SteppedClock
) -> None:
    citizen = browse()
    for i in range(5):
        sent = opened(citizen, place) | {"comment": f"Komentar {i} dari 081234567890"}
        clock.at += timedelta(minutes=5)  # five hasty ones in a row would be held
        assert citizen.post(f"/q/{place}", data=sent).status_code == 303
        clock.at += timedelta(minutes=5)
    assert "Komentar" not in alice.get("/staf/loket/A1").get_data(as_text=True)
    clock.at += timedelta(days=14)  # 8 December: the month is over and a week has passed
    page = browse().log_in("alice").get("/staf/loket/A1").get_data(as_text=True)
    assert page.count("Komentar") == 5
    assert "081234567890" not in page
