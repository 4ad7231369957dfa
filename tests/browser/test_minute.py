"""The citizen's minute in real Chromium with touch: taps, first screens, the fork, Back, the row."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS, FORM_ORDER, OFFICER_KEYS
from feedback_app.storage.models import Rating
from tests.browser.conftest import LiveSite
from tests.browser.test_journey import url_on_card
from tests.ground.browser import violations

pytestmark = [pytest.mark.proof]

BROWSER_BAR = 56  # pixels of a phone's screen that are the browser's own
PHONE = {"width": 360, "height": 640 - BROWSER_BAR}
SHIFTS = """window.shifts = 0; new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone that is touched; what its console complains about fails the test."""
    context = chromium.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    context.add_init_script(SHIFTS)
    complaints: list[str] = []
    context.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [said for said in complaints if "net::ERR_FAILED" not in said] == []


def tap(page: Page, key: str, value: int) -> None:
    """Touch an answer as a thumb does."""
    label = page.locator(f"label:has([name={key}][value='{value}'])")
    label.tap()
    expect(label).to_be_hidden()  # the next question is there


def is_asked(page: Page, number: int) -> None:
    expect(page.locator(".foot")).to_contain_text(f"{number} dari 12")
    expect(page.locator(".step.on [type=radio]").last).to_have_attribute(
        "name", FORM_ORDER[number - 1]
    )


def newest(live: LiveSite, before: set[str]) -> Rating:
    with live.site.db.read() as session:
        return session.scalars(select(Rating).where(Rating.id.not_in(before))).one()


def ids(live: LiveSite) -> set[str]:
    with live.site.db.read() as session:
        return set(session.scalars(select(Rating.id)))


def fits(page: Page, selector: str) -> bool:
    """Whether every such thing that is shown stands whole on the first screen."""
    return bool(
        page.evaluate(
            """selector => [...document.querySelectorAll(selector)].every(part => {
            const box = part.getBoundingClientRect();
            return box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; })""",
            selector,
        )
    )


FIRST = "[name=served_by]:not(.before *), .step.on .q legend, .step.on .q>label"


def test_a_hurried_mother_stops_at_the_fork_after_six_taps(
    live_sqlite: LiveSite, page: Page
) -> None:
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.method) if "/q/" in r.url or "/r/" in r.url else 0)
    page.goto(url_on_card(live_sqlite, "L2"))
    assert fits(page, FIRST)
    assert not violations(page)
    before = ids(live_sqlite)
    page.locator(".served label").first.tap()
    for number, key in enumerate(FORM_ORDER[:4], start=1):
        is_asked(page, number)
        tap(page, key, 3 if number < 4 else 4)
    expect(page.get_by_text("Boleh berhenti di sini.")).to_be_visible()
    assert fits(page, ".fork, .step.on .q>label")
    assert not violations(page)
    page.go_back()  # the phone's own Back: one question back, nothing lost
    is_asked(page, 4)
    assert page.locator("input[name=kecepatan]:checked").input_value() == "4"
    page.go_forward()
    page.locator("html[data-keeps]").wait_for()
    assert page.evaluate("history.state") == {"q": 4}  # the number and nothing else
    sent.clear()
    page.locator(".fork").get_by_role("button", name="Kirim sekarang").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    assert sent == ["POST", "GET"]  # the answer and its receipt, neither twice
    assert "/r/" in page.url
    assert not violations(page)
    assert page.evaluate("window.shifts") == 0
    page.go_back()
    assert page.url == "about:blank"  # no question is left in the history
    row = newest(live_sqlite, before)
    assert {key: getattr(row, key) for key in ALL_KEYS} == dict.fromkeys(ALL_KEYS) | dict.fromkeys(
        OFFICER_KEYS, 3
    ) | {"kecepatan": 4}
    assert (row.served_by, row.officer_id is None) == ("officer", False)


SLOW_3G = {"offline": False, "latency": 2_000, "downloadThroughput": 5e4, "uploadThroughput": 5e4}
SLOW_PHONE = 4  # times slower than this machine
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""


@pytest.mark.long
def test_a_farmer_on_slow_3g_finishes_in_thirteen_taps_and_trust_may_stay_open(
    live_sqlite: LiveSite, page: Page
) -> None:
    phone = page.context.new_cdp_session(page)
    phone.send("Network.emulateNetworkConditions", SLOW_3G)  # as Chromium names it: 2 s, 400 kb/s
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})
    page.set_default_timeout(60_000)
    page.goto(url_on_card(live_sqlite, "L2"))
    print(f"first paint {page.evaluate(PAINTED):.0f} ms")
    before = ids(live_sqlite)
    page.locator(".served label").first.tap()
    expect(page.locator(".next")).to_be_visible(timeout=30_000)  # its script has come
    for key in FORM_ORDER[:-1]:
        tap(page, key, 4 if key == "biaya" else 3)
    page.locator("html[data-keeps]").wait_for()
    begun = time.monotonic()
    page.get_by_role("button", name="Kirim penilaian").tap()
    expect(page.get_by_text("Penilaian Anda sudah dihitung, tanpa nama.")).to_be_visible(
        timeout=60_000
    )
    print(f"sent to receipt {(time.monotonic() - begun) * 1000:.0f} ms")
    assert page.evaluate("window.shifts") == 0
    row = newest(live_sqlite, before)
    assert [getattr(row, key) for key in FORM_ORDER] == [3] * 7 + [4] + [3] * 3 + [None]
    assert (row.served_by, row.state) == ("officer", "counted")


def test_what_goes_wrong_on_the_way_loses_nothing(live_sqlite: LiveSite, page: Page) -> None:
    """A gap, a low answer's causes, another language half-way, another counter, no more script."""
    page.goto(url_on_card(live_sqlite, "L2"))
    page.locator("label:has([name=perilaku][value='2'])").tap()
    page.get_by_label("Nada bicara kasar").check()  # it waits for causes instead of going on
    page.get_by_role("button", name="Lanjut").tap()
    tap(page, "kompetensi", 3)
    page.get_by_role("button", name="English").tap()
    expect(page.locator(".foot")).to_contain_text("3 of 12")  # where it was
    page.get_by_role("button", name="Bahasa Indonesia").tap()
    page.route("**/unsent.js*", lambda route: route.abort())  # from here on it does not come
    page.get_by_role("button", name="Salah loket?").tap()
    page.get_by_role("button", name="Loket 3").tap()
    expect(page.get_by_role("alert")).to_contain_text("jawaban Anda tetap")
    expect(page.get_by_label("Kurang sopan dan ramah")).to_be_checked()
    expect(page.get_by_label("Nada bicara kasar")).to_be_checked()
    page.get_by_role("button", name="Dengarkan").tap()  # this browser has no voice, and says so
    expect(page.locator(".foot [role=status]")).to_contain_text("tidak punya suara")
    expect(page.locator(".hear")).to_have_attribute("aria-pressed", "false")
    page.evaluate(
        "const next = document.querySelector('.next'); while (!next.hidden) next.click();"
    )
    page.get_by_role("button", name="Kirim penilaian").tap()
    expect(page.locator(".gap")).to_contain_text("Masih ada 10 pertanyaan.")
    assert page.evaluate("document.documentElement.dataset.keeps") is None  # a plain form's sending
    before = ids(live_sqlite)
    page.locator(".gap").get_by_role("button", name="Kirim sekarang").tap()
    expect(page.get_by_text("tidak masuk nilai resmi")).to_be_visible()
    row = newest(live_sqlite, before)
    assert (row.perilaku, row.kompetensi, row.informasi) == (2, 3, None)
    assert row.causes


@pytest.mark.long
def test_small_screens_and_large_letters(live_sqlite: LiveSite, chromium: Browser) -> None:
    screens = (((320, 568), 16, True), ((240, 400), 16, False), ((360, 640), 32, False))
    for size, letters, whole in screens:
        page = chromium.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
        session = page.context.new_cdp_session(page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
        page.goto(url_on_card(live_sqlite, "L2"))
        expect(page.locator(".next")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], size
        columns = page.locator(".q>label").evaluate_all(
            "labels => new Set(labels.slice(0, 4).map(l => l.getBoundingClientRect().top)).size"
        )
        assert columns == (1 if whole else 4), size
        assert fits(page, FIRST) or not whole, size
        assert not violations(page), size
        page.context.close()
