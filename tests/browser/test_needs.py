"""Needs in real Chromium: three clicks for HR, and the officer's and supervisor's parts on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served
from tests.ground.browser import violations
from tests.ground.need_rows import add_need
from tests.ground.office import (
    PASSWORD,
    TOTP_SECRETS,
    app_code,
    as_if_unused,
    known_office,
)

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def logged_in(chromium: Browser, served: Served, name: str, size: dict[str, int]) -> Page:
    page = chromium.new_context(viewport=size).new_page()  # type: ignore[arg-type]
    page.goto(f"{served.address}/masuk")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    if name in TOTP_SECRETS:
        as_if_unused(served.site, name)
        page.get_by_label("Kode").fill(app_code(served.site, name))
        page.get_by_role("button", name="Lanjut").click()
    return page


def looked_at(page: Page) -> None:
    """It fits its window, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not violations(page)


@pytest.mark.long
def test_hr_decides_in_three_clicks_and_the_others_do_their_part_on_a_phone(
    served: Served, chromium: Browser
) -> None:
    office = known_office(served.site)
    place = add_need(served.site, office, nature="process")
    asked = add_need(
        served.site, office, level="officer", ref_id=office.officer["Sari"], nature="ask"
    )
    hana = logged_in(chromium, served, "hana", DESK)
    expect(hana.get_by_role("heading", name="Kebutuhan", exact=True)).to_be_visible()
    looked_at(hana)
    hana.locator(f"a[href='/staf/kebutuhan/{place}']").click()  # 1: the weak element
    hana.get_by_label("Alasan").fill("Ganti printer")
    hana.get_by_role("button", name="Perbaiki cara kerja").click()  # 2: the decision
    expect(hana.get_by_text("Diserahkan kepada atasan").first).to_be_visible()
    looked_at(hana)
    hana.get_by_role("link", name="Lihat nilainya per triwulan").click()  # 3: back to its blocks
    expect(hana.get_by_role("heading", level=1)).to_contain_text("Dasar kebutuhan")
    oki = logged_in(chromium, served, "oki", PHONE)
    oki.locator(f"a[href='/staf/saya/kebutuhan/{asked}']").click()
    looked_at(oki)
    oki.get_by_label("Mengapa Anda tidak setuju").fill("Saya melayani lansia.")
    oki.get_by_role("button", name="Kirim", exact=True).click()
    expect(oki.locator("blockquote")).to_have_text("Saya melayani lansia.")
    alice = logged_in(chromium, served, "alice", PHONE)
    alice.goto(f"{served.address}/staf/kebutuhan-unit/{asked}")
    for group in alice.locator("fieldset").all():
        group.get_by_label("Ya").check()
    looked_at(alice)
    alice.get_by_role("button", name="Simpan jawaban").click()
    alice.goto(f"{served.address}/staf/skm/tindak-lanjut")
    expect(alice.get_by_role("link", name="Ganti printer")).to_be_visible()
    looked_at(alice)
