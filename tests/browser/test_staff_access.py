"""Coming in, in real Chromium: invitation, second step, recovery code, sessions, single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ground.browser import violations
from tests.ground.office import PASSWORD, TOTP_SECRETS
from tests.ground.oidc_provider import Person
from tests.ground.staffed_site import StaffedSite, staffed_site

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

PHONE = {"width": 360, "height": 740}
NEW_PASSWORD = "kuda biru lari pagi"


@pytest.fixture
def staffed(database_url: str, tmp_path: Path) -> Iterator[StaffedSite]:
    """The office on each engine, served."""
    with staffed_site(database_url, tmp_path / "instance") as found:
        yield found


def give_password(page: Page, address: str, username: str, password: str) -> None:
    page.goto(f"{address}/masuk")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk").click()


def give_code(page: Page, code: str) -> None:
    page.get_by_label("Kode", exact=True).fill(code)
    page.get_by_role("button", name="Lanjutkan").click()


def look(page: Page, name: str) -> None:
    """Whatever is shown passes axe and is no wider than a phone."""
    assert not violations(page), name
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


@pytest.mark.long
def test_from_an_invitation_to_the_inspectors_first_page(
    staffed: StaffedSite, chromium: Browser
) -> None:
    desk = chromium.new_context().new_page()
    give_password(desk, staffed.address, "dina", PASSWORD)
    give_code(desk, pyotp.TOTP(TOTP_SECRETS["dina"]).now())
    desk.get_by_role("link", name="Orang", exact=True).click()
    desk.get_by_role("link", name="Undang atasan atau pengelola").click()
    desk.get_by_label("Nama pengguna").fill("eka")
    desk.get_by_label("Nama lengkap").fill("Eka")
    desk.get_by_label("Peran").select_option("inspectorate")
    desk.get_by_role("button", name="Buat undangan").click()
    link = desk.get_by_label("Tautan sekali pakai").input_value()
    assert link.startswith(staffed.address + "/tautan/")

    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Nama lengkap").fill("Eka Inspektur")
    page.get_by_label("Kata sandi baru", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Ulangi kata sandi baru").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Simpan kata sandi").click()
    give_password(page, staffed.address, "eka", NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pasang langkah kedua")
    secret = page.locator("strong.code").inner_text().replace(" ", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("Kode dari aplikasi").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Pasang").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Unduh sebagai teks").click()
    assert waiting.value.suggested_filename == "kode-pemulihan.txt"
    assert waiting.value.path().read_text().splitlines() == ["Suara Loket eka", *codes]
    page.get_by_role("link", name="Sudah saya simpan, lanjutkan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kasus")
    page.get_by_role("button", name="Keluar").click()

    give_password(page, staffed.address, "eka", NEW_PASSWORD)
    give_code(page, codes[4].lower().replace("-", " "))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kasus")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tautan ini tidak berlaku")
    context.close()
    desk.context.close()


@pytest.mark.long
def test_single_sign_on_with_the_real_provider_and_the_end_of_its_session(
    staffed: StaffedSite, chromium: Browser
) -> None:
    claims = {"email": "alice@office.example", "email_verified": True}
    staffed.provider.person = Person("s-alice", claims)
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{staffed.address}/staf/loket/A1")
    look(page, "log-in")
    page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
    expect(page).to_have_url(f"{staffed.address}/staf/loket/A1")

    other = chromium.new_context().new_page()
    give_password(other, staffed.address, "alice", PASSWORD)
    other.get_by_role("link", name="Akun saya").click()
    other.get_by_role("link", name="Sesi saya").click()
    expect(other.get_by_role("row")).to_have_count(3)
    other.get_by_role("button", name="Akhiri semua sesi lain").click()
    expect(other.get_by_text("1 sesi lain diakhiri.")).to_be_visible()
    page.reload()
    assert urlsplit(page.url).path == "/masuk"

    staffed.provider.lie = lambda found: found | {"nonce": "another"}
    page.get_by_role("link", name="Masuk dengan SSO Pemda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk tunggal tidak berhasil")
    page.goto(f"{staffed.address}/staf/")
    assert urlsplit(page.url).path == "/masuk"
    context.close()
    other.context.close()


@pytest.mark.long
def test_pages_of_staff_access_pass_axe_and_fit_a_phone(
    staffed: StaffedSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    give_password(page, staffed.address, "dina", PASSWORD)
    look(page, "code")
    give_code(page, "000000")
    look(page, "wrong code")
    give_code(page, pyotp.TOTP(TOTP_SECRETS["dina"]).now())
    paths = (
        "/staf/akun/",
        "/staf/akun/langkah-kedua",
        "/staf/akun/sesi",
        "/staf/admin/orang/akun/baru",
    )
    for path in (*paths, "/staf/admin/orang/akun/1", "/staf/admin/orang/akun/5", "/tautan/x"):
        page.goto(staffed.address + path)
        look(page, path)
    page.goto(f"{staffed.address}/staf/admin/orang/akun/1")
    page.get_by_role("button", name="Buat tautan untuk alice").click()
    look(page, "link")
    link = page.get_by_label("Tautan sekali pakai").input_value()
    page.goto(link)
    look(page, "reset")
    context.close()
