"""Keying paper sheets in real Chromium: by keyboard alone, without JavaScript, on both widths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.paper import FIELDS, sheet_number
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import PaperSheet, Rating
from tests.browser.conftest import LiveSite
from tests.browser.test_journey import DESK, PHONE, log_in
from tests.ground.browser import violations

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

SHEETS = 5
PRESSES_A_SHEET = 28  # 4 of the number, a figure a field (12 + 5 + 2 + 1), and the ways between


def new_batch(page: Page, live: LiveSite, *, size: int) -> str:
    """Make a batch for one counter; return its letters."""
    page.goto(f"{live.address}/staf/kertas/baru")
    page.get_by_label("Layanan").select_option(label="KTP-el")
    page.get_by_label("Loket", exact=True).select_option(label="Loket 2 — KTP-el dan KIA")
    page.get_by_label("Jumlah lembar").fill(str(size))
    page.get_by_role("button", name="Buat kumpulan").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^Kumpulan [A-Z]{2}$"))
    return heading.inner_text().split()[-1]


def paper_ratings(live: LiveSite) -> int:
    with live.site.db.read() as session:
        question = select(func.count()).select_from(Rating).where(Rating.tier == "paper")
        return int(session.scalar(question) or 0)


@pytest.mark.long
def test_five_sheets_are_keyed_with_the_keyboard_alone(live: LiveSite, chromium: Browser) -> None:
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, live, "atasan")
    mark = new_batch(page, live, size=SHEETS)
    page.get_by_role("link", name="Ketik lembar").click()
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        page.keyboard.press(key)
        presses += 1

    before = paper_ratings(live)
    for running in range(1, SHEETS + 1):
        expect(page.get_by_label("Nomor lembar")).to_be_focused()
        page.wait_for_load_state()  # the script that moves on has run; before it, figures pile up
        for letter in sheet_number(mark, running)[len(mark) :]:
            press(letter)
        press("Tab")
        for place in range(len(ALL_KEYS)):
            press(str(4 if place == 3 else 1 + (running + place) % 4))
        press("Tab")  # no causes on the back
        for figure in "21310":  # age, sex, education, occupation; the last was left open
            press(figure)
        for figure in "000":  # neither fact, nobody named
            press(figure)
        press("Enter")
        shown = f"Lembar {mark} {running:03}"
        expect(page.get_by_role("status")).to_contain_text(shown)
    print(f"{presses / SHEETS} key presses a sheet")
    assert presses / SHEETS <= PRESSES_A_SHEET
    assert paper_ratings(live) == before + SHEETS
    with live.site.db.read() as session:
        kept = session.scalars(select(PaperSheet.entry).order_by(PaperSheet.id.desc())).first()
    assert kept is not None
    values = [kept[key] for key in ALL_KEYS]
    assert values == [4 if place == 3 else 1 + (5 + place) % 4 for place in range(12)]
    bands = [kept[k] for k in ("age_band", "sex", "education", "occupation", "needs_help")]
    assert bands == ["25_39", "female", "senior", "civil", None]
    assert tally_differences(live.site) == 0

    press("x")  # a mistake keeps what was typed and leads to the field
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("salah ketik")
    expect(page.get_by_label("Nomor lembar")).to_have_value("x")
    expect(page.get_by_label("Nomor lembar")).to_be_focused()
    context.close()


@pytest.mark.long
def test_a_sheet_is_keyed_and_corrected_without_javascript(
    live: LiveSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, live, "atasan")
    mark = new_batch(page, live, size=2)
    page.get_by_role("link", name="Ketik lembar").click()
    page.get_by_label("Nomor lembar").fill(sheet_number(mark, 1))
    for key in ALL_KEYS:
        page.locator(f"#{key}").fill("3")
    page.get_by_label("Usia").select_option(index=2)
    page.get_by_role("button", name="Simpan, lembar berikutnya").click()
    page.get_by_role("link", name="Betulkan lembar itu").click()
    page.locator("#waktu").fill("1")
    page.get_by_role("button", name="Simpan pembetulan").click()
    expect(page.get_by_role("status")).to_contain_text("dibetulkan")
    assert tally_differences(live.site) == 0
    context.close()


# A page does not look different on the other engine.
@pytest.mark.parametrize(
    ("live", "viewport"),
    [("sqlite", PHONE), ("sqlite", DESK)],
    ids=["360", "1280"],
    indirect=["live"],
)
@pytest.mark.long
def test_axe_finds_nothing_on_the_pages_of_paper(
    live: LiveSite, chromium: Browser, viewport: dict[str, int]
) -> None:
    context = chromium.new_context(viewport=viewport)  # type: ignore[arg-type]
    page = context.new_page()

    def check() -> None:
        assert not violations(page), page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], page.url

    log_in(page, live, "atasan")
    page.goto(f"{live.address}/staf/kertas/baru")
    check()
    mark = new_batch(page, live, size=30)
    batch = page.url
    for running, value in ((1, "3"), (2, "4")):
        page.goto(f"{batch}/ketik")
        page.get_by_label("Nomor lembar").fill(sheet_number(mark, running))
        for key in ALL_KEYS:
            page.locator(f"#{key}").fill(value)
        page.get_by_role("button", name="Simpan, lembar berikutnya").click()
    check()
    page.get_by_role("button", name="Simpan, lembar berikutnya").click()  # held back: required
    page.get_by_label("Nomor lembar").fill("x")
    page.locator("#waktu").fill("9")
    page.get_by_role("button", name="Simpan, lembar berikutnya").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check()
    page.goto(f"{batch}/lembar/2/betulkan")
    check()
    page.goto(batch)
    page.get_by_label("Nomor lembar").fill(sheet_number(mark, 3))
    page.get_by_role("button", name="Catat batal").click()
    check()
    page.get_by_role("link", name="Selesai mengetik").click()
    check()
    page.get_by_role("button", name="Undi lembar yang diperiksa").click()
    check()
    context.clear_cookies()
    log_in(page, live, "admin")
    page.goto(f"{batch}/periksa")
    check()
    for running, value in ((1, "3"), (2, "3")):
        page.get_by_label("Nomor lembar").fill(sheet_number(mark, running))
        for key in ALL_KEYS:
            page.locator(f"#{key}").fill(value)
        page.get_by_role("button", name="Simpan, lembar berikutnya").click()
    page.goto(f"{batch}/hasil")
    check()
    page.get_by_role("link", name=re.compile("^Lihat lembar")).click()
    check()
    for choice in page.get_by_role("combobox").all():
        choice.select_option("4")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text(f"0 dari {2 * (len(FIELDS) - 1)} isian")).to_be_visible()
    page.goto(f"{live.address}/staf/kertas/")
    check()
    context.close()
