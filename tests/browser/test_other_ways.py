"""Who else rates, in real Chromium: at home tomorrow, by ear, inside a chat; and what tears a form."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select

from feedback_app.domain.causes import OF_ELEMENT, packed
from feedback_app.domain.elements import FORM_ORDER, OFFICER_KEYS, element
from feedback_app.storage.models import Rating
from tests.browser.conftest import LiveSite, Served
from tests.browser.test_devices import hold_still, move_clock, paired_page
from tests.browser.test_journey import url_on_card
from tests.browser.test_minute import PHONE, ids, newest, tap
from tests.ground.codes import codes
from tests.ground.office import TODAY, known_office

pytestmark = [pytest.mark.proof, pytest.mark.long]
# What a browser does is the same on each engine.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KIOSK = {"width": 800, "height": 1280}
CHAT = (
    "Mozilla/5.0 (Linux; Android 10; SM-A107F; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/119.0.0.0 Mobile Safari/537.36 Instagram 309.0.0.40.113 Android"
)
# A chat's page keeps nothing and has no voice.
KEEPS_NOTHING = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    get() { throw new DOMException("denied", "SecurityError"); } }); }
Object.defineProperty(window, "speechSynthesis", { value: undefined });"""
VOICE = """window.said = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "id-ID" }],
  speak: (one) => said.push(one.text),
  cancel: () => said.push("(stopped)") } });"""
OFFICER_PART = FORM_ORDER[: len(OFFICER_KEYS)]


def answers_of(row: Rating) -> list[int | None]:
    return [getattr(row, key) for key in FORM_ORDER]


def stored(served: Served) -> list[Rating]:
    with served.site.db.read() as session:
        return list(session.scalars(select(Rating)))


def is_received(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")


@on_sqlite
def test_someone_afraid_rates_at_home_tomorrow_by_ticket(served: Served, chromium: Browser) -> None:
    office = known_office(served.site)
    (code,) = codes(served.site, office, service="kk")  # handed out today
    served.clock.at += timedelta(hours=21)  # the next morning, when others are on duty
    page = chromium.new_context(viewport=PHONE, has_touch=True).new_page()  # type: ignore[arg-type]
    page.goto(f"{served.address}/v/{code.long}")
    expect(page.get_by_text("Tiket Anda dikenali.")).to_be_visible()
    expect(page.get_by_text("Siapa yang melayani Anda pada 24 November 2026?")).to_be_visible()
    page.get_by_text("Ibu Andi", exact=True).tap()
    page.locator("label:has([name=perilaku][value='1'])").tap()
    page.get_by_label("Nada bicara kasar").check()
    page.get_by_role("button", name="Lanjut").tap()
    for key in OFFICER_PART[1:]:
        page.locator(f"label:has([name={key}][value='2'])").tap()
        page.get_by_role("button", name="Lanjut").tap()
    page.locator(".fork").get_by_role("button", name="Kirim sekarang").tap()
    is_received(page)
    (row,) = stored(served)
    assert answers_of(row) == [1, 2, 2, 2] + [None] * 8
    assert (row.officer_id, row.visit_day) == (office.officer["Andi"], TODAY)
    assert (row.tier, row.day) == ("visit", TODAY + timedelta(days=1))
    assert row.service_id == office.service["kk"]


def test_a_blind_person_rates_by_roles_and_names_alone(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    """No style, no picture, no pointer: what a screen reader says, and the keys it presses."""
    page = chromium.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(url_on_card(live_sqlite, "L2"))
    before = ids(live_sqlite)

    def choose(name: str) -> None:
        radio = page.get_by_role("radio", name=name, exact=True)
        radio.focus()
        page.keyboard.press("Space")
        expect(radio).to_be_checked()

    expect(page.get_by_role("heading", level=1)).to_have_text("Loket 2 — KTP-el dan KIA")
    expect(page.get_by_role("main")).to_be_visible()
    served = page.get_by_role("group", name=re.compile("Dilayani oleh|Siapa yang melayani"))
    name = served.get_by_role("radio").first
    name.focus()
    page.keyboard.press("Space")
    for number, key in enumerate(FORM_ORDER, start=1):
        asked = page.get_by_role("group", name=re.compile(f"^{number}\\. "))
        expect(asked).to_be_visible()
        assert asked.get_by_role("radio").count() == 4
        value = 2 if key == "biaya" else 3
        choose(element(key).labels[value - 1])
        if key == "biaya":
            why = page.get_by_role("group", name="Apa sebabnya?")
            why.get_by_role("checkbox").first.focus()
            page.keyboard.press("Space")
        if number == len(OFFICER_PART) + 1:
            fork = page.get_by_role("heading", level=2)
            expect(fork.first).to_have_text("Tentang petugas: selesai. Boleh berhenti di sini.")
            expect(page.get_by_role("button", name="Kirim sekarang")).to_be_visible()
        if number < len(FORM_ORDER):
            page.get_by_role("button", name="Lanjut", exact=True).press("Enter")
    page.get_by_role("button", name="Kirim penilaian").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    row = newest(live_sqlite, before)
    assert answers_of(row) == [2 if key == "biaya" else 3 for key in FORM_ORDER]
    assert row.causes == packed([OF_ELEMENT["biaya"][0]])
    assert (row.served_by, row.state) == ("officer", "counted")


def test_a_chats_browser_that_keeps_nothing_and_has_no_voice(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True, user_agent=CHAT)  # type: ignore[arg-type]
    context.add_init_script(KEEPS_NOTHING)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(url_on_card(live_sqlite, "L2") + ".")  # as a sentence ends
    before = ids(live_sqlite)
    page.get_by_role("button", name="Dengarkan").tap()
    expect(page.get_by_role("status")).to_contain_text("tidak punya suara")
    page.locator(".served label").first.tap()
    for key in OFFICER_PART:
        tap(page, key, 3)
    page.locator(".fork").get_by_role("button", name="Kirim sekarang").tap()
    is_received(page)
    row = newest(live_sqlite, before)
    assert answers_of(row) == [3] * 4 + [None] * 8
    assert row.state == "counted"
    assert faults == []


def test_a_phone_with_a_voice_reads_the_question_that_is_seen_and_shows_that_it_plays(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    context.add_init_script(VOICE)  # this machine has none
    page = context.new_page()
    page.goto(url_on_card(live_sqlite, "L2"))
    tap(page, "perilaku", 3)
    page.get_by_role("button", name="Dengarkan").tap()
    expect(page.get_by_role("button", name="Berhenti")).to_have_attribute("aria-pressed", "true")
    item = element("kompetensi")
    assert page.evaluate("said") == [f"2. {item.question} {'. '.join(item.labels)}."]
    page.get_by_role("button", name="Berhenti").tap()
    expect(page.get_by_role("button", name="Dengarkan")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("said")[-1] == "(stopped)"


def test_two_tabs_of_one_counter_and_one_that_is_killed(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    """Each tab is an answer of its own; one that dies half-way takes nothing along."""
    context = chromium.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    one, two = context.new_page(), context.new_page()
    address = url_on_card(live_sqlite, "L2")
    one.goto(address)
    tap(one, "perilaku", 4)
    one.locator("html[data-keeps]").wait_for()
    two.goto(address)
    tap(two, "perilaku", 3)
    tap(two, "kompetensi", 3)
    two.locator("html[data-keeps]").wait_for()
    with pytest.raises(PlaywrightError):
        two.goto("chrome://crash")
    two = context.new_page()
    two.goto(address)  # scanned again: the dead tab's answers are nobody else's to see
    expect(two.locator(".foot")).to_contain_text("1 dari 12")
    before = ids(live_sqlite)
    for page, value in ((one, 4), (two, 3)):
        for key in OFFICER_PART[1 if page is one else 0 :]:
            tap(page, key, value)
        page.locator(".fork").get_by_role("button", name="Kirim sekarang").tap()
        is_received(page)
    with live_sqlite.site.db.read() as session:
        rows = session.scalars(select(Rating).where(Rating.id.not_in(before))).all()
    assert sorted(row.perilaku or 0 for row in rows) == [3, 4]
    assert all(len({getattr(row, key) for key in OFFICER_KEYS}) == 1 for row in rows)


@on_sqlite
@pytest.mark.parametrize("is_answered", [True, False], ids=["answered", "passed over"])
def test_a_kiosk_left_at_question_seven_begins_again(
    served: Served, chromium: Browser, *, is_answered: bool
) -> None:
    tablet = paired_page(chromium, served, "kiosk", KIOSK)
    for key in FORM_ORDER[:6]:
        label = tablet.locator(f"label:has([name={key}][value='3'])")
        (label if is_answered else tablet.locator(".next")).click()
        expect(label).to_be_hidden()
    expect(tablet.locator(".foot")).to_contain_text("7 dari 12")
    hold_still(tablet)
    with tablet.expect_navigation():
        move_clock(tablet, 62_000)
    expect(tablet.locator(".foot")).to_contain_text("1 dari 12")
    assert tablet.locator("input:checked").count() == 0
    assert stored(served) == []
