"""Files as offices send them: each of tests/files/cases has the outcome that is written here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.records import NO_CHOICES, Choices, Parsed, parse
from feedback_app.files.tables import read_table
from feedback_app.services.imports.office import Imported, check_records, import_records
from feedback_app.services.site import Site
from feedback_app.storage.models import Attendance, Counter, Officer, Service, Training, TrainingRun
from tests.ground.office import Office

CASES = Path(__file__).parent / "cases"
NUR = {"nip": "197503122000032011", "name": "Nurlaila Hasan", "employment": "PNS", "unit": "kantor"}
SARI = "198001152010032001"
PRIMA = {"nip": SARI, "training": "prima", "starts_on": date(2026, 3, 2)}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read(name: str, kind: str, choices: Choices = NO_CHOICES) -> Parsed:
    return parse(KINDS[kind], read_table((CASES / name).read_bytes(), KINDS[kind].wanted), choices)


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [
        ("01_officers_titles.xlsx", "officers", NUR | {"name": "Dra. Hj. Nurlaila Hasan, M.Si."}),
        ("02_officers_nip_nbsp.csv", "officers", NUR),
        ("02b_officers_nip_quote.csv", "officers", NUR),
        ("02c_officers_nip_backtick.csv", "officers", NUR),
        ("02d_officers_nip_label.csv", "officers", NUR),
        ("03_officers_headings.csv", "officers", NUR),
        ("03b_officers_heading_nbsp.csv", "officers", NUR | {"display_name": "Ibu Nur"}),
        ("03c_attendance_headings.csv", "attendance", PRIMA | {"ends_on": date(2026, 3, 4)}),
        ("04_officers_title_row.xlsx", "officers", NUR),
        ("04b_officers_numbering_row.csv", "officers", NUR),
        ("05_officers_sep.csv", "officers", NUR),
        ("06_officers_hidden_first.xlsx", "officers", {"name": "Nama Baru"}),
        ("06b_officers_instructions_first.xlsx", "officers", {"name": "Nama Baru"}),
        ("07_officers_html.xls", "officers", NUR),
        ("08_officers_x000d.xlsx", "officers", NUR),
        ("09_officers_strict.xlsx", "officers", {"unit": "kantor"}),
        (
            "11_past_results_computed.xlsx",
            "past-results",
            {"prosedur": Decimal("3.482758620689655")},
        ),
        ("11b_past_results_computed.csv", "past-results", {"waktu": Decimal("3.4482758620689653")}),
        ("13_attendance_1904.xlsx", "attendance", PRIMA),
        ("14_roster_computed_times.xlsx", "roster", {"starts": time(8), "ends": time(12)}),
        ("15_visits_blank_rows.xlsx", "visits", {"visits": 85}),
        ("15c_visits_semicolons.csv", "visits", {"visits": 85}),
        ("17_siasn_real_names.csv", "siasn-kursus", {"certificate": "800/12/BPSDM/2026", "jp": 20}),
        ("17b_siasn_iso.csv", "siasn-kursus", {"starts_on": date(2026, 3, 2)}),
        ("17d_siasn_jp_text.csv", "siasn-kursus", {"jp": 20}),
        ("17e_siasn_dash.csv", "siasn-kursus", {"year": 2026}),
        ("20_officers_zwsp.csv", "officers", NUR),
        ("20b_officers_code_zwsp.csv", "officers", NUR),
        ("20c_counters_emoji.csv", "counters", {"name": "Loket 7 ✅ مرحبا KTP\u2011el ꦱꦤ"}),
        ("20d_officers_nfd.csv", "officers", {"name": "Jos\u00e9 Wulandari"}),
        ("22b_attendance_dots.csv", "attendance", PRIMA),
        ("22c_attendance_two_digit.csv", "attendance", PRIMA),
        ("22d_attendance_datetime.csv", "attendance", PRIMA),
        ("23_services_yes.csv", "services", {"is_free": True}),
        ("24_officers_employment.csv", "officers", {"employment": "PNS"}),
        ("25_trainings_quotes.csv", "trainings", {"kind": "bimbingan_teknis", "cost": 6_000_000}),
        ("25b_trainings_bimtek.csv", "trainings", {"kind": "bimbingan_teknis"}),
        ("33_past_one_respondent.csv", "past-results", {"respondents": 1}),
        ("33b_past_two_decimals.csv", "past-results", {"ikm": Decimal("91.38")}),
        ("33c_past_thousand.csv", "past-results", {"respondents": 1029}),
        ("42_officers_same_first_name.csv", "officers", {"name": "Siti Aminah"}),
        ("42_roster_today.csv", "roster", {"starts": time(7, 30)}),
    ],
)
def test_a_file_of_an_office_is_read(name: str, kind: str, first: Mapping[str, Any]) -> None:
    found = read(name, kind)
    assert found.errors == ()
    record = found.rows[0][1]
    assert {field: record.get(field) for field in first} == first


@pytest.mark.parametrize(
    ("name", "kind", "place", "told"),
    [
        ("21_visits_nbsp_number.csv", "visits", (4, "jumlah"), "bilangan bulat"),
        ("22_attendance_month_words.csv", "attendance", (4, "tanggal_mulai"), "bukan tanggal"),
        ("22e_attendance_serial.csv", "attendance", (2, "tanggal_mulai"), "mungkin 02-03-2026"),
        ("26_officers_na.xlsx", "officers", (2, "nama"), "galat rumus"),
        ("33d_past_converted.csv", "past-results", (2, "persyaratan"), "antara 1 dan 4"),
        ("12_attendance_mixed_dates.xlsx", "attendance", (2, "tanggal_mulai"), "tertukar"),
    ],
)
def test_what_nobody_can_read_for_sure_is_refused_with_its_cell(
    name: str, kind: str, place: tuple[int, str], told: str
) -> None:
    error = read(name, kind).errors[0]
    assert (error.row, error.column) == place
    assert told in str(error.reason)


def test_dates_in_words_are_read_and_a_span_is_not_a_day() -> None:
    days = [
        row["starts_on"]
        for _number, row in read("22_attendance_month_words.csv", "attendance").rows
    ]
    assert days == [date(2026, 3, 2), date(2026, 3, 2)]


def test_employments_and_kinds_as_offices_call_them() -> None:
    rows = read("24_officers_employment.csv", "officers").rows
    assert [row["employment"] for _number, row in rows] == ["PNS", "PPPK", "PPPK"]
    kinds = [row["kind"] for _number, row in read("25b_trainings_bimtek.csv", "trainings").rows]
    assert kinds == ["bimbingan_teknis", "struktural", "seminar", "magang"]


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("06_officers_hidden_first.xlsx", "officers", "Lembar tersembunyi tidak dibaca: ref_lama."),
        ("18_officers_filtered.xlsx", "officers", "1 baris tersembunyi (disaring) ikut dibaca: 3."),
        (
            "16_attendance_merged_nip.xlsx",
            "attendance",
            "Sel gabungan berlaku untuk semua barisnya",
        ),
    ],
)
def test_what_no_eye_sees_in_a_workbook_is_told(name: str, kind: str, told: str) -> None:
    found = read(name, kind)
    assert found.errors == ()
    assert any(told in str(note) for note in found.notes)


def test_a_text_decoded_twice_is_read_and_told() -> None:
    found = read("19_officers_mojibake.csv", "officers")
    assert found.rows[0][1]["name"] == "Ma\u2019ruf Hasan"
    assert "tersandi dua kali" in str(found.warnings[0].reason)


def test_a_row_of_sums_is_passed_over_and_told() -> None:
    found = read("15b_visits_total.csv", "visits")
    assert (len(found.rows), found.errors) == (1, ())
    assert [(w.row, str(w.reason)) for w in found.warnings] == [(3, "baris jumlah; dilewati")]


def test_an_ods_without_a_table_says_so() -> None:
    with pytest.raises(FileFaultError, match="kosong"):
        read("10_officers.ods", "officers")


def bring(site: Site, office: Office, kind: str, name: str, **choices: Any) -> Imported:
    content = (
        (CASES / name)
        .read_bytes()
        .replace(b"kantor", b"A")
        .replace(SARI.encode(), b"198001012010012000")
    )
    content = content.replace(b"198102152011031002", b"198001012010012001")
    return import_records(
        site, KINDS[kind], content, agency_id=office.agency_id, by=None, choices=Choices(**choices)
    )


def bring_text(site: Site, office: Office, kind: str, text: str, **choices: Any) -> Imported:
    return import_records(
        site,
        KINDS[kind],
        text.encode(),
        agency_id=office.agency_id,
        by=None,
        choices=Choices(**choices),
    )


def row_of(site: Site, table: Any, **where: Any) -> Any:
    with site.db.read() as session:
        return session.scalars(select(table).filter_by(**where)).one()


def test_an_absent_column_changes_nothing(site: Site, office: Office) -> None:
    full = "kode;judul;jenis;unsur;jp;biaya\nprima;Pelayanan prima di loket;Bimtek;perilaku;20;6.000.000"
    assert bring_text(site, office, "trainings", full).is_saved
    told = "nip;pelatihan;tanggal_mulai;hasil;sertifikat;alasan\n198001012010012000;prima;09-05-2025;lulus;7/LAN;undian"
    assert bring_text(site, office, "attendance", told).is_saved
    for kind, name in (
        ("attendance", "40d_attendance_without_optional.csv"),
        ("trainings", "40b_trainings_without_optional.csv"),
        ("services", "40c_services_without_optional.csv"),
    ):
        again = bring(site, office, kind, name)
        assert (again.added, again.changed, again.same) == (0, 0, 1), kind
    attendance = row_of(site, Attendance)
    assert (attendance.result, attendance.certificate, attendance.reason) == (
        "passed",
        "7/LAN",
        "lot",
    )
    training = row_of(site, Training)
    assert (training.elements, training.jp, training.cost) == (["perilaku"], 20, 6_000_000)
    assert row_of(site, Service, code="ktp").name_en == "KTP"


def test_a_file_may_bring_one_column_and_the_key_alone(site: Site, office: Office) -> None:
    before = row_of(site, Officer, nip="198001012010012000")
    done = bring_text(site, office, "officers", "nip;unit\n198001012010012000;B")
    assert (done.changed, [c.cells[0].heading for c in done.changes]) == (1, ["unit"])
    assert (done.changes[0].cells[0].old, done.changes[0].cells[0].new) == ("A", "B")
    after = row_of(site, Officer, nip="198001012010012000")
    assert (after.name, after.display_name, after.unit_id) == (
        before.name,
        before.display_name,
        office.unit["B"],
    )
    refused = bring_text(site, office, "officers", "nip;unit\n198609102010032001;B")
    assert [(e.row, e.column) for e in refused.errors] == [(2, "nama"), (2, "status_asn")]


def test_an_empty_cell_clears_only_when_a_person_says_so(site: Site, office: Office) -> None:
    head = "kode;judul;jenis;penyelenggara;biaya\n"
    bring_text(site, office, "trainings", head + "prima;Prima;Bimtek;BPSDM;6.000.000")
    empty = head + "prima;;;-;"
    assert bring_text(site, office, "trainings", empty).changed == 0
    assert row_of(site, Training).provider == "BPSDM"
    refused = bring_text(site, office, "trainings", empty, empty_clears=True)
    assert [e.column for e in refused.errors] == ["judul", "jenis"]  # these are never empty
    done = bring_text(site, office, "trainings", head + "prima;Prima;Bimtek;;", empty_clears=True)
    assert [(c.heading, c.old, c.new) for c in done.changes[0].cells] == [
        ("penyelenggara", "BPSDM", "–"),
        ("biaya", "6000000", "–"),
    ]
    assert row_of(site, Training).cost is None


def test_a_counter_keeps_its_services_unless_they_are_told(site: Site, office: Office) -> None:
    assert bring_text(site, office, "counters", "kode;nama\na1;Loket satu").changed == 1
    assert row_of(site, Counter, code="A1").name == "Loket satu"  # a1 is A1
    done = bring_text(site, office, "counters", "kode;layanan\nA1;ktp")
    assert [(c.heading, c.old, c.new) for c in done.changes[0].cells] == [
        ("layanan", "ktp | kk", "ktp")
    ]


def test_columns_that_are_only_guessed_are_listed_and_taken_when_a_person_says_so(
    site: Site, office: Office
) -> None:
    text = "NIP;Nama Lengkap Pegawai;Kedudukan Pegawai;Unit Kerja\n198609102010032001;Rini;PNS;A"
    refused = bring_text(site, office, "officers", text)
    assert refused.has_open_columns
    assert not refused.is_saved
    guesses = {field: refused.matched.titles[at] for field, at in refused.matched.guesses.items()}
    assert guesses["unit"] == "Unit Kerja"
    assert guesses["employment"] == "Kedudukan Pegawai"
    places = {**refused.matched.guesses, "name": 1}
    assert bring_text(site, office, "officers", text, columns=places).is_saved


def test_one_certificate_is_one_course(site: Site, office: Office) -> None:
    done = bring(site, office, "siasn-kursus", "41_siasn_same_certificate.csv")
    assert (done.added, len([w for w in done.warnings if "sertifikat" in str(w.reason)])) == (1, 2)
    assert row_of(site, Attendance).jp == 20
    again = bring(site, office, "siasn-kursus", "41_siasn_same_certificate.csv")
    assert (again.added, again.changed) == (0, 0)
    text = "nip;pelatihan;tanggal_mulai;sertifikat\n" + "".join(
        f"198001012010012000;{code};09-05-2025;7/LAN\n" for code in ("x", "y")
    )
    bring_text(site, office, "trainings", "kode;judul;jenis\nx;Etika;kursus\ny;Arsip;kursus")
    assert [e.row for e in bring_text(site, office, "attendance", text).errors] == [3]


def test_rows_of_siasn_without_a_date_are_listed_and_passed_over(
    site: Site, office: Office
) -> None:
    done = bring(site, office, "siasn-kursus", "17c_siasn_empty_date.csv")
    assert (done.added, done.errors) == (1, ())
    assert [(w.row, str(w.reason)) for w in done.warnings if w.row == 3] == [
        (3, "tanpa tanggal; dilewati")
    ]


def test_rows_of_one_course_and_month_are_one_run(site: Site, office: Office) -> None:
    text = (
        "nipBaru;namaKursus;tanggalKursus\n198001012010012000;Etika ASN;02-03-2026\n"
        "198001012010012001;ETIKA ASN;09-03-2026\n198001012010012001;Etika ASN;16-03-2026\n"
    )
    done = bring_text(site, office, "siasn-kursus", text)
    assert (done.added, done.errors) == (3, ())
    with site.db.read() as session:
        days = session.scalars(select(TrainingRun.starts_on).order_by(TrainingRun.starts_on)).all()
    assert list(days) == [date(2026, 3, 2), date(2026, 3, 16)]  # Andi's second course is his own
    assert bring_text(site, office, "siasn-kursus", text).added == 0


def test_people_without_nip_are_matched_by_name_only_with_a_nod(site: Site, office: Office) -> None:
    name = row_of(site, Officer, nip="198001012010012000").name
    text = f"nama;namaKursus;tanggalKursus\nDra. {name.upper()}, M.Si.;Etika ASN;02-03-2026\n"
    rehearsed = check_records(
        site, KINDS["siasn-kursus"], text.encode(), agency_id=office.agency_id
    )
    assert [(q.about, q.answer) for q in rehearsed.questions] == [("person", "198001012010012000")]
    assert [e.column for e in bring_text(site, office, "siasn-kursus", text).errors] == ["nama"]
    key = rehearsed.questions[0].key
    assert bring_text(site, office, "siasn-kursus", text, people={key: ""}).added == 0
    assert (
        bring_text(site, office, "siasn-kursus", text, people={key: "198001012010012000"}).added
        == 1
    )


def test_a_near_double_of_a_title_is_asked_for_and_remembered(site: Site, office: Office) -> None:
    bring_text(site, office, "trainings", "kode;judul;jenis\nprima;Pelayanan prima di loket;Bimtek")
    text = "nip;namakursus;tanggalkursus\n198001012010012000;PELATIHAN PELAYANAN PRIMA Angkatan II;02-03-2026\n"
    rehearsed = check_records(
        site, KINDS["siasn-kursus"], text.encode(), agency_id=office.agency_id
    )
    (question,) = rehearsed.questions
    assert question.known == "Pelayanan prima di loket"
    done = bring_text(site, office, "siasn-kursus", text, merges={question.key: question.answer})
    assert done.added == 1
    assert row_of(site, Training).code == "prima"
    later = text.replace("02-03-2026", "05-06-2026")
    assert bring_text(site, office, "siasn-kursus", later).questions == ()
    assert row_of(site, Training).code == "prima"
