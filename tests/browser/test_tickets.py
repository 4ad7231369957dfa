"""A ticket in real Chromium: printed by an admin, cut, scanned by a phone, used once."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from feedback_app.domain.elements import FORM_ORDER
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import CodeCount, Rating, VisitCode
from tests.browser.conftest import Served
from tests.browser.test_devices import DESK, PHONE, context, log_in_as_admin
from tests.ground.browser import answer, violations

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]


def printed_tickets(chromium: Browser, served: Served, folder: Path) -> list[str]:
    """The addresses on the sheet that an admin makes and prints."""
    page = context(chromium, DESK).new_page()
    log_in_as_admin(page, served)
    page.goto(f"{served.address}/staf/admin/kode/baru")
    page.get_by_label("Untuk", exact=True).select_option(label="KTP-el")
    page.get_by_label("Jumlah kode").fill("3")
    page.get_by_label("Lembar A4 untuk dipotong (PDF)").check()
    page.get_by_role("button", name="Periksa dulu").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Buat dan unduh 3 kode").click()
    waiting.value.save_as(folder / "tickets.pdf")
    sheet = pypdfium2.PdfDocument(folder / "tickets.pdf")[0]
    picture = sheet.render(scale=300 / 72).to_pil().convert("L")
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def fill_in(page: Page) -> None:
    answer(page, {key: "4" if key == "kepercayaan" else "3" for key in FORM_ORDER})
    page.get_by_role("button", name="Kirim penilaian").click()


@pytest.mark.long
def test_a_printed_ticket_is_scanned_used_once_and_leaves_no_code_behind(
    served: Served, chromium: Browser, tmp_path: Path
) -> None:
    first, _second, _third = printed_tickets(chromium, served, tmp_path)
    code = first.rsplit("/", 1)[1]
    phone = context(chromium, PHONE, java_script_enabled=False).new_page()
    phone.goto(first)
    phone.get_by_label("Loket A1").check()  # two counters offer the service
    phone.get_by_role("button", name="Lanjutkan").click()
    assert code not in phone.url
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    fill_in(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    assert code not in phone.url
    with served.site.db.read() as session:
        rating = session.scalars(select(Rating)).one()
        assert (rating.tier, rating.state) == ("visit", "counted")
        assert len(session.scalars(select(VisitCode)).all()) == 2  # spent is gone, not marked
        assert session.scalars(select(CodeCount)).one().redeemed == 1

    again = context(chromium, PHONE).new_page()  # somebody who finds the ticket
    again.goto(first)
    expect(again.get_by_role("heading", level=1)).to_have_text("Kode kunjungan ini tidak berlaku")
    assert violations(again) == []
    with served.site.db.read() as session:
        assert len(session.scalars(select(Rating)).all()) == 1
    assert tally_differences(served.site) == 0
