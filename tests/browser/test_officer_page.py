"""An officer's first page on the own phone: two screens, without a script, nothing lost."""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Browser

from feedback_app.demo.office import DEMO_PASSWORD
from tests.browser.conftest import LiveSite

pytestmark = pytest.mark.proof

TWO_SCREENS = 1280  # pixels, at 360 wide
BEHIND = (  # what the page no longer carries itself
    "/staf/saya/rincian",
    "/staf/saya/dilihat",
    "/staf/saya/sertifikat",
    "/staf/saya/kebutuhan/usul",
)


def test_the_first_page_of_the_fullest_officer_is_two_screens_of_a_phone(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    """The demo's officer has two needs, a proposal, two lots, a thanks and a suggestion."""
    phone = chromium.new_context(
        viewport={"width": 360, "height": 640},
        has_touch=True,
        is_mobile=True,
        locale="id-ID",
        java_script_enabled=False,
    )
    page = phone.new_page()
    page.goto(f"{live_sqlite.address}/masuk")
    page.get_by_label("Nama pengguna").fill("petugas")
    page.get_by_label("Kata sandi").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    assert page.locator("#kebutuhan a").count() >= 1
    assert page.locator(".thanks").count() == 1
    seats = page.locator("#kursi")
    assert not seats.get_by_role("link").first.is_visible()
    printed = pypdfium2.PdfDocument(page.pdf(format="A4"))
    assert "Lihat undiannya" in "".join(x.get_textpage().get_text_range() for x in printed)
    assert page.evaluate("document.documentElement.scrollHeight") <= TWO_SCREENS
    seats.locator("summary").click()  # folded, and open with a tap
    assert seats.get_by_role("link").count() == 2
    for path in BEHIND:
        assert page.locator(f".steps a[href='{path}']").is_visible(), path
