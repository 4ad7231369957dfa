"""Kiosk and display, as somebody who has paired a tablet sees them; and what an old code opens."""

from __future__ import annotations

import io
from datetime import timedelta

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from feedback_app.services.devices.register import register_device
from tests.rigs.eyes.forms import LANG, fill, send
from tests.rigs.eyes.office import Office, minutes


def paired(office: Office, page: Page, kind: str, counter: str) -> None:
    """Type the code that the admin was shown; the page's clock can be moved."""
    admin = office.admin()
    made = register_device(
        office.site, admin, kind=kind, counter_code=counter, name=f"Tablet {counter}"
    )
    page.clock.install()
    page.goto(f"{office.address}/perangkat")
    page.locator("#code, input[name=code]").first.fill(made.code)
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Pasang").click()


def kiosk(office: Office, page: Page, lang: str) -> None:
    """Empty."""
    paired(office, page, "kiosk", "L6")
    if lang == "en":
        page.get_by_role("button", name="English").click()
        page.wait_for_load_state("load")


def kiosk_asks(office: Office, page: Page, lang: str) -> None:
    """Forty seconds without a touch."""
    kiosk(office, page, lang)
    fill(page, count=4)
    page.clock.fast_forward(41_000)
    expect(page.locator("#ask")).to_be_visible()
    page.evaluate("Date.now = (at => () => at)(Date.now())")  # pictures take their time


def kiosk_unsent(office: Office, page: Page, lang: str) -> None:
    """The network is gone while it sends."""
    kiosk(office, page, lang)
    fill(page)
    page.context.set_offline(True)
    send(page, lang)
    expect(page.locator("#unsent")).to_be_visible()


def kiosk_with_gaps(office: Office, page: Page, lang: str) -> None:
    """Sent with two answers."""
    kiosk(office, page, lang)
    fill(page, count=2)
    send(page, lang)
    expect(page.get_by_role("alert")).to_be_visible()


def kiosk_thanks(office: Office, page: Page, lang: str) -> None:
    """Sent."""
    kiosk(office, page, lang)
    fill(page)
    office.clock.at += minutes(2)
    send(page, lang)
    expect(page.locator("#receipt")).to_be_visible()


def pairing(office: Office, page: Page, lang: str) -> None:
    """A tablet that nobody has paired."""
    page.goto(f"{office.address}/perangkat{LANG[lang]}")


def display(office: Office, page: Page, lang: str) -> None:
    """The code of this minute."""
    paired(office, page, "display", "L6")


def display_lost(office: Office, page: Page, lang: str) -> None:
    """Two minutes without a network."""
    paired(office, page, "display", "L6")
    page.context.set_offline(True)
    page.clock.fast_forward(62_000)
    page.clock.fast_forward(62_000)
    expect(page.locator("#old")).to_be_visible()


def old_display_code(office: Office, page: Page, lang: str) -> None:
    """Scanned five minutes ago."""
    paired(office, page, "display", "L5")
    (seen,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    office.clock.at += timedelta(minutes=5)
    page.goto(seen.text + LANG[lang])


def unknown_display_code(office: Office, page: Page, lang: str) -> None:
    page.goto(f"{office.address}/d/AAAABBBBCCCC{LANG[lang]}")


KIOSK = {
    "kiosk-form": kiosk,
    "kiosk-asks": kiosk_asks,
    "kiosk-with-gaps": kiosk_with_gaps,
    "kiosk-unsent": kiosk_unsent,
    "kiosk-thanks": kiosk_thanks,
}
DISPLAY = {"display": display, "display-lost": display_lost}
PHONE = {
    "pairing": pairing,
    "display-unknown-code": unknown_display_code,
    "display-old-code": old_display_code,
}
