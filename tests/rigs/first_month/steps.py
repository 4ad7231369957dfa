"""The month step by step, as the people of the office do it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from tests.rigs.first_month import files
from tests.rigs.first_month.citizens import Hall
from tests.rigs.first_month.desk import Book, Desk
from tests.rigs.first_month.office import Computer

PASSWORD = "kuda-laut biru tujuh payung"
BEGIN = date(2026, 11, 30)  # a Monday
SECOND, ILL, LEAVES = date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 18)
TROUBLE = date(2026, 12, 14)  # a Monday
LAST_DAY, AFTER = date(2026, 12, 31), date(2027, 1, 4)


class Month:
    """One office from its first minute to its first report."""

    def __init__(self, computer: Computer, browser: Browser, looks: Path | None) -> None:
        """Nothing is done yet."""
        self.computer, self.browser, self.looks = computer, browser, looks
        self.book, self.hall = Book(), Hall(computer)
        self.admin = self._desk()
        self.supervisor = self._desk()
        self.hr = self._desk()
        self.links: dict[str, str] = {}
        self.report = b""
        self.leaves_on = LEAVES
        self.faults: list[str] = []

    def _desk(self) -> Desk:
        return Desk(self.computer, self.browser, self.book, self.looks)

    def desks(self) -> list[Desk]:
        """Everybody's browsers."""
        return [self.admin, self.supervisor, self.hr]

    def run(self) -> None:
        """The usual month."""
        self.set_up()
        self.open_for_citizens()
        self.month()
        self.end()

    def set_up(self) -> None:
        """Monday: from an empty folder to cards on the counters."""
        self.computer.clock.set_to(BEGIN, 8)
        self.computer.begin()
        steps = (
            ("start", self.first_start),
            ("unit", self.unit),
            ("services, counters", self.places),
            ("officers", self.officers),
            ("roster of the month", self.roster),
            ("accounts", self.accounts),
            ("cards", self.cards),
        )
        for name, step in steps:
            with self.book.step(name):
                step()
        self.take_up_invitations()

    def first_start(self) -> None:
        """Code, four questions, the first admin's password and second step."""
        desk = self.admin
        code = self.computer.code_of_set_up()
        self.computer.wait()  # it listens a moment after the code is told
        desk.open(f"{self.computer.address}/")
        desk.fill("Kode", code)
        desk.page.locator("main button").first.click()
        self.book.now.clicks += 1
        desk.fill("Nama kantor", "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Contoh")
        desk.fill("Alamat situs", self.computer.address)
        desk.fill("Nama lengkap admin pertama", "Siti Rahmawati")
        desk.press("Simpan dan mulai")
        if desk.page.get_by_label("Ini uji coba").count():
            desk.tick(re.compile("Ini uji coba"))
            desk.press("Simpan dan mulai")
        link = desk.page.locator("p.code a").get_attribute("href") or ""
        self.computer.wait_for_site()
        desk.take_up(link, PASSWORD)
        desk.look("01-begin")

    def unit(self) -> None:
        """The office has one unit."""
        desk = self.admin
        desk.follow("kelola unit")
        desk.look("02-places")
        desk.follow(re.compile("Tambah unit", re.I))
        desk.fill("Kode", files.UNIT[0])
        desk.fill("Nama", files.UNIT[1])
        desk.press("Simpan")

    def places(self) -> None:
        """Services and counters, each a file."""
        desk = self.admin
        desk.menu("Kesehatan")
        for link, content in (
            ("impor layanan", files.services_csv()),
            ("Loket", files.counters_csv()),
        ):
            desk.follow(re.compile(f"^{link}$"))
            desk.file("daftar.csv", content)
            desk.press("Uji dulu")
            desk.look(f"03-{link}")
            desk.press("Simpan")
            desk.sees(re.compile("Tersimpan: 8 baru"))
            desk.look(f"03-{link}-saved")

    def officers(self) -> None:
        """The office's own list, as it lies on the PC."""
        desk = self.admin
        desk.follow(re.compile("^Petugas$"))
        desk.file("daftar-pegawai.xlsx", files.officers_xlsx())
        desk.press("Uji dulu")
        desk.look("04-columns")
        desk.press("Uji dengan kolom ini")
        desk.look("04-officers")
        for place in range(len(files.NAMES) - files.PPPK, len(files.NAMES)):
            name = files.NAMES[place].split()[0]
            word = "Bapak" if name in ("Rizki", "Fajar") else "Ibu"
            desk.choose(re.compile(f"{re.escape(files.NAMES[place])} disapa"), f"{word} {name}")
        desk.press("Simpan")
        desk.sees(re.compile("Tersimpan: 24 baru"))

    def roster(self) -> None:
        """The month's table, with its letters."""
        desk = self.admin
        desk.menu("Jadwal")
        desk.look("05-roster-empty")
        desk.follow("Impor tabel bulanan")
        desk.file("jadwal-desember.xlsx", files.roster_xlsx())
        desk.press("Baca tabel")
        desk.look("05-letters")
        desk.fill("Selesai P", "12:00")
        desk.fill("Mulai S", "12:00")
        desk.tick("libur L")
        desk.press("Periksa")
        desk.look("05-changes")
        desk.press("Simpan 336 perubahan")
        desk.sees(re.compile("Jadwal disimpan"))
        desk.look("05-roster")

    def accounts(self) -> None:
        """All officers at once; supervisor, HR and two of the inspectorate one by one."""
        desk = self.admin
        desk.menu("Orang")
        desk.look("06-people")
        people = (
            ("Yanto Supriyadi", "Atasan unit"),
            ("Rina Puspita", "Kepegawaian"),
            ("Hasan Basri", "Inspektorat"),
            ("Indah Permata", "Inspektorat"),
        )
        desk.follow("Undang atasan atau pengelola")
        for name, role in people:
            desk.fill("Nama lengkap", name)
            desk.choose("Peran", role)
            desk.press("Buat undangan")
            desk.look("06-link")
            self.links[role] = desk.page.locator("p.code").first.inner_text().strip()
            if (name, role) != people[-1]:
                desk.follow("Undang orang lain")
        desk.menu("Orang")
        desk.tick(re.compile("Semua 24 petugas"))
        desk.press("Undang yang dicentang…")
        desk.look("06-slips")
        desk.download("Buat undangan dan unduh PDF", role="button")

    def cards(self) -> None:
        """The cards of all counters."""
        desk = self.admin
        desk.menu("Tempat")
        desk.follow("Kartu QR")
        desk.look("07-cards")
        content = desk.download("Unduh").read_bytes()
        assert content.startswith(b"%PDF")

    def take_up_invitations(self) -> None:
        """Not counted: each does it at the own desk."""
        self.supervisor.take_up(self.links["Atasan unit"], PASSWORD)
        self.hr.take_up(self.links["Kepegawaian"], PASSWORD)
        self.supervisor.look("08-supervisor")

    def open_for_citizens(self) -> None:
        """Cards hang; the first day's answers."""
        self.hall.take_cards()
        self.hall.day(date(2026, 12, 1), answers=8)

    def month(self) -> None:
        """What happens in December."""
        with self.book.step("swap on the second day"):
            self.swap()
        self.hall.days(SECOND + timedelta(days=1), ILL - timedelta(days=1), answers=8)
        with self.book.step("ill, with a substitute"):
            self.ill()
        self.hall.day(ILL, answers=8)
        with self.book.step("trainings"):
            self.trainings()
        with self.book.step("first survey"):
            self.open_survey()
        self.hall.days(ILL + timedelta(days=1), TROUBLE - timedelta(days=1), answers=8)
        on = self.trouble()
        self.hall.days(on, self.leaves_on - timedelta(days=1), answers=8)
        with self.book.step("one leaves"):
            self.leaves()
        with self.book.step("next month's roster"):
            self.next_month()
        self.hall.days(self.leaves_on, LAST_DAY, answers=8)

    def trouble(self) -> date:
        """None in the usual month; the day from which on it is usual again."""
        return TROUBLE

    def swap(self) -> None:
        """At seven on the second day, by the supervisor."""
        self.computer.clock.set_to(SECOND, 7)
        desk = self.supervisor
        desk.log_in()
        desk.look("10-supervisor")
        desk.follow("Jadwal")
        desk.look("10-week")
        desk.follow(re.compile("Dewi 08.00–12.00 ?, Loket 1, Rabu"))
        desk.look("10-day")
        desk.follow(re.compile("Tukar ?: Ibu Dewi"))
        desk.choose("Ditukar dengan", "Loket 2: Ibu Rina 08.00–12.00")
        desk.press("Tukar petugas")
        desk.sees(re.compile("Ibu Rina"))

    def ill(self) -> None:
        """Sri stays at home for three days; Siti, who was off, takes her mornings."""
        self.computer.clock.set_to(ILL, 7)
        desk = self.supervisor
        desk.log_in()
        desk.follow("Jadwal")
        desk.follow("Petugas berhalangan")
        desk.choose("Petugas", "Ibu Sri")
        desk.fill("Sampai", str(ILL + timedelta(days=2)))
        desk.choose("Digantikan oleh", "Ibu Siti")
        desk.press("Lihat jadwalnya")
        desk.look("11-ill")
        desk.press("Simpan")
        desk.look("11-week")

    def trainings(self) -> None:
        """HR brings in the year's trainings and who went."""
        self.computer.clock.set_to(ILL, 13)
        desk = self.hr
        desk.log_in()
        desk.look("12-hr")
        desk.follow("impor katalog")
        desk.file("pelatihan.csv", files.trainings_csv())
        desk.press("Uji dulu")
        desk.press("Simpan")
        desk.sees(re.compile("Tersimpan: 2 baru"))
        desk.follow(re.compile("Kepesertaan|Peserta"))
        desk.file("peserta.csv", files.attendance_csv())
        desk.press("Uji dulu")
        desk.look("12-attendance")
        desk.press("Simpan")
        desk.sees(re.compile("Tersimpan: 14 baru"))

    def open_survey(self) -> None:
        """The supervisor opens the quarter's survey."""
        self.computer.clock.set_to(ILL + timedelta(days=1), 8)
        desk = self.supervisor
        desk.log_in()
        desk.menu("Survei & tindak lanjut")
        desk.look("13-surveys")
        desk.follow("Buka periode survei")
        desk.look("13-new")
        desk.fill("Jumlah populasi", "9000")
        desk.press("Buka periode survei")
        desk.sees("Periode survei dibuka.")
        desk.look("13-open")

    def leaves(self) -> None:
        """Gunawan moves to another office; his shifts fall away and are filled."""
        self.computer.clock.set_to(self.leaves_on, 8)
        desk = self.admin
        desk.log_in()
        desk.look("14-admin")
        desk.menu("Orang")
        desk.follow("Gunawan")
        desk.look("14-person")
        desk.follow("Berhenti…")
        desk.look("14-leave")
        if desk.page.get_by_label("Digantikan oleh").count():
            desk.choose("Digantikan oleh", "Bapak Edi")
        desk.press("Catat Gunawan berhenti")
        desk.look("14-left")

    def next_month(self) -> None:
        """January from a week's pattern."""
        desk = self.admin
        desk.menu("Jadwal")
        desk.follow("Salin pola minggu ini")
        desk.look("15-copy")
        desk.fill("Diisi dari", "2027-01-04")
        desk.fill("Sampai", "2027-01-29")
        desk.press("Lihat hasilnya")
        desk.look("15-copied")
        desk.press("Simpan")

    def end(self) -> None:
        """The quarter is over: the survey is closed, its report is there."""
        self.computer.clock.set_to(AFTER, 8)
        with self.book.step("survey closed, report"):
            desk = self.supervisor
            desk.log_in()
            desk.look("16-supervisor")
            desk.menu("Survei & tindak lanjut")
            desk.follow(re.compile("Triwulan IV"))
            desk.look("16-open")
            desk.follow("Tutup periode survei")
            desk.press("Tutup survei Triwulan IV 2026")
            desk.look("16-closed")
            self.report = desk.download("Laporan DOCX").read_bytes()
            assert desk.download("Laporan PDF").read_bytes().startswith(b"%PDF")
