"""HR's year in real Chromium: needs, plan, lot, course, and half a year later what it changed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_needs import DESK, logged_in, looked_at
from tests.ground.lots import BUDI, CITRA, DICE
from tests.ground.office import known_office
from tests.ground.plan_story import SEATS, begin_story, half_a_year_later
from tests.ground.plans import FIRST, YEAR

pytestmark = [pytest.mark.proof, pytest.mark.long, pytest.mark.engine_alike]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def test_hr_goes_from_needs_to_a_fixed_plan_its_lot_and_its_effect(
    served: Served, chromium: Browser
) -> None:
    office = known_office(served.site)
    ids = begin_story(served.site, office)
    page = logged_in(chromium, served, "hana", DESK)
    page.set_default_timeout(30_000)
    decide(page)
    plan_a_year(page)
    back_to_the_blocks(page)
    fix(page)
    seated = draw(page, served)
    served.clock.at += FIRST - served.clock.at.date() + timedelta(days=3)
    page = logged_in(chromium, served, "hana", DESK)
    record(page, served, seated)
    half_a_year_later(served.site, office, ids, [ids[int(name[-2:])] for name in seated])
    served.clock.at += date(YEAR, 10, 15) - served.clock.at.date()
    page = logged_in(chromium, served, "hana", DESK)
    see_its_effect(page, served)


def decide(page: Page) -> None:
    """HR's first page names the weak element; a person decides, with a reason."""
    expect(page.get_by_role("heading", name="Kebutuhan", exact=True)).to_be_visible()
    page.locator("a[href^='/staf/kebutuhan/']", has_text="Petugas 00").first.click()
    page.get_by_label("Alasan").fill("Pelatihan di bulan Februari")
    press(page, "Rencanakan pelatihan")
    expect(page.get_by_text("Pelatihan direncanakan").first).to_be_visible()


def plan_a_year(page: Page) -> None:
    """Money by kind, one run, and the plan is worked out beside the page."""
    follow(page, "Rencana")
    follow(page, "Buat rencana tahunan")
    page.get_by_label("Tahun").fill(str(YEAR))
    page.get_by_label("Biaya kontribusi").first.fill("18.000.000")
    page.get_by_label("Biaya perjalanan").first.fill("0")
    page.get_by_label("Uang harian").first.fill("1.200.000")
    page.get_by_label("20 JP untuk PNS").select_option("none")
    press(page, "Simpan")
    page.get_by_label("Tanggal mulai").fill(FIRST.isoformat())
    page.get_by_label("Jumlah kursi").fill(str(SEATS))
    page.locator("#fee").fill("3.000.000")
    page.locator("#travel").fill("0")
    page.locator("#daily").fill("200.000")
    page.locator("#jp").fill("20")
    press(page, "Tambah calon jadwal")
    looked_at(page)
    follow(page, "Ke rencana")
    press(page, "Susun rencana")
    expect(page.get_by_text("Versi 1 adalah rancangan")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(f"{SEATS} kursi, diundi")).to_be_visible()
    looked_at(page)


def back_to_the_blocks(page: Page) -> None:
    """From a plan line two clicks."""
    line: Locator = page.locator("li", has_text="Petugas 07").first
    line.locator("a[href^='/staf/kebutuhan/']").first.click()  # 1: its own need
    expect(page.locator("main")).to_contain_text("Petugas 07")
    follow(page, "Lihat nilainya per triwulan")  # 2
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dasar kebutuhan")
    page.go_back()
    page.go_back()


def fix(page: Page) -> None:
    """A name and a position make it the plan."""
    follow(page, "Tetapkan versi 1…")
    page.get_by_label("Nama yang menetapkan").fill("Sri Contoh")
    page.get_by_label("Jabatan").fill("Kepala Dinas")
    press(page, "Tetapkan versi 1")
    expect(page.get_by_text("Versi 1 berlaku: ditetapkan oleh Sri Contoh")).to_be_visible()


def draw(page: Page, served: Served) -> list[str]:
    """The lot of the plan's run; the names of those who sit."""
    follow(page, "Siapkan undian untuk mereka")
    press(page, "Simpan daftar")
    follow(page, "Bekukan daftar…")
    press(page, "Bekukan daftar")
    page.locator("#dice").fill(DICE)
    page.locator("#first_witness").fill(BUDI)
    page.locator("#second_witness").fill(CITRA)
    press(page, "Periksa")
    press(page, "Undi")
    looked_at(page)
    with page.expect_download() as minutes:
        follow(page, "Unduh berita acara (PDF)")
    assert minutes.value.suggested_filename.endswith(".pdf")
    names = page.locator("tr", has_text=re.compile("Februari")).locator("th").all_inner_texts()
    seated = [name for text in names for name in re.findall(r"Petugas \d\d", text)]
    assert len(seated) == SEATS
    return seated


def record(page: Page, served: Served, seated: list[str]) -> None:
    """Who came and what it cost; the money is spent."""
    page.goto(f"{served.address}/staf/rencana/{YEAR}")
    follow(page, "Catat kehadiran dan biaya")
    for name in seated:  # as drawn
        expect(page.get_by_label(f"Kehadiran {name}")).to_have_value("came")
    press(page, "Simpan kehadiran dan biaya")
    expect(page.get_by_text(f"Dicatat: {SEATS} orang hadir.")).to_be_visible()
    looked_at(page)


def see_its_effect(page: Page, served: Served) -> None:
    """The study finds it, and the plan says what it had expected beside it."""
    follow(page, "Dampak")
    press(page, "Ukur sekarang")
    found = page.get_by_role("link", name="Pelayanan prima").first
    expect(found).to_be_visible(timeout=120_000)
    found.click()
    expect(
        page.get_by_text("dari 100 pengunjung menjawab satu tingkat lebih tinggi").first
    ).to_be_visible()
    page.goto(f"{served.address}/staf/rencana/{YEAR}")
    came = page.get_by_role("row", name=re.compile("^Pelayanan prima Perilaku"))  # after the lines
    expect(came).to_contain_text(re.compile("(sesuai|di luar) rentang"))  # no longer "not measured"
    looked_at(page)
