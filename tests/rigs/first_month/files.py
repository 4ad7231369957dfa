"""The files that a made-up office has lying about: its lists, its monthly table, its certificates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl

COUNTERS = tuple(f"L{number}" for number in range(1, 9))
SERVICES = {
    "ktp": "Perekaman KTP-el",
    "kk": "Kartu Keluarga",
    "kia": "Kartu Identitas Anak",
    "lahir": "Akta kelahiran",
    "mati": "Akta kematian",
    "kawin": "Akta perkawinan",
    "pindah": "Surat pindah",
    "rekam": "Konsolidasi data",
}
# Men and women as their numbers say; the last four are PPPK, whose numbers say nothing.
NAMES = (
    "Hj. Siti Aminah, S.Sos.", "Sri Wahyuni", "Dewi Lestari, S.E.", "Fitri Handayani",
    "Ni Made Ayu Sari", "Rina Marlina", "Yulianti, A.Md.", "Dra. Endang Susilowati",
    "Nurhayati", "Ratna Kumala", "Maria Goreti", "Lilis Suryani",
    "M. Yusuf", "H. Ahmad Dahlan", "I Made Wirawan", "Drs. Bambang Sutrisno",
    "Agus Salim", "Edi Kurnia", "Gunawan", "Joko Saputra",
    "Rizki Pratama", "Putri Anggraini", "Wulan Sari", "Fajar Hidayat",
)  # fmt: skip
WOMEN, PPPK = 12, 4
UNIT = ("kantor", "Dinas Dukcapil")
CLOSED = {date(2026, 12, 24), date(2026, 12, 25)}


def nip(place: int) -> str:
    """A number as the civil service gives them: birth, entry, sex, turn; PPPK have their own form."""
    born = f"19{75 + place}0{1 + place % 9}15"
    if place >= len(NAMES) - PPPK:
        return f"{born}20242190{place:02d}"
    return f"{born}201001{2 if place < WOMEN else 1}{place + 1:03d}"


def services_csv() -> bytes:
    """Eight services, typed over the example."""
    lines = [f"{code};{name};ya;{UNIT[0]}" for code, name in SERVICES.items()]
    return "\n".join(["kode;nama;gratis;unit", *lines]).encode()


def counters_csv() -> bytes:
    """Eight counters, each with all services but for two of them."""
    offered = list(SERVICES)
    lines = [
        f"{code};Loket {code[1:]};{UNIT[0]};{'|'.join(offered[n % 3 : n % 3 + 5])}"
        for n, code in enumerate(COUNTERS)
    ]
    return "\n".join(["kode;nama;unit;layanan", *lines]).encode()


def officers_xlsx() -> bytes:
    """The office's own list of staff: titles, a numbering row, its own headings, a signature."""
    lines: list[Sequence[Any]] = [
        ["PEMERINTAH KABUPATEN CONTOH"],
        ["DAFTAR NOMINATIF PEGAWAI DINAS DUKCAPIL TAHUN 2026"],
        [],
        ["NO", "NAMA", "NIP", "GOL", "JABATAN", "STATUS ASN", "UNIT KERJA"],
        [1, 2, 3, 4, 5, 6, 7],
    ]
    for place, name in enumerate(NAMES):
        status = "PPPK" if place >= len(NAMES) - PPPK else "PNS"
        number = nip(place)
        shown = f"{number[:8]} {number[8:14]} {number[14]} {number[15:]}"
        lines.append([place + 1, name, shown, "III/a", "Operator", status, UNIT[1]])
    return _xlsx(lines)


def roster_xlsx() -> bytes:
    """December's table of names and days: P mornings, S afternoons, L off, and holidays empty."""
    days = [date(2026, 12, 1) + timedelta(days=n) for n in range(31)]
    lines: list[Sequence[Any]] = [
        ["JADWAL PIKET LOKET BULAN DESEMBER 2026"],
        ["NO", "NAMA", "LOKET", *[day.day for day in days]],
    ]
    for place, name in enumerate(NAMES):
        cells = [letter_of(place, day) for day in days]
        lines.append([place + 1, name, COUNTERS[place // 3], *cells])
    return _xlsx([*lines, [], ["", "Keterangan: P 08.00-12.00, S 12.00-16.00, L libur"]])


def letter_of(place: int, day: date) -> str:
    """Three officers of a counter take turns week by week."""
    if day.weekday() > 4 or day in CLOSED:
        return ""
    return "PSL"[(place + day.isocalendar().week) % 3]


def on_duty(counter: int, day: date, hour: int) -> int | None:
    """The place in NAMES of who the table puts there; None where it is closed."""
    letter = "P" if hour < 12 else "S"
    places = range(counter * 3, counter * 3 + 3)
    return next((place for place in places if letter_of(place, day) == letter), None)


def trainings_csv() -> bytes:
    """What was taught this year."""
    return (
        b"kode;judul;jenis;unsur;penyelenggara;jp;biaya\n"
        b"prima;Pelayanan prima di loket;Bimbingan teknis;perilaku|informasi;BPSDM;20;6.000.000\n"
        b"siak;Aplikasi SIAK terpusat;Kursus;kecepatan;Dukcapil;10;4.000.000\n"
    )


def attendance_csv() -> bytes:
    """Two runs: one all were sent to, one whoever wanted."""
    lines = [f"'{nip(place)};prima;7 Oktober 2026;semua" for place in range(8)]
    lines += [f"'{nip(place)};siak;2026-10-21;sukarela" for place in range(8, 14)]
    return "\n".join(["nip;pelatihan;tanggal mulai;alasan", *lines]).encode()


def _xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(list(line))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
