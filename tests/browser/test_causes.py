"""Causes open below a 1 or a 2 the moment it is chosen, close again, and outlive a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LiveSite
from tests.browser.test_journey import PHONE, url_on_card
from tests.ground.browser import violations

pytestmark = pytest.mark.proof


def opened(page: Page) -> list[str]:
    """The questions whose causes are seen."""
    found: list[str] = page.evaluate(
        "Array.from(document.querySelectorAll('.q')).filter("
        "q => getComputedStyle(q.querySelector('.why')).display !== 'none'"
        ").map(q => q.querySelector('[type=radio]').name)"
    )
    return found


def choose(page: Page, key: str, value: int) -> None:
    page.evaluate(
        """key => { const step = document.querySelector(`[name=${key}]`).closest(".step");
        const next = document.querySelector(".next");
        while (next && !step.classList.contains("on")) next.click(); }""",
        key,
    )
    page.locator(f"label:has([name={key}][value='{value}'])").click()


@pytest.mark.long
@pytest.mark.parametrize("has_script", [True, False])
def test_they_open_for_low_answers_only(
    live_sqlite: LiveSite, chromium: Browser, has_script: bool
) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=has_script)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url_on_card(live_sqlite, "L1"))
    assert opened(page) == []
    for value, seen in ((1, ["perilaku"]), (2, ["perilaku"])):
        choose(page, "perilaku", value)
        assert opened(page) == seen, value
    page.get_by_label("Nada bicara kasar").check()
    for value, seen in ((2, ["perilaku", "waktu"]), (4, ["perilaku"])):
        choose(page, "waktu", value)
        assert opened(page) == seen, value
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    if has_script:
        assert not violations(page)
        page.wait_for_function("document.documentElement.dataset.keeps")
        page.reload()
        expect(page.get_by_label("Nada bicara kasar")).to_be_checked()


def test_the_script_opens_them_where_the_style_cannot_tell(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    page = chromium.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
    page.goto(url_on_card(live_sqlite, "L1"))
    page.evaluate(
        "for (const sheet of document.styleSheets) for (let i = sheet.cssRules.length; i--;)"
        " if (sheet.cssRules[i].conditionText?.includes(':has')) sheet.deleteRule(i)"
    )
    choose(page, "waktu", 1)
    assert opened(page) == ["waktu"]
    choose(page, "waktu", 4)
    assert opened(page) == []
