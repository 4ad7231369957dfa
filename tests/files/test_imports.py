"""Imports: whole or not at all, whatever the office's spreadsheet does to a file."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from feedback_app.domain.codes import place_code
from feedback_app.files import tables
from feedback_app.files.cells import CellFaultError
from feedback_app.files.examples import example_csv, example_xlsx
from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.records import Kind, Parsed, parse
from feedback_app.files.tables import Cell, read_table
from feedback_app.services.citizen.place import open_place
from feedback_app.services.imports.office import Imported, check_records, import_records
from feedback_app.services.site import Site
from feedback_app.storage.db import Base
from feedback_app.storage.models import Agency
from tests.ground.office import Office
from tests.rigs import bad_imports
from tests.rigs.bad_imports import import_spoilt
from tests.rigs.spoilt_files import Spoilt, changed_member, zip_bomb


def parsed(kind: str, text: str, encoding: str = "utf-8") -> Parsed:
    return parse(KINDS[kind], read_table(text.encode(encoding)))


def xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet_with(pattern: bytes, put: bytes) -> bytes:
    """A good workbook of two services whose XML was changed."""
    rows: list[list[object]] = [["kode", "nama", "gratis", "unit"]]
    rows += [[code, code.upper(), "ya", "A"] for code in ("kia", "lahir")]
    return changed_member(
        xlsx(rows), "xl/worksheets/sheet1.xml", lambda text: re.sub(pattern, put, text)
    )


def row_counts(site: Site) -> dict[str, int]:
    with site.db.read() as session:
        return {
            table.name: int(session.scalar(select(func.count()).select_from(table)) or 0)
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_each_kind_reads_back_without_a_fault(kind: str) -> None:
    for content in (example_csv(KINDS[kind]), example_xlsx(KINDS[kind])):
        found = parse(KINDS[kind], read_table(content))
        assert (found.errors, found.warnings, len(found.rows)) == ((), (), 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_encoding_and_delimiter_of_an_office(encoding: str, delimiter: str) -> None:
    text = "KODE;Nama;Gratis;Unit\r\n\r\nktp;Café é;ya;A\r\n".replace(";", delimiter)
    found = parsed("services", text, encoding)
    assert found.errors == ()
    assert found.rows[0][0] == 3  # the blank line counts, as in the spreadsheet
    assert found.rows[0][1]["name"] == "Café é"


def test_a_nip_that_arrived_as_a_number_is_told_with_its_place() -> None:
    rows = [["nip", "nama", "status_asn", "unit"], [198609102010032001, "Siti", "PNS", "A"]]
    found = parse(KINDS["officers"], read_table(xlsx(rows)))
    (error,) = found.errors
    assert (error.row, error.column, error.value) == (2, "nip", "1.98609E+17")
    assert "format kolom NIP sebagai Teks" in str(error.reason)


def test_spreadsheet_dates_and_times_are_read_and_impossible_ones_refused() -> None:
    head = ["tanggal", "nip", "loket", "mulai", "selesai"]
    good = [datetime(2026, 3, 2), "198609102010032001", "A1", time(8, 0), "16.00"]
    record = parse(KINDS["roster"], read_table(xlsx([head, good]))).rows[0][1]
    assert (record["day"], record["starts"], record["ends"]) == (
        date(2026, 3, 2),
        time(8, 0),
        time(16, 0),
    )
    bad = parsed("roster", "tanggal;nip;loket;mulai;selesai\n31-02-2026;x;A 1;25.00;\n")
    assert [error.column for error in bad.errors] == ["tanggal", "nip", "loket", "mulai", "selesai"]


def test_every_bad_cell_is_told_at_once_and_repeats_name_both_rows() -> None:
    text = "tanggal;loket;layanan;jumlah\n1-3-2026;A1;ktp;1.234\n1-3-2026;A1;ktp;5\n2-3-2026;A1;ktp;1,5\n2-3-2026;A1;kk;²\n2-3-2026;;kk;-1\n"
    found = parsed("visits", text)
    assert [(e.row, e.column) for e in found.errors] == [
        (4, "jumlah"),
        (5, "jumlah"),
        (6, "loket"),
        (6, "jumlah"),
        (3, "tanggal"),
    ]
    assert str(found.errors[-1].reason) == "sama dengan baris 2"
    assert found.rows[0][1]["visits"] == 1234


def test_hidden_characters_and_missing_columns_are_refused() -> None:
    found = parsed(
        "services", "kode;nama;gratis;unit\nktp;a\u202eb;ya;A\nkk;%s;ya;A\n" % ("x" * 201)
    )
    assert [error.row for error in found.errors] == [2, 3]
    missing = parsed("roster", "tanggal;nip\n24-11-2030;198001012010012000\n")
    assert [(e.row, e.column) for e in missing.errors] == [
        (1, "loket"),
        (1, "mulai"),
        (1, "selesai"),
    ]
    extra = parsed("services", "kode;nama;gratis;unit;warna\nktp;KTP;ya;A;biru\n")
    assert [(w.column, e) for w in extra.warnings for e in [extra.errors]] == [("warna", ())]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"kode;nama\n", b"\x00\x00", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"]
)
def test_what_is_no_table_is_one_clear_fault(content: bytes) -> None:
    with pytest.raises(FileFaultError):
        read_table(content)


def test_a_file_is_imported_whole_or_not_at_all(site: Site, office: Office) -> None:
    before = row_counts(site)
    good = b"kode;nama;gratis;unit\nkia;KIA;ya;A\nlahir;Akta lahir;ya;A\n"
    bad = good + b"mati;Akta kematian;ya;ZZ\n"
    kind = KINDS["services"]
    refused = import_records(site, kind, bad, agency_id=office.agency_id, by=None)
    assert [(e.row, e.column, e.value) for e in refused.errors] == [(4, "unit", "ZZ")]
    assert row_counts(site) == before
    rehearsed = check_records(site, kind, good, agency_id=office.agency_id)
    assert (rehearsed.added, rehearsed.is_saved) == (2, False)
    assert row_counts(site) == before
    done = import_records(site, kind, good, agency_id=office.agency_id, by=None)
    assert (done.added, done.is_saved) == (2, True)
    again = good.replace(b"KIA;", b"Kartu anak;")
    changed = import_records(site, kind, again, agency_id=office.agency_id, by=None)
    assert (changed.added, changed.changed, changed.same) == (0, 1, 1)


def test_one_officer_cannot_stand_at_two_counters(site: Site, office: Office) -> None:
    head = "tanggal;nip;loket;mulai;selesai\n"
    sari, andi = "198001012010012000", "198001012010012001"
    kind = KINDS["roster"]

    def send(lines: str) -> tuple[int, list[int]]:
        content = (head + lines).encode()
        result = import_records(site, kind, content, agency_id=office.agency_id, by=None)
        return result.added, [error.row for error in result.errors]

    assert send(f"1-12-2026;{sari};A1;08.00;12.00\n1-12-2026;{andi};A1;08.00;12.00\n") == (2, [])
    assert send(f"2-12-2026;{sari};A1;08.00;12.00\n2-12-2026;{sari};A2;11.00;13.00\n") == (0, [3])
    assert send(f"1-12-2026;{sari};A2;11.00;13.00\n") == (0, [2])  # against what is there already
    assert send(f"1-12-2026;{sari};A1;08.00;12.00\n") == (0, [])  # the same again changes nothing
    assert send(f"3-12-2026;{sari};A1;12.00;08.00\n") == (0, [2])


def test_a_service_is_offered_at_its_hours_only(site: Site, office: Office) -> None:
    """The clock stands at 13.05."""
    code = place_code(office.number["A2"], 1, key=b"p" * 32)
    head = "kode;nama;unit;layanan\n"
    for services, shown in (
        ("ktp|kk@08.00-12.00", ["KTP-el"]),
        ("ktp@08.00-12.00|kk@13.00-16.00", ["Kartu Keluarga"]),
        ("kk|ktp", ["KTP-el", "Kartu Keluarga"]),
    ):
        content = (head + f"A2;Loket A2;A;{services}\n").encode()
        done = import_records(site, KINDS["counters"], content, agency_id=office.agency_id, by=None)
        assert done.errors == ()
        assert [name for _id, name, _en in open_place(site, code).services] == shown
    for wrong in ("ktp@8", "ktp@12.00-08.00", "ktp@08.00-25.00", "ktp|ktp", "ktp@08.00-"):
        found = parsed("counters", head + f"A2;Loket A2;A;{wrong}\n")
        assert [error.column for error in found.errors] == ["layanan"], wrong


@pytest.mark.engine_alike
@pytest.mark.proof
def test_a_spoilt_file_is_refused_whole_or_taken_whole(site: Site, office: Office) -> None:
    """P10 in small, on both engines; `make bad-imports` takes thousands."""
    counted = import_spoilt(site, office, range(120), seed=10)
    assert counted.broken == []
    assert min(counted.outcomes[name] for name in ("imported", "refused by cells", "no table")) > 10


@pytest.mark.proof
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_check_finds_rows_passed_over_and_what_a_refusal_left_behind(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Spoilt(_sheet_with(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:D2"'), 2)
    with monkeypatch.context() as planted:
        planted.setattr(bad_imports, "spoilt", lambda *_given: file)
        assert import_spoilt(site, office, range(30), seed=10).broken == []
        every = tables._Cells.rows
        planted.setattr(tables._Cells, "rows", lambda reading: every(reading)[:-1])
        broken = import_spoilt(site, office, range(30), seed=10).broken
        assert any("1 rows taken of 2" in fault for fault in broken)

    def leaky(site: Site, kind: Kind, content: bytes, **given: Any) -> Imported:
        done = import_records(site, kind, content, **given)
        with site.db.transaction() as tx:
            tx.execute(update(Agency).values(name=f"{len(content)} bytes"))
        return done

    monkeypatch.setattr(bad_imports, "import_records", leaky)
    broken = import_spoilt(site, office, range(40), seed=10).broken
    assert any("refused, yet the database changed" in fault for fault in broken)


def test_parts_named_by_their_whole_path_are_found() -> None:
    """As some programs write them; without its styles a day is a bare number."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["tanggal"])
    book.active.append([date(2026, 12, 1)])
    content = io.BytesIO()
    book.save(content)
    whole = changed_member(
        content.getvalue(),
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b'"styles.xml"', b'"/xl/styles.xml"'),
    )
    assert whole != content.getvalue()
    ((_number, (cell,)),) = read_table(whole).rows
    assert (cell.text, cell.arrived) == ("2026-12-01", "date")


def test_a_row_as_full_as_data_above_the_titles_is_told() -> None:
    lines = ["ktp;KTP-el;ya;A", "kode;nama;gratis;unit", "kk;Kartu Keluarga;ya;A"]
    (note,) = read_table("\n".join(lines).encode(), KINDS["services"].wanted).notes
    assert str(note) == "Baris 1 di atas judul kolom tidak dibaca."
    titled = ["DAFTAR LAYANAN;;;", *lines[1:]]
    assert read_table("\n".join(titled).encode(), KINDS["services"].wanted).notes == ()


def test_a_number_that_no_engine_holds_is_refused() -> None:
    count = next(c for c in KINDS["visits"].columns if c.field == "visits").read
    with pytest.raises(CellFaultError, match="terlalu besar"):
        count(Cell("3000000000", "number", 3_000_000_000))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (xlsx([["kode", "nama"], ["kia", "=1+1"]]), "Sel B2 berisi rumus tanpa hasil"),
        (b"kode;nama;gratis;unit\nkia;KIA; baru;ya;A\n", "Baris 2 berisi lebih banyak sel"),
        (_sheet_with(rb'<row r="3"', b'<row r="2"'), "Nomor baris 2"),
        (_sheet_with(rb'<row r="3"', b'<row r="9999999"'), "Nomor baris 9999999"),
        (zip_bomb(), "terlalu besar"),
    ],
    ids=["formula", "more cells than headings", "row twice", "row too far", "zip bomb"],
)
def test_what_would_be_passed_over_in_silence_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(FileFaultError, match=told):
        read_table(content)


@pytest.mark.parametrize("size", ["A1", "A1:D2", "A1:XFD1048576", "B2:C3"])
def test_a_workbook_that_tells_a_wrong_size_is_read_whole(size: str) -> None:
    content = _sheet_with(rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"'.encode())
    table = read_table(content)
    assert (len(table.headers), len(table.rows)) == (4, 2)


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "KIA \ufffd"])
def test_what_a_spreadsheet_has_destroyed_is_no_name(value: str) -> None:
    found = parsed("services", f"kode;nama;gratis;unit\nkia;{value};ya;A\n")
    assert [(error.row, error.column) for error in found.errors] == [(2, "nama")]
