"""The supervisor's screens: own unit only, honest numbers, safe files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.services.site import Site
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.web.test_citizen import opened
from tests.web.test_surveys import open_survey, send


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


def next_day(alice: Browser, clock: SteppedClock) -> None:
    """A log-in does not last until the next day."""
    clock.at += timedelta(days=1)
    alice.log_in("alice")


def varied(site: Site, office: Office, day: date, *, best: int, rest: int, **changes: Any) -> None:
    """Forms that do not all say the same: `best` with nothing but 4, `rest` with nothing but 3."""
    add_ratings(site, office, best, day=day, **(dict.fromkeys(ALL_KEYS, 4) | changes))
    add_ratings(site, office, rest, day=day, **changes)


def test_a_score_waits_for_ten_forms_and_for_ten_behind_them(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    varied(site, office, TODAY, best=4, rest=5)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "9 dari 20 formulir lengkap terkumpul untuk nilai berikutnya" in page
    assert 'data-n="A1">9<' in page  # the number of ratings is live
    add_ratings(site, office, 1)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert 'data-n="A1">10<' in page
    next_day(alice, clock)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "10 dari 20 formulir lengkap terkumpul" in page
    varied(site, office, TODAY + timedelta(days=1), best=2, rest=8)
    assert "Menunggu cukup penilaian baru" in alice.get("/staf/loket/A1").get_data(as_text=True)
    next_day(alice, clock)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "85,00" in page  # (4 x 100 + 6 x 75) / 10
    assert re.search(r"10 formulir lengkap\s*<", page)
    assert "1 Oktober – 24 November 2026" in page
    for path in ("/staf/loket/A1?periode=today", "/staf/loket/?periode=today"):
        above_the_trend = alice.get(path).get_data(as_text=True).split("<h2>12 minggu")[0]
        assert "85,00" not in above_the_trend


def test_the_next_rating_moves_the_count_and_no_score(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    varied(site, office, TODAY, best=6, rest=6)
    next_day(alice, clock)
    varied(site, office, TODAY + timedelta(days=1), best=2, rest=10)
    next_day(alice, clock)

    def numbers() -> set[str]:
        pages = [
            alice.get(path).get_data(as_text=True) for path in ("/staf/loket/", "/staf/loket/A1")
        ]
        return {number for page in pages for number in re.findall(r"\d+,\d+", page)}

    before = numbers()
    assert "87,50" in before
    for _ in range(3):
        add_ratings(site, office, 3, day=TODAY + timedelta(days=2), **dict.fromkeys(ALL_KEYS, 1))
        next_day(alice, clock)
        assert numbers() == before
    assert 'data-n="A1">33<' in alice.get("/staf/loket/A1").get_data(as_text=True)
    add_ratings(site, office, 2, day=TODAY + timedelta(days=3))
    next_day(alice, clock)
    assert numbers() != before


def test_the_index_counts_complete_forms_and_shows_partial_held_and_aside_apart(
    alice: Browser, site: Site, office: Office
) -> None:
    day = TODAY - timedelta(days=2)
    varied(site, office, day, best=5, rest=5)
    add_ratings(site, office, 5, day=day, biaya=None, perilaku=1)
    add_ratings(site, office, 2, day=day, state="held", perilaku=1)
    add_ratings(site, office, 4, day=day, state="aside", perilaku=1)
    varied(site, office, TODAY - timedelta(days=1), best=2, rest=8)  # the block behind
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "87,50" in page
    for words in ("5 terisi sebagian", "2 ditahan", "4 dikesampingkan", 'data-n="A1">25<'):
        assert words in page


def test_what_needs_attention_names_plans_that_are_due_and_not_what_others_must_do(
    browse: Callable[[], Browser],
    alice: Browser,
    site: Site,
    office: Office,
    clock: SteppedClock,
) -> None:
    """Of any day, whatever the period; paper waits for its second entry, not for a verdict."""
    long_ago = TODAY - timedelta(days=12)
    add_ratings(site, office, 12, day=date(2026, 7, 2), waktu=2)
    add_ratings(site, office, 3, day=long_ago, state="held")
    add_ratings(site, office, 4, day=long_ago, state="held", tier="paper")
    page = open_survey(alice, office)
    send(alice, f"{page}/tutup")
    fields = {"element": "waktu", "cause": "Antre", "responsible": "Kepala Seksi", "note": ""}
    for action, status, days in (
        ("Terlambat", "running", -1),
        ("Segera", "planned", 7),
        ("Nanti", "planned", 8),
    ):
        fields |= {"action": action, "status": status, "due": TODAY + timedelta(days=days)}
        assert send(alice, f"{page}/tindak-lanjut", **fields).status_code == 302
    needs = alice.get("/staf/loket/?periode=today").get_data(as_text=True)
    needs = " ".join(needs.split('id="needs"')[1].split("</section>")[0].split())
    assert "inspektorat" not in needs  # held answers are not the supervisor's to do
    assert "Terlambat <strong>Lewat waktu, seharusnya selesai 23 November 2026." in needs
    assert "Segera <strong>Jatuh tempo 1 Desember 2026." in needs
    assert "Nanti" not in needs
    others = browse().log_in("charlie").get("/staf/loket/").get_data(as_text=True)
    assert "Jatuh tempo" not in others


def test_nothing_held_or_set_aside_is_no_zero(alice: Browser, site: Site, office: Office) -> None:
    add_ratings(site, office, 3)
    for path in ("/staf/loket/", "/staf/loket/A1"):
        page = alice.get(path).get_data(as_text=True)
        assert "0 ditahan" not in page
        assert "0 dikesampingkan" not in page


def test_charts_write_the_ends_of_their_scales_and_keep_their_heads_on_a_phone(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    varied(site, office, TODAY - timedelta(days=1), best=6, rest=6)
    varied(site, office, TODAY, best=2, rest=10)
    next_day(alice, clock)
    page = alice.get("/staf/loket/").get_data(as_text=True)
    bar, line = re.findall(r'<td class="chart".*?</td>', page, re.DOTALL)[:2]
    assert 'data-label="Rentang 95%"' in bar
    assert re.findall(r">(\d+)</text>", bar) == ["50", "100"]
    assert 'data-label="12 minggu"' in line
    interval = re.search(r"(\d+),\d–(\d+),\d</span>", page)
    assert interval is not None
    top, bottom = (int(end) for end in re.findall(r">(\d+)</text>", line))
    assert bottom <= int(interval[1]) < bottom + 5  # the nearest whole fives around it
    assert top - 5 <= int(interval[2]) < top


def quarter_of_two_officers(site: Site, office: Office) -> None:
    """The third quarter of 2026: each month both officers, both services, and some unnamed."""
    unnamed = {"officer_id": None, "attribution": "unknown", "served_by": "another"}
    for month in (7, 8, 9):
        for number in (6, 20):
            day = date(2026, month, number)
            varied(site, office, day, best=6, rest=10, officer_id=office.officer["Sari"], waktu=2)
            kk: dict[str, Any] = {"service_id": office.service["kk"], "prosedur": 2}
            varied(site, office, day, best=9, rest=3, officer_id=office.officer["Andi"], **kk)
            varied(site, office, day, best=2, rest=4, **unnamed)


def test_officers_and_services_are_told_by_closed_quarter_and_nobody_is_ranked(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    quarter_of_two_officers(site, office)
    guessed = {"officer_id": office.officer["Andi"], "attribution": "roster"}
    add_ratings(site, office, 30, day=date(2026, 8, 3), perilaku=1, waktu=2, **guessed)
    counter = alice.get("/staf/loket/A1").get_data(as_text=True)
    assert "Sari Contoh" not in counter  # over all counters of the unit, never by counter
    assert 'href="/staf/loket/petugas?triwulan=2026-t3"' in counter
    assert "KTP-el" in counter
    assert "Kartu Keluarga" in counter
    page = alice.get("/staf/loket/petugas").get_data(as_text=True)
    assert "Triwulan III 2026" in page
    assert page.index("Andi Contoh") < page.index("Sari Contoh")  # by name, not by score
    assert "3,75" in page  # Andi: nine of twelve gave 4; not the 30 that the roster guessed
    assert "36 penilaian menyebut petugas lain" in page
    assert "belum terverifikasi" in page
    file = alice.get("/staf/loket/petugas/unduh.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(file))
    rows = {row[1]: row for row in book["Petugas"].iter_rows(min_row=2, values_only=True)}
    assert rows["Andi Contoh"][2:5] == (72, 72, pytest.approx(3.75))
    assert rows["Andi Contoh"][8:10] == (0, None)  # nobody stopped early
    book = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/A1/unduh.xlsx").data))
    services = {row[0]: row for row in book["Layanan"].iter_rows(min_row=2, values_only=True)}
    assert services["Kartu Keluarga"][1] == 72
    assert "Kepercayaan" not in str(services)


def test_an_officer_whose_figures_would_open_the_unnamed_is_withheld(
    alice: Browser, site: Site, office: Office
) -> None:
    for month in (7, 8, 9):
        varied(site, office, date(2026, month, 6), best=6, rest=10)
    add_ratings(site, office, 4, day=date(2026, 9, 6), officer_id=None, attribution="unknown")
    page = alice.get("/staf/loket/petugas").get_data(as_text=True)
    assert "jawaban beberapa orang lain dapat dihitung darinya" in page
    assert "3,38" not in page


def test_officers_before_the_first_quarter_came_out(alice: Browser) -> None:
    page = alice.get("/staf/loket/petugas").get_data(as_text=True)
    assert "Belum ada" in page
    for ending, status in (("xlsx", 200), ("csv", 200), ("pdf", 404)):
        assert alice.get(f"/staf/loket/petugas/unduh.{ending}").status_code == status


def test_forms_that_stopped_early_have_a_column_of_their_own(
    alice: Browser, site: Site, office: Office
) -> None:
    quarter_of_two_officers(site, office)
    early = {key: None for key in OFFICIAL_KEYS if key not in OFFICER_KEYS}
    early |= {"day": date(2026, 8, 4)}
    add_ratings(site, office, 7, perilaku=2, **early)
    add_ratings(site, office, 5, perilaku=4, counter="A2", **early)
    add_ratings(site, office, 9, officer_id=office.officer["Andi"], **early)
    page = alice.get("/staf/loket/petugas").get_data(as_text=True)
    assert "2,96" in page
    assert "12 formulir" in page
    file = alice.get("/staf/loket/petugas/unduh.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(file))
    rows = {row[1]: row for row in book["Petugas"].iter_rows(min_row=2, values_only=True)}
    assert rows["Sari Contoh"][8:11] == (12, 12, pytest.approx(2.96, abs=0.005))
    assert rows["Andi Contoh"][8:] == (9, None, None, None, None, "tidak ditampilkan")


def test_what_was_a_filter_is_none_and_the_page_says_so(
    alice: Browser, site: Site, office: Office
) -> None:
    quarter_of_two_officers(site, office)
    plain = alice.get("/staf/loket/A1").get_data(as_text=True)
    for query in (f"layanan={office.service['kk']}", "jalur=poster", "cara masuk=kiosk&layanan=²"):
        page = alice.get(f"/staf/loket/A1?{query}").get_data(as_text=True)
        assert "tidak dapat digabung" in page
        assert set(re.findall(r"\d+,\d+", page)) == set(re.findall(r"\d+,\d+", plain))
    assert "tidak dapat digabung" not in plain


def test_the_period_lives_in_the_address(
    alice: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    varied(site, office, TODAY - timedelta(days=10), best=5, rest=6)
    varied(site, office, TODAY - timedelta(days=9), best=2, rest=8)
    add_ratings(site, office, 10, service_id=office.service["kk"])
    counts, scores = {}, {}
    for query in ("periode=today", "periode=7", "periode=30", "periode=semester", "periode=x"):
        page = alice.get(f"/staf/loket/A1?{query}").get_data(as_text=True)
        counts[query] = page.split('data-n="A1">')[1].split("<")[0]
        scores[query] = "86,36" in page.split("<h2>12 minggu")[0]
    assert counts == {
        "periode=today": "10",
        "periode=7": "10",
        "periode=30": "31",
        "periode=semester": "31",
        "periode=x": "31",
    }
    assert [key for key, is_there in scores.items() if is_there] == [
        "periode=30",
        "periode=semester",
        "periode=x",
    ]
    for odd in ("triwulan=2026-t3", "triwulan=²", "triwulan=2031-t9"):
        assert alice.get(f"/staf/loket/A1?{odd}").status_code == 200


def test_elements_are_told_by_closed_months_and_nearly_alike_ones_as_bands(
    alice: Browser, site: Site, office: Office
) -> None:
    varied(site, office, date(2026, 10, 5), best=12, rest=12, biaya=4)
    varied(site, office, date(2026, 11, 2), best=3, rest=9)
    page = alice.get("/staf/loket/A1").get_data(as_text=True)
    spans = " ".join(page.split('<dl class="facts">')[1].split("</dl>")[0].split())
    assert "<dt>Unsur</dt> <dd>1 Oktober" in spans  # which days, said once
    assert "3,50" in page
    assert "Mendekati “Gratis”" in page
    text = alice.get("/staf/loket/A1/unduh.csv").get_data(as_text=True)
    lines = {line.split(";")[0]: line.split(";") for line in text.splitlines()}
    assert lines["Biaya/Tarif"][2:] == ["24", *[""] * 7, "antara 3,5 dan 4,0"]
    hidden = [name for name, cells in lines.items() if cells[-1].startswith("antara")]
    assert len(hidden) == 2  # a single one would follow from the index and the other eight
    assert lines["Kejelasan Informasi"][2:7] == ["24", "0", "0", "12", "12"]


def test_files_open_again_and_hold_no_formula_and_no_identifier(
    alice: Browser, site: Site, office: Office
) -> None:
    varied(site, office, date(2026, 10, 30), best=6, rest=6)
    varied(site, office, date(2026, 11, 3), best=2, rest=10)
    book = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/unduh.xlsx").data))
    rows = list(book["Loket"].iter_rows(values_only=True))
    assert rows[1][:5] == ("A1", "Loket A1", 24, 0, 0)
    assert rows[1][9] == pytest.approx(87.5)
    assert rows[2][6:] == (None,) * 7
    whole = openpyxl.load_workbook(io.BytesIO(alice.get("/staf/loket/A1/unduh.xlsx").data))
    cells = [cell for sheet in whole for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert whole.sheetnames == [
        "Ringkasan",
        "Unsur",
        "Tren mingguan",
        "Layanan",
        "Sebab",
        "Kunjungan",
    ]
    about = dict(whole["Ringkasan"].iter_rows(min_row=2, values_only=True))
    assert about["Penilaian sampai"] == datetime(2026, 11, 24)  # a day, not a text
    assert about["IKM"] == 87.5
    assert whole["Unsur"]["B2"].value in ("petugas", "proses", "tempat", "unit")
    assert whole["Unsur"].freeze_panes == "A2"
    assert whole["Unsur"].auto_filter.ref
    assert "triwulan" in whole["Layanan"]["A2"].value  # why it is empty
    text = alice.get("/staf/loket/A1/unduh.csv").get_data(as_text=True)
    assert text.startswith("\ufeffUnsur;")
    assert "3,50" in text
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
