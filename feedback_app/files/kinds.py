"""The kinds of files an office imports; trainings are in training_kinds.py."""

from __future__ import annotations

from feedback_app.files import cells
from feedback_app.files.examples import example_xlsx
from feedback_app.files.happening_kinds import HAPPENINGS
from feedback_app.files.records import NO_CHOICES, Choices, Kind, Parsed, column, optional, parse
from feedback_app.files.survey_kinds import PAST_RESULTS
from feedback_app.files.tables import read_table
from feedback_app.files.training_kinds import TRAINING_KINDS_OF_FILE

_NIP_TOO = ("nip_baru", "nomor_induk_pegawai")
_UNIT = column(
    "unit",
    "unit",
    cells.text,
    "kode atau nama unit",
    "kantor",
    "kantor",
    also=("kode_unit", "nama_unit"),
)

OFFICE_KINDS = (
    Kind(
        "services",
        "Layanan",
        (
            column(
                "code",
                "kode",
                cells.code,
                "kode pendek",
                "ktp",
                "kk",
                also=("code", "kode_layanan"),
            ),
            column(
                "name",
                "nama",
                cells.text,
                "nama layanan",
                "KTP-el",
                "Kartu Keluarga",
                also=("name", "nama_layanan"),
            ),
            optional("name_en", "nama_en", "nama Inggris", "Identity card", "Family card"),
            column(
                "is_free",
                "gratis",
                cells.yes_or_no,
                "ya atau tidak",
                "ya",
                "ya",
                also=("free",),
            ),
            _UNIT,
            optional(
                "minutes",
                "menit",
                "lama pelayanan tercepat yang biasa, dalam menit; kosong = 5",
                "5",
                "8",
                read=cells.optional_minutes,
            ),
        ),
        ("code",),
        patches=True,
    ),
    Kind(
        "counters",
        "Loket",
        (
            column(
                "code", "kode", cells.code, "kode loket", "A1", "A2", also=("code", "kode_loket")
            ),
            column(
                "name",
                "nama",
                cells.text,
                "nama loket",
                "Loket A1",
                "Loket A2",
                also=("name", "nama_loket"),
            ),
            _UNIT,
            column(
                "services",
                "layanan",
                cells.offers,
                "kode layanan, dipisah |; jam bila perlu: kk@08.00-12.00",
                "ktp|kk@08.00-12.00",
                "kk",
                also=("services", "kode_layanan"),
            ),
        ),
        ("code",),
        patches=True,
    ),
    Kind(
        "officers",
        "Petugas",
        (
            column(
                "nip",
                "nip",
                cells.nip,
                "18 angka, kolom berformat Teks",
                "198609102010032001",
                "199001152015031002",
                also=_NIP_TOO,
            ),
            column(
                "name",
                "nama",
                cells.text,
                "nama lengkap",
                "Siti Aminah",
                "Budi Santoso",
                also=("name", "nama_lengkap", "nama_pegawai", "nama_petugas"),
            ),
            optional(
                "display_name",
                "nama_tampilan",
                "sapaan di formulir; kosong = Ibu atau Bapak dan nama depan tanpa gelar",
                "Ibu Siti",
                "Bapak Budi",
                also=("panggilan", "sapaan", "nama_panggilan"),
            ),
            optional(
                "sex",
                "jenis_kelamin",
                "L atau P; hanya untuk menyusun sapaan, tidak disimpan",
                "P",
                "L",
                read=cells.optional_sex,
                also=("jk", "kelamin", "l_p", "gender"),
            ),
            column(
                "employment",
                "status_asn",
                cells.employment,
                "PNS atau PPPK",
                "PNS",
                "PPPK",
                also=("status", "employment", "status_kepegawaian", "status_pegawai"),
            ),
            _UNIT,
        ),
        ("nip",),
        patches=True,
    ),
    Kind(
        "roster",
        "Jadwal",
        (
            column(
                "day",
                "tanggal",
                cells.day,
                "24-11-2026",
                "24-11-2030",
                "24-11-2030",
                also=("date",),
            ),
            column(
                "nip",
                "nip",
                cells.nip,
                "18 angka, kolom berformat Teks",
                "198609102010032001",
                "199001152015031002",
                also=_NIP_TOO,
            ),
            column(
                "counter",
                "loket",
                cells.code,
                "kode loket",
                "A1",
                "A2",
                also=("counter", "kode_loket"),
            ),
            column(
                "starts",
                "mulai",
                cells.clock_time,
                "jam setempat, seperti 08.00",
                "08.00",
                "12.00",
                also=("start", "jam_mulai", "jam_masuk"),
            ),
            column(
                "ends",
                "selesai",
                cells.clock_time,
                "jam setempat, seperti 16.00",
                "12.00",
                "16.00",
                also=("end", "jam_selesai", "jam_pulang"),
            ),
        ),
        ("day", "nip", "counter", "starts"),
    ),
    Kind(
        "visits",
        "Jumlah kunjungan",
        (
            column(
                "day",
                "tanggal",
                cells.day,
                "24-11-2026",
                "24-11-2030",
                "24-11-2030",
                also=("date",),
            ),
            column(
                "counter",
                "loket",
                cells.code,
                "kode loket",
                "A1",
                "A1",
                also=("counter", "kode_loket"),
            ),
            column(
                "service",
                "layanan",
                cells.code,
                "kode layanan",
                "ktp",
                "kk",
                also=("service", "kode_layanan"),
            ),
            column(
                "visits",
                "jumlah",
                cells.count,
                "bilangan bulat",
                "85",
                "61",
                also=("visits", "jumlah_kunjungan"),
            ),
        ),
        ("day", "counter", "service"),
    ),
)

KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (*OFFICE_KINDS, HAPPENINGS, PAST_RESULTS, *TRAINING_KINDS_OF_FILE)
}


def parse_file(key: str, content: bytes, choices: Choices = NO_CHOICES) -> Parsed:
    """A file of the kind with this key, read and parsed; FileFaultError when it is no table."""
    kind = KINDS[key]
    return parse(kind, read_table(content, kind.wanted, sheet=choices.sheet), choices)


def example_workbook(key: str) -> bytes:
    """A workbook of the kind with this key, to copy from."""
    return example_xlsx(KINDS[key])
