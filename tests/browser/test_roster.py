"""A month with the roster in real Chromium, from an empty database: illness, swap, leave, a wrong week."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from feedback_app import create_app
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import create_account
from feedback_app.services.office import cards
from feedback_app.services.office.setup import agency_for
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.models import Agency, Officer, Rating
from tests.browser.conftest import Served
from tests.conftest import SteppedClock, settings_for
from tests.files.test_month_grid import xlsx
from tests.ground.browser import free_port, violations
from tests.ground.office import PASSWORD, TOTP_SECRETS, add_second_step, as_if_unused

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
MONDAY = date(2026, 12, 7)
NAMES = ("Sri Wahyuni", "Agus Salim", "Dewi Lestari", "Edi Kurnia", "Fitri Handayani", "Gunawan")
FILES = {
    "services": "kode;nama;gratis;unit\nktp;KTP-el;ya;kantor\n",
    "counters": "kode;nama;unit;layanan\nL1;Loket 1;kantor;ktp\nL2;Loket 2;kantor;ktp\n",
    "officers": "nip;nama;nama_tampilan;status_asn;unit\n"
    + "".join(f"19800101201001200{n};{x};{x.split()[0]};PNS;kantor\n" for n, x in enumerate(NAMES)),
}
# letters: P morning, S afternoon; the first two rows at counter 1, the next two at counter 2
ROWS = (("L1", "P"), ("L1", "S"), ("L2", "P"), ("L2", "S"))


def month_grid() -> bytes:
    """December 2026 as the office keeps it; nobody on weekends, 24th and 25th."""
    works = [date(2026, 12, n).weekday() < 5 and n not in (24, 25) for n in range(1, 32)]
    lines = [["JADWAL PIKET DESEMBER 2026"], ["NO", "NAMA", "LOKET", *range(1, 32)]]
    for place, (counter, letter) in enumerate(ROWS):
        cells = [letter if is_open else "" for is_open in works]
        lines.append([place + 1, NAMES[place], counter, *cells])
    return xlsx(lines)


@pytest.fixture
def fresh(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """An empty office, on a Monday at eight, served at the address that its cards name."""
    port, clock = free_port(), SteppedClock(local_instant(MONDAY, time(8)))
    address = f"http://127.0.0.1:{port}"
    url = (
        f"sqlite:///{tmp_path / 'fresh.db'}" if database_url.startswith("sqlite") else database_url
    )
    app = create_app(settings_for(url, tmp_path, address), clock=clock)
    site: Site = app.extensions["site"]
    upgrade_schema(site)
    code = "kantor-baru"
    agency_id = agency_for(site, code=code, name="Dinas Baru")
    for name, role in (("dina2", Role.ADMIN),):
        number = create_account(
            site,
            agency_id=agency_id,
            username=name,
            name="Dina Admin",
            role=role,
            unit_ids=frozenset(),
            password=PASSWORD,
            officer_id=None,
        )
        TOTP_SECRETS.setdefault(name, TOTP_SECRETS["dina"])
        add_second_step(site, agency_id, number, name)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(site, address, clock, server)
    server.shutdown()
    thread.join()
    server.server_close()
    site.db.close()


class Desk:
    """The admin's browser, and a citizen's phone beside it."""

    def __init__(self, office: Served, chromium: Browser) -> None:
        self.office, self.chromium = office, chromium
        self.page = chromium.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]

    def log_in(self) -> None:
        as_if_unused(self.office.site, "dina2")
        self.page.goto(f"{self.office.address}/masuk")
        self.page.get_by_label("Nama pengguna").fill("dina2")
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk").click()
        code = pyotp.TOTP(TOTP_SECRETS["dina2"]).at(self.office.clock.at)
        self.page.get_by_label("Kode", exact=True).fill(code)
        self.page.get_by_role("button", name="Lanjutkan").click()
        self.page.wait_for_url("**/staf/**")

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Another time; an admin's session that was idle is over by then."""
        before = self.office.clock.at
        self.office.clock.at = local_instant(day, time(hour, minute))
        if self.office.clock.at - before > timedelta(minutes=20):
            self.log_in()

    def open(self, path: str) -> None:
        self.page.goto(self.office.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def look(self, name: str) -> None:
        """The page passes axe and fits a desk and a phone; pictures where a folder is named."""
        folder = os.environ.get("ROSTER_PICTURES")
        self.page.wait_for_load_state()  # a press ends before the next page's styles are there
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert not violations(self.page), name
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], (name, width)
            if folder:
                target = Path(folder) / f"{name}-{size['width']}.png"
                self.page.screenshot(path=target, full_page=True)

    def upload(self, kind: str) -> None:
        self.open(f"/staf/impor/{kind}")
        file = {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": FILES[kind].encode()}
        self.page.get_by_label("Berkas XLSX, ODS, atau CSV").set_input_files(file)  # type: ignore[arg-type]
        self.press("Simpan")
        expect(self.page.get_by_text("Tersimpan")).to_be_visible()

    def named(self) -> list[str]:
        """Whom the form at counter 1 names now, a minute later."""
        self.office.clock.at += timedelta(minutes=1)
        phone = self.chromium.new_context(viewport=PHONE, locale="id-ID").new_page()  # type: ignore[arg-type]
        phone.goto(self.card())
        texts = phone.locator(
            'input[name="served_by"][value^="o"]:not([value="older"])'
        ).evaluate_all(
            """all => all.map(one => {
            const words = one.labels[0].innerText.trim();
            const asked = one.closest("fieldset").querySelector("legend").innerText;
            return words === "Ya" ? asked.match(/oleh (.*) hari ini/)[1] : words; })"""
        )
        phone.context.close()
        return list(texts)

    def rate(self, name: str) -> None:
        """A citizen who was served by this officer sends a form."""
        self.office.clock.at += timedelta(minutes=1)
        phone = self.chromium.new_context(  # type: ignore[arg-type]
            viewport=PHONE, locale="id-ID", java_script_enabled=False
        ).new_page()
        phone.goto(self.card())
        phone.get_by_label(re.compile(f"^(Ya|{name})$")).first.check()
        for number in range(12):
            phone.locator('input[type="radio"][value="4"]').nth(number).check()
        self.office.clock.at += timedelta(minutes=2)
        phone.get_by_role("button", name="Kirim penilaian").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Diterima")
        phone.context.close()

    def card(self) -> str:
        with self.office.site.db.read() as session:
            agency_id = session.scalars(select(Agency.id).where(Agency.code == "kantor-baru")).one()
        lines = cards.card_lines(self.office.site, agency_id=agency_id)
        return next(line.url for line in lines if line.code == "L1")

    def rated(self) -> list[str]:
        """Officers of the answers so far, by name."""
        with self.office.site.db.read() as session:
            rows = session.execute(
                select(Officer.display_name).join(Rating, Rating.officer_id == Officer.id)
            )
            return sorted(row[0] for row in rows)


def set_up(desk: Desk) -> None:
    """Unit, services, counters, officers, and December's grid with its letters."""
    desk.log_in()
    desk.open("/staf/admin/tempat/unit/baru")
    desk.page.get_by_label("Kode").fill("kantor")
    desk.page.get_by_label("Nama").fill("Kantor")
    desk.press("Simpan")
    for kind in FILES:
        desk.upload(kind)
    desk.open("/staf/jadwal/")
    desk.look("empty")
    desk.page.get_by_role("link", name="Impor tabel bulanan").first.click()
    desk.look("grid-choose")
    file = {"name": "jadwal.xlsx", "mimeType": "application/x", "buffer": month_grid()}
    desk.page.get_by_label("Berkas XLSX, ODS, atau CSV").set_input_files(file)  # type: ignore[arg-type]
    desk.press("Baca tabel")
    desk.page.get_by_label("Selesai P").fill("12:00")
    desk.page.get_by_label("Mulai S").fill("12:00")
    desk.look("grid-letters")
    desk.press("Periksa")
    desk.look("grid-changes")
    desk.press("Simpan")
    expect(desk.page.get_by_role("status").first).to_contain_text("Jadwal disimpan")


@pytest.mark.long
def test_a_month_with_the_roster(fresh: Served, chromium: Browser) -> None:
    desk = Desk(fresh, chromium)
    set_up(desk)
    falls_ill(desk)
    stays_away(desk)
    swap(desk)
    wrong_week(desk)
    leaves(desk)
    january(desk)


def falls_ill(desk: Desk) -> None:
    """At 9.30 Sri goes home and Fitri comes; the form follows, Sri keeps what she has."""
    desk.open("/staf/jadwal/")
    desk.look("week")
    assert desk.named() == ["Sri"]
    desk.rate("Sri")
    desk.at(MONDAY, 9, 30)
    desk.open(f"/staf/jadwal/loket/L1/{MONDAY}")
    desk.look("day")
    desk.page.get_by_role("link", name=re.compile("Ganti ?: Sri")).click()
    desk.page.get_by_label("Petugas").select_option(label="Fitri")
    desk.look("substitute")
    desk.press("Ganti petugas")
    expect(desk.page.get_by_text("berlaku mulai sekarang")).to_be_visible()
    assert desk.named()[:2] == ["Sri", "Fitri"]  # half an hour's grace
    desk.at(MONDAY, 10, 30)
    assert desk.named() == ["Fitri", "Sri"]
    desk.rate("Fitri")
    assert desk.rated() == ["Fitri", "Sri"]


def stays_away(desk: Desk) -> None:
    """Sri stays away until Wednesday; Fitri takes two mornings."""
    desk.open(f"/staf/jadwal/berhalangan?dari={MONDAY + timedelta(days=1)}")
    desk.page.get_by_label("Petugas", exact=True).select_option(label="Sri")
    desk.page.get_by_label("Sampai").fill("2026-12-09")
    desk.press("Lihat jadwalnya")
    for box in desk.page.locator('select[name^="g"]').all():
        box.select_option(label="Fitri")
    desk.look("leave")
    desk.press("Simpan")
    desk.look("week-changed")
    desk.at(MONDAY + timedelta(days=1), 9)
    assert desk.named() == ["Fitri"]


def swap(desk: Desk) -> None:
    """On Thursday Agus and Edi swap the afternoon."""
    thursday = date(2026, 12, 10)
    desk.at(thursday, 9)
    desk.open(f"/staf/jadwal/loket/L1/{thursday}")
    desk.page.get_by_role("link", name=re.compile("Tukar ?: Agus")).click()
    desk.page.get_by_label("Ditukar dengan").select_option(label="Loket 2: Edi 12.00–16.00")
    desk.look("swap")
    desk.press("Tukar petugas")
    desk.at(thursday, 13)
    assert "Edi" in desk.named()
    assert "Agus" not in desk.named()


def wrong_week(desk: Desk) -> None:
    """The week after is imported wrongly and corrected by one press; each answer stays."""
    wrong_monday = date(2026, 12, 14)
    desk.at(wrong_monday, 8, 30)
    lines = "".join(
        f"{wrong_monday + timedelta(days=n):%d-%m-%Y};198001012010012005;L1;08.00;16.00\n"
        for n in range(5)
    )
    FILES["roster"] = "tanggal;nip;loket;mulai;selesai\n" + lines
    desk.open("/staf/impor/roster")
    file = {"name": "j.csv", "mimeType": "text/csv", "buffer": FILES["roster"].encode()}
    desk.page.get_by_label("Berkas XLSX, ODS, atau CSV").set_input_files(file)  # type: ignore[arg-type]
    desk.press("Uji dulu")
    expect(desk.page.get_by_text("5 akan ditarik")).to_be_visible()
    desk.look("import-rehearsal")
    desk.upload("roster")
    assert desk.named() == ["Gunawan"]
    desk.rate("Gunawan")
    desk.open("/staf/jadwal/")
    desk.look("wrong-week")
    desk.page.get_by_role("button", name="Batalkan").first.click()
    expect(desk.page.get_by_text("Perubahan dibatalkan")).to_be_visible()
    assert desk.named() == ["Sri"]
    desk.rate("Sri")
    assert desk.rated() == ["Fitri", "Gunawan", "Sri", "Sri"]


def leaves(desk: Desk) -> None:
    """Agus leaves on the 21st: his shifts fall away, the gaps are told and filled."""
    desk.at(date(2026, 12, 21), 8)
    desk.open("/staf/jadwal/berhalangan?dari=2026-12-21")
    desk.page.get_by_label("Petugas", exact=True).select_option(label="Agus")
    desk.page.get_by_label("Sampai").fill("2026-12-31")
    desk.press("Lihat jadwalnya")
    desk.press("Simpan")
    desk.look("gaps")
    desk.page.get_by_role("link", name=re.compile("kosong 12.00–16.00 ?, Loket 1, Selasa")).click()
    desk.page.get_by_label("Petugas").select_option(label="Gunawan")
    desk.press("Tambah petugas")
    filled = re.compile("Loket 1, Selasa.*Gunawan 12.00–16.00")  # the week again: other gaps wait
    expect(desk.page.get_by_role("cell", name=filled)).to_be_visible()


def january(desk: Desk) -> None:
    """January is filled with a week's pattern; the holiday is left out."""
    desk.open("/staf/jadwal/salin?sumber=2026-12-14&dari=2027-01-04&sampai=2027-01-29")
    desk.look("copy")
    desk.press("Simpan")
    desk.open("/staf/jadwal/?hari=2027-01-05")  # Isra Mikraj
    desk.look("january")
    desk.open("/staf/jadwal/libur")
    desk.look("days")
    desk.open("/staf/admin/")
    desk.look("checklist")


@pytest.mark.long
def test_the_week_by_keyboard(fresh: Served, chromium: Browser) -> None:
    """From the week to a substitute's name with Tab, Enter and letters only."""
    desk = Desk(fresh, chromium)
    set_up(desk)
    desk.open("/staf/jadwal/")
    desk.page.get_by_role("link", name=re.compile("Sri 08.00–12.00 ?, Loket 1, Senin")).focus()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("link", name=re.compile("Ganti ?: Sri")).focus()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_label("Petugas").focus()
    desk.page.keyboard.type("Git")
    desk.page.keyboard.type("Gun")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="Gunawan")).to_be_visible()
