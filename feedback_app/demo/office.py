"""The made-up office: units, services with one town's published volumes, counters, officers."""

from __future__ import annotations

from dataclasses import dataclass

AGENCY_CODE = "disdukcapil-contoh"
AGENCY = "Dinas Dukcapil Kabupaten Contoh"

UNITS = (
    ("kantor", "Kantor Dukcapil Muara Contoh"),
    ("rimbo", "UPT Dukcapil Rimbo Contoh"),
)


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service and its visits a month (Bontang 2020, published); `minutes` is made up."""

    code: str
    name: str
    name_en: str
    monthly: int
    minutes: int = 5


SERVICES = (
    DemoService("ktp", "KTP-el", "Identity card (KTP-el)", 2000),
    DemoService("kk", "Kartu Keluarga", "Family card (KK)", 1566),
    DemoService("pindah", "Pindah datang", "Change of residence", 499),
    DemoService("kia", "Kartu Identitas Anak", "Child identity card (KIA)", 470),
    DemoService("lahir", "Akta kelahiran", "Birth certificate", 397),
    DemoService("aduan", "Pengaduan data", "Data complaint", 120),
    DemoService("mati", "Akta kematian", "Death certificate", 81),
    DemoService("kawin", "Akta perkawinan", "Marriage certificate", 10),
    DemoService("info", "Informasi data", "Data information", 7),
    DemoService("cerai", "Akta perceraian", "Divorce certificate", 1),
)


@dataclass(frozen=True, slots=True)
class DemoCounter:
    """A counter, its unit, its services and how busy it is within each."""

    code: str
    name: str
    unit: str
    services: tuple[str, ...]
    weight: float


COUNTERS = (
    DemoCounter("L1", "Loket 1 — KTP-el", "kantor", ("ktp",), 1.2),
    DemoCounter("L2", "Loket 2 — KTP-el dan KIA", "kantor", ("ktp", "kia"), 1.0),
    DemoCounter("L3", "Loket 3 — Kartu Keluarga", "kantor", ("kk",), 1.1),
    DemoCounter("L4", "Loket 4 — KK dan pindah datang", "kantor", ("kk", "pindah"), 1.0),
    DemoCounter("L5", "Loket 5 — Akta kelahiran dan kematian", "kantor", ("lahir", "mati"), 1.0),
    DemoCounter(
        "L6",
        "Loket 6 — Akta lain, pengaduan, dan informasi",
        "kantor",
        ("kawin", "cerai", "aduan", "info"),
        1.0,
    ),
    DemoCounter("R1", "Loket Rimbo 1 — KTP-el dan KIA", "rimbo", ("ktp", "kia"), 0.6),
    DemoCounter("R2", "Loket Rimbo 2 — KK, pindah, akta", "rimbo", ("kk", "pindah", "lahir"), 0.5),
)

# name, what citizens call them, employment; made up, any likeness is chance
OFFICERS = (
    ("Sari Wulandari", "Ibu Sari", "PNS"),
    ("Andi Saputra", "Bapak Andi", "PNS"),
    ("Dewi Lestari Ningsih", "Ibu Dewi", "PNS"),
    ("Rudi Hartono Siregar", "Bapak Rudi", "PPPK"),
    ("Fitri Handayani", "Ibu Fitri", "PNS"),
    ("Bambang Prasetyo", "Bapak Bambang", "PNS"),
    ("Nurhasanah", "Ibu Nur", "PPPK"),
    ("Hendra Gunawan", "Bapak Hendra", "PNS"),
    ("Yuliana Safitri", "Ibu Yuli", "PNS"),
    ("Agus Salim Nasution", "Bapak Agus", "PPPK"),
    ("Ratna Komalasari", "Ibu Ratna", "PNS"),
    ("Joko Susilo", "Bapak Joko", "PNS"),
    ("Mardiana", "Ibu Mardiana", "PPPK"),
    ("Zulkifli Harahap", "Bapak Zul", "PNS"),
    ("Eka Putri Rahayu", "Ibu Eka", "PNS"),
    ("Dedi Kurniawan", "Bapak Dedi", "PPPK"),
    ("Siti Khadijah", "Ibu Siti", "PNS"),
    ("Iwan Setiawan", "Bapak Iwan", "PNS"),
    ("Lina Marlina", "Ibu Lina", "PPPK"),
    ("Syahrul Ramadhan", "Bapak Syahrul", "PNS"),
    ("Wati Suryani", "Ibu Wati", "PNS"),
    ("Eko Nugroho", "Bapak Eko", "PNS"),
    ("Puspita Anggraini", "Ibu Puspita", "PPPK"),
    ("Taufik Hidayat Lubis", "Bapak Taufik", "PNS"),
)

ROOM_OWNER = 2  # place in OFFICERS of whom the log-in "petugas" belongs to
# Fixed on purpose: the demo is meant to be opened by whoever starts it on the own machine.
DEMO_PASSWORD = "contoh-suara-loket"  # noqa: S105 (public, works in demo agencies only)
LOGINS = (
    ("admin", "Admin Contoh", "admin", ()),
    ("atasan", "Atasan Kantor Contoh", "supervisor", ("kantor",)),
    ("atasan.rimbo", "Atasan Rimbo Contoh", "supervisor", ("rimbo",)),
    ("kepegawaian", "Kepegawaian Contoh", "hr", ()),
    ("petugas", OFFICERS[ROOM_OWNER][0], "officer", ()),
    ("inspektorat", "Inspektur Satu Contoh", "inspectorate", ()),
    ("inspektorat2", "Inspektur Dua Contoh", "inspectorate", ()),  # a decision needs two
)
ROOM_READERS = ("atasan", "kepegawaian")


def made_up_nip(position: int) -> str:
    """An 18-figure number of the right shape: birth 1980-1999, appointment 2010-2019."""
    year, month = 1980 + position % 20, position % 12 + 1
    sex = 2 if position % 2 == 0 else 1
    return f"{year}{month:02d}15{2010 + position % 10}03{sex}{position + 1:03d}"


def log_ins(base_url: str) -> str:
    """The demo's accounts, as a start prints them."""
    lines = [f"\n{base_url}/masuk  — data contoh, sandi / password: {DEMO_PASSWORD}"]
    lines += [f"  {username:<14}{role:<14}{name}" for username, name, role, _units in LOGINS]
    return "\n".join(lines)
