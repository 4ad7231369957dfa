"""Displays and kiosks in real Chromium, over a served site whose clock a test can step."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from feedback_app.domain.elements import FORM_ORDER
from feedback_app.services.site import Site
from feedback_app.storage.models import Device, Rating
from tests.browser.conftest import Served
from tests.ground.browser import answer, violations
from tests.ground.office import PASSWORD, app_code, as_if_unused

# What a tablet does is the same on each engine; tests/web/test_devices.py asks the server on both.
pytestmark = [
    pytest.mark.proof,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

SIZES = ((360, 740), (768, 1024), (1280, 800))
TABLET = {"width": 768, "height": 1024}
HALL = {"width": 1280, "height": 720}
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
COUNTED = "Penilaian Anda sudah dihitung, tanpa nama."


def context(chromium: Browser, size: dict[str, int], **options: bool) -> BrowserContext:
    return chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]


def log_in_as_admin(page: Page, served: Served) -> None:
    """Both steps, then the room of the devices."""
    page.goto(f"{served.address}/masuk?next=/staf/admin/perangkat/")
    page.get_by_label("Nama pengguna").fill("dina")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    as_if_unused(served.site, "dina")
    page.get_by_label("Kode").fill(app_code(served.site, "dina"))
    page.get_by_role("button", name="Lanjutkan").click()


def pairing_code(chromium: Browser, served: Served, kind: str) -> str:
    """What the admin is shown after registering a device at counter A1."""
    desk = context(chromium, {"width": 1280, "height": 800})
    page = desk.new_page()
    log_in_as_admin(page, served)
    page.get_by_label("Loket", exact=True).select_option("A1")
    page.get_by_label("Layar:" if kind == "display" else "Kios:").check()
    page.get_by_label("Nama perangkat").fill("Tablet depan")
    page.get_by_role("button", name="Daftarkan perangkat").click()
    code = page.locator(".big").inner_text()
    desk.close()
    return code


def paired_page(chromium: Browser, served: Served, kind: str, size: dict[str, int]) -> Page:
    """A tablet on which somebody typed the code; its page's clock can be moved."""
    page = context(chromium, size).new_page()
    page.clock.install()
    page.goto(f"{served.address}/perangkat")
    page.get_by_label("Kode pasang").fill(pairing_code(chromium, served, kind))
    with page.expect_navigation(wait_until="load"):  # its script must run before a clock is moved
        page.get_by_role("button", name="Pasang").click()
    return page


def seen_code(page: Page) -> str:
    """What a camera reads from the whole screen."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def shown_picture(page: Page) -> str:
    return page.locator("#qr").get_attribute("src") or ""


def fill_in(page: Page) -> None:
    """Answers that are not all alike."""
    answer(page, {key: "4" if key == "kepercayaan" else "3" for key in FORM_ORDER})


def move_clock(page: Page, milliseconds: int) -> None:
    """Move the page's clock once its script runs: words can be seen before it does."""
    page.wait_for_load_state("load")
    page.clock.fast_forward(milliseconds)


def hold_still(page: Page) -> None:
    """Stop the page's clock, so that a slow machine moves no timer; fast_forward still does."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)


def tiers(site: Site) -> list[str]:
    with site.db.read() as session:
        return list(session.scalars(select(Rating.tier)))


def left_behind(page: Page) -> tuple[object, list[tuple[str | None, str | None]]]:
    """Everything that the browser stores for the site: names and values."""
    stored = page.evaluate("[{...localStorage}, {...sessionStorage}]")
    cookies = [(one.get("name"), one.get("value")) for one in page.context.cookies()]
    return stored, sorted(cookies, key=str)


@pytest.mark.long
def test_the_screen_is_read_by_a_camera_and_opens_one_form(
    served: Served, chromium: Browser
) -> None:
    screen = paired_page(chromium, served, "display", HALL)
    expect(screen.get_by_role("heading", level=1)).to_have_text("Loket A1")
    url = seen_code(screen)
    assert url.startswith(f"{served.address}/d/")
    phone = context(chromium, PHONE, java_script_enabled=False).new_page()
    phone.goto(url)
    served.clock.at += timedelta(seconds=70)
    fill_in(phone)
    phone.get_by_role("button", name="Kirim penilaian").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    expect(phone.get_by_text(COUNTED)).to_be_visible()
    assert tiers(served.site) == ["display"]
    phone.goto(url)  # one step later it still opens, and two steps later no more
    expect(phone.get_by_role("button", name="Kirim penilaian")).to_be_visible()
    served.clock.at += timedelta(seconds=60)
    phone.goto(url)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kode di layar sudah berganti")


@pytest.mark.long
def test_the_code_changes_every_minute_and_an_old_one_is_taken_away(
    served: Served, chromium: Browser
) -> None:
    screen = paired_page(chromium, served, "display", HALL)
    first, picture = seen_code(screen), shown_picture(screen)
    served.clock.at += timedelta(seconds=61)
    move_clock(screen, 61_500)
    expect(screen.locator("#qr")).not_to_have_attribute("src", picture)
    expect(screen.locator(".clock")).to_have_text("13.06 WIB")
    second = seen_code(screen)
    assert second != first
    screen.context.set_offline(True)
    move_clock(screen, 62_000)
    expect(screen.get_by_text("Sambungan terputus", exact=True)).to_be_visible()
    assert seen_code(screen) == second  # for a moment it still holds
    move_clock(screen, 60_000)
    expect(screen.get_by_text("Kode menunggu sambungan.")).to_be_visible()
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(screen.screenshot()))) == []
    screen.context.set_offline(False)
    served.clock.at += timedelta(seconds=130)
    move_clock(screen, 6_000)
    expect(screen.get_by_text("Sambungan terputus", exact=True)).to_be_hidden()
    assert seen_code(screen) not in (first, second)


@pytest.mark.long
def test_a_revoked_display_goes_dark_by_itself(served: Served, chromium: Browser) -> None:
    screen = paired_page(chromium, served, "display", HALL)
    with served.site.db.transaction() as tx:
        for device in tx.scalars(select(Device)):
            device.revoked_at = served.site.now()
    move_clock(screen, 61_500)
    expect(screen.get_by_role("heading", level=1)).to_have_text("Perangkat ini tidak berlaku lagi")


@pytest.mark.long
def test_without_a_script_the_screen_renews_itself(served: Served, chromium: Browser) -> None:
    served.clock.at += timedelta(seconds=58)
    screen = context(chromium, HALL, java_script_enabled=False).new_page()
    screen.goto(f"{served.address}/perangkat")
    screen.get_by_label("Kode pasang").fill(pairing_code(chromium, served, "display"))
    screen.get_by_role("button", name="Pasang").click()
    first = seen_code(screen)
    served.clock.at += timedelta(seconds=3)
    with screen.expect_navigation(timeout=15_000):
        pass  # within three seconds, as the page says
    assert seen_code(screen) != first


@pytest.mark.long
def test_a_kiosk_asks_after_forty_seconds_gives_twenty_and_leaves_nothing(
    served: Served, chromium: Browser
) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Loket A1")
    before = left_behind(tablet)
    fill_in(tablet)
    hold_still(tablet)
    tablet.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("kenari-unik-4711")
    move_clock(tablet, 38_000)
    expect(tablet.get_by_text("Masih mengisi?")).to_be_hidden()
    move_clock(tablet, 3_000)
    expect(tablet.get_by_text("Masih mengisi?")).to_be_visible()
    tablet.mouse.click(5, 500)  # any touch
    move_clock(tablet, 1_000)
    expect(tablet.get_by_text("Masih mengisi?")).to_be_hidden()
    move_clock(tablet, 57_000)
    assert tablet.locator("input:checked").count() == len(FORM_ORDER)
    with tablet.expect_navigation():
        move_clock(tablet, 3_500)
    assert tablet.locator("input:checked").count() == 0
    assert tablet.get_by_label("Saran atau keluhan (boleh dikosongkan)").input_value() == ""
    assert left_behind(tablet) == before
    tablet.go_back()
    assert tablet.locator("input:checked").count() == 0
    assert "kenari" not in tablet.content()
    tablet.go_forward()
    assert tablet.locator("input:checked").count() == 0
    assert tiers(served.site) == []


@pytest.mark.long
def test_after_sending_a_kiosk_is_empty_again_in_twenty_seconds(
    served: Served, chromium: Browser
) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    before = left_behind(tablet)
    entries = tablet.evaluate("history.length")
    fill_in(tablet)
    served.clock.at += timedelta(seconds=70)
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    receipt = tablet.locator("#receipt strong").inner_text()
    assert receipt.replace(" ", "") not in tablet.url
    move_clock(tablet, 19_000)
    expect(tablet.locator("#receipt")).to_be_visible()
    served.clock.at += timedelta(seconds=21)
    with tablet.expect_navigation():
        move_clock(tablet, 2_000)
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Loket A1")
    assert tablet.locator("input:checked").count() == 0
    assert left_behind(tablet) == before
    assert tablet.evaluate("history.length") == entries  # nothing to go back to
    assert tiers(served.site) == ["kiosk"]
    fill_in(tablet)
    served.clock.at += timedelta(minutes=6)
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.get_by_text(COUNTED)).to_be_visible()
    tablet.get_by_role("link", name="Selesai").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Loket A1")
    assert tiers(served.site) == ["kiosk", "kiosk"]


@pytest.mark.long
def test_going_back_from_a_faulty_form_shows_nothing(served: Served, chromium: Browser) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    fill_in(tablet)
    tablet.get_by_label("Saran atau keluhan (boleh dikosongkan)").fill("kenari-unik-4711" * 100)
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.get_by_role("alert").first).to_contain_text("paling banyak 1.000 huruf")
    assert tablet.locator("input:checked").count() == len(FORM_ORDER)
    with tablet.expect_navigation():
        move_clock(tablet, 61_000)
    assert tablet.locator("input:checked").count() == 0
    tablet.go_back()
    assert "kenari" not in tablet.content()
    tablet.reload()
    assert "kenari" not in tablet.content()
    assert tablet.locator("input:checked").count() == 0


@pytest.mark.long
def test_a_kiosk_without_a_network_keeps_trying_and_then_thanks(
    served: Served, chromium: Browser
) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    fill_in(tablet)
    served.clock.at += timedelta(seconds=70)
    tablet.context.set_offline(True)
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.get_by_text("Belum terkirim")).to_be_visible()
    move_clock(tablet, 60_000)
    assert tiers(served.site) == []
    tablet.context.set_offline(False)
    move_clock(tablet, 3_500)
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    assert tiers(served.site) == ["kiosk"]


def test_an_abandoned_form_is_cleared_even_without_a_network(
    served: Served, chromium: Browser
) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    fill_in(tablet)
    tablet.context.set_offline(True)
    move_clock(tablet, 61_000)
    expect(tablet.get_by_text("Sambungan terputus", exact=True)).to_be_visible()
    assert tablet.locator("input:checked").count() == 0
    tablet.context.set_offline(False)
    with tablet.expect_navigation():
        move_clock(tablet, 3_500)
    expect(tablet.get_by_text("Sambungan terputus", exact=True)).to_be_hidden()


@pytest.mark.long
def test_an_idle_kiosk_fetches_a_fresh_form_and_comes_back_to_indonesian(
    served: Served, chromium: Browser
) -> None:
    tablet = paired_page(chromium, served, "kiosk", TABLET)
    token = tablet.locator("input[name=token]").input_value()
    with tablet.expect_navigation():
        move_clock(tablet, 601_000)
    assert tablet.locator("input[name=token]").input_value() != token
    tablet.get_by_role("button", name="English").click()
    expect(tablet.get_by_role("button", name="Next")).to_be_visible()
    with tablet.expect_navigation():
        move_clock(tablet, 61_000)
    expect(tablet.get_by_role("button", name="Lanjut")).to_be_visible()


@pytest.mark.long
def test_without_a_script_the_thanks_page_goes_by_itself(served: Served, chromium: Browser) -> None:
    tablet = context(chromium, TABLET, java_script_enabled=False).new_page()
    tablet.goto(f"{served.address}/perangkat")
    tablet.get_by_label("Kode pasang").fill(pairing_code(chromium, served, "kiosk"))
    tablet.get_by_role("button", name="Pasang").click()
    fill_in(tablet)
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    served.clock.at += timedelta(seconds=31)
    tablet.wait_for_url("**/perangkat/kios", timeout=25_000)
    tablet.go_back()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Loket A1")
    assert tablet.locator("input:checked").count() == 0


@pytest.mark.parametrize(
    ("width", "height"),
    [SIZES[0], *(pytest.param(*size, marks=pytest.mark.long) for size in SIZES[1:])],
)
@pytest.mark.long
def test_pages_of_devices_pass_axe_and_fit(
    served: Served, chromium: Browser, width: int, height: int
) -> None:
    size = {"width": width, "height": height}

    def check(page: Page, what: str) -> None:
        assert violations(page) == [], what
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what

    screen = paired_page(chromium, served, "display", size)
    check(screen, "display")
    code = seen_code(screen).rsplit("/", 1)[1]
    tablet = paired_page(chromium, served, "kiosk", size)
    check(tablet, "kiosk")
    fill_in(tablet)
    move_clock(tablet, 38_000)
    expect(tablet.get_by_text("Masih mengisi?")).to_be_hidden()
    move_clock(tablet, 3_000)
    expect(tablet.get_by_text("Masih mengisi?")).to_be_visible()
    tablet.evaluate("Date.now = (at => () => at)(Date.now())")  # axe takes its time, and timers
    check(tablet, "kiosk, asked")
    tablet.get_by_role("button", name="Kirim penilaian").click()
    expect(tablet.locator("#receipt")).to_be_visible()
    check(tablet, "thanks")
    phone = context(chromium, size).new_page()
    phone.goto(f"{served.address}/perangkat")
    check(phone, "pairing")
    phone.goto(f"{served.address}/d/{code[:-1]}")
    check(phone, "unknown")
    served.clock.at += timedelta(minutes=5)
    phone.goto(f"{served.address}/d/{code}")
    check(phone, "late")
    log_in_as_admin(phone, served)
    expect(phone.get_by_text("terhubung", exact=True).first).to_be_visible()
    check(phone, "list")
    phone.get_by_role("link", name="Tablet depan").first.click()
    check(phone, "one device")
