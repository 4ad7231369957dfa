"""Files about trainings: what offices write, SIASN's traps, whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback_app.files import training_cells as cells
from feedback_app.files.cells import CellFaultError
from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.tables import Cell
from feedback_app.services.imports.office import Imported, import_records
from feedback_app.services.imports.siasn import course_code
from feedback_app.services.site import Site
from feedback_app.storage.models import Attendance, Training, TrainingRun
from tests.ground.office import Office

SARI, ANDI = "198001012010012000", "198001012010012001"
SIASN_HEAD = (
    "id;instansiId;institusiPenyelenggara;jenisDiklatId;jenisKursus;jenisKursusSertipikat;jumlahJam;"
    "lokasiId;namaKursus;nomorSertipikat;pnsOrangId;tahunKursus;tanggalKursus;tanggalSelesaiKursus;nipBaru"
)


def text(value: str) -> Cell:
    return Cell(value, "text") if value else Cell("", "empty")


def bring(site: Site, office: Office, kind: str, content: str) -> Imported:
    return import_records(site, KINDS[kind], content.encode(), agency_id=office.agency_id, by=None)


def siasn_row(nip: str = SARI, **changes: str) -> str:
    row = dict.fromkeys(SIASN_HEAD.split(";"), "") | {
        "id": "A1",
        "institusiPenyelenggara": "LAN",
        "jumlahJam": "0",
        "namaKursus": "Etika ASN",
        "nomorSertipikat": "7/LAN",
        "tahunKursus": "2026",
        "tanggalKursus": "02-03-2026",
        "nipBaru": nip,
    }
    return ";".join((row | changes).values())


def siasn(*rows: str) -> str:
    return "\n".join([SIASN_HEAD, *rows])


def attendances(site: Site) -> list[Attendance]:
    with site.db.read() as session:
        return list(session.scalars(select(Attendance).order_by(Attendance.id)))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Bimbingan teknis", "bimbingan_teknis"),
        ("bimbingan_teknis", "bimbingan_teknis"),
        ("Diklat Struktural", "struktural"),
        ("teknis", "teknis"),
        ("E-Learning", "e_learning"),
        ("Pelatihan sosial kultural", "sosial_kultural"),
        ("Workshop", "workshop"),
        ("Penelitian", "penelitian"),
    ],
)
def test_kinds_are_read_as_offices_write_them(typed: str, key: str) -> None:
    assert cells.training_kind(text(typed)) == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [("undian", "lot"), ("Nilai Rendah", "low_score"), ("semua dikirim", "all"), ("", "unknown"),
     ("sukarela", "volunteer"), ("low_score", "low_score"), ("tidak tahu", "unknown")],
)  # fmt: skip
def test_reasons_are_read_and_an_empty_one_is_not_known(typed: str, key: str) -> None:
    assert cells.reason(text(typed)) == key


def test_what_was_sent_and_results() -> None:
    assert [cells.sent(text(t)) for t in ("", "petugas", "loket", "Seluruh loket")] == [
        "officer", "officer", "counter", "counter"]  # fmt: skip
    assert [cells.result(text(t)) for t in ("", "Lulus", "tidak lulus", "hadir")] == [
        "attended", "passed", "failed", "attended"]  # fmt: skip
    for read in (cells.sent, cells.result, cells.reason, cells.training_kind):
        with pytest.raises(CellFaultError, match="pilih"):
            read(text("karangan"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("6000000", 6_000_000), ("6.000.000", 6_000_000), ("Rp 6.000.000", 6_000_000),
     ("Rp6.000.000,00", 6_000_000), ("6.000.000,-", 6_000_000), ("0", 0), ("", None)],
)  # fmt: skip
def test_rupiah_is_read_the_indonesian_way(typed: str, value: int | None) -> None:
    assert cells.rupiah(text(typed)) == value


@pytest.mark.parametrize("typed", ["6,5 juta", "6.00.000", "-5", "6.000.000,50", "9999999999", "²"])
def test_what_is_no_rupiah_is_told(typed: str) -> None:
    with pytest.raises(CellFaultError):
        cells.rupiah(text(typed))


@pytest.mark.parametrize("typed", ["3/2/2026", "02/03/2026", "31-02-2026", "kemarin"])
def test_siasn_dates_are_only_day_month_year(typed: str) -> None:
    with pytest.raises(CellFaultError):
        cells.siasn_day(text(typed))


def test_zero_hours_mean_not_known() -> None:
    assert cells.siasn_day(text("02-03-2026")) == date(2026, 3, 2)
    assert cells.siasn_day(text("2026-03-02")) == date(2026, 3, 2)  # as its reading service writes
    assert [cells.hours(text(t)) for t in ("", "0", "20")] == [None, None, 20]
    with pytest.raises(CellFaultError):
        cells.hours(text("2001"))


def test_the_catalogue_is_added_changed_and_the_same(site: Site, office: Office) -> None:
    head = "kode;judul;jenis;unsur;kompetensi;penyelenggara;mitra;jp;biaya"
    row = "prima;Pelayanan prima;kursus;perilaku|informasi;Komunikasi;BPSDM;Unja;20;6.000.000"
    assert bring(site, office, "trainings", f"{head}\n{row}").added == 1
    assert bring(site, office, "trainings", f"{head}\n{row}").same == 1
    assert bring(site, office, "trainings", f"{head}\n{row.replace('20;', '24;')}").changed == 1
    with site.db.read() as session:
        kept = session.scalars(select(Training)).one()
    assert (kept.elements, kept.partner, kept.jp, kept.cost) == (
        ["perilaku", "informasi"], "Unja", 24, 6_000_000)  # fmt: skip
    bad = bring(site, office, "trainings", f"{head}\n{row}\nx;Y;sulap;sopan;;;;;")
    assert [(e.row, e.column) for e in bad.errors] == [(3, "jenis"), (3, "unsur")]


def test_siasn_courses_are_matched_added_and_never_doubled(site: Site, office: Office) -> None:
    bring(site, office, "trainings", "kode;judul;jenis\netika;ETIKA  asn;seminar")
    content = siasn(
        siasn_row(),
        siasn_row(),  # SIASN holds doubled rows
        siasn_row(ANDI, namaKursus="Bimtek SPBE", jumlahJam="16"),
        siasn_row("198001012010019999"),  # somebody who serves at no counter
    )
    done = bring(site, office, "siasn-kursus", content)
    assert done.is_saved
    assert (done.added, done.changed) == (2, 0)
    told = {(w.row, str(w.reason).split(";")[0].split(",")[0]) for w in done.warnings if w.row > 1}
    assert {(3, "baris ganda"), (5, "bukan petugas yang terdaftar")} <= told
    with site.db.read() as session:
        titles = {row.code: row.title for row in session.scalars(select(Training))}
    assert titles == {"etika": "ETIKA asn", course_code("Bimtek SPBE"): "Bimtek SPBE"}
    assert [row.jp for row in attendances(site)] == [None, 16]  # 0 hours are not known
    again = bring(site, office, "siasn-kursus", content)
    assert (again.added, again.changed, again.same) == (0, 0, 2)


def test_siasn_never_overwrites_what_the_office_knows(site: Site, office: Office) -> None:
    bring(site, office, "trainings", "kode;judul;jenis;jp\netika;Etika ASN;seminar;6")
    own = "nip;pelatihan;tanggal_mulai;alasan;dikirim;hasil\n"
    bring(site, office, "attendance", f"{own}{SARI};etika;02-03-2026;undian;loket;lulus")
    bring(site, office, "siasn-kursus", siasn(siasn_row(jumlahJam="99")))
    (row,) = attendances(site)
    assert (row.reason, row.sent, row.result, row.jp) == ("lot", "counter", "passed", 6)
    assert row.certificate == "7/LAN"  # what was empty is filled


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"tanggalKursus": "02/03/2026"}, "tanggalkursus"),
        ({"tanggalSelesaiKursus": "01-03-2026"}, "tanggalselesaikursus"),
        ({"jumlahJam": "dua"}, "jumlahjam"),
        ({"nipBaru": "1.98001E+17"}, "nip"),
        ({"namaKursus": ""}, "namakursus"),
        ({"tahunKursus": "26"}, "tahunkursus"),
    ],
)
def test_one_bad_cell_refuses_the_whole_file(
    site: Site, office: Office, changes: dict[str, str], column: str
) -> None:
    done = bring(site, office, "siasn-kursus", siasn(siasn_row(ANDI), siasn_row(**changes)))
    assert not done.is_saved
    assert [(e.row, e.column) for e in done.errors] == [(3, column)]
    assert counts(site) == (0, 0, 0)


def test_a_file_without_a_nip_column_says_so(site: Site, office: Office) -> None:
    content = siasn(siasn_row()).replace(";nipBaru", "").replace(f";{SARI}", "")
    done = bring(site, office, "siasn-kursus", content)
    assert [(e.column, str(e.reason)) for e in done.errors] == [("nip", "kolom ini tidak ada")]


def counts(site: Site) -> tuple[int, ...]:
    with site.db.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Training, TrainingRun, Attendance)
        )


LINES = ("kode;judul;jenis\nprima;Prima;kursus", f"nip;pelatihan;tanggal_mulai\n{SARI};prima;02-03-2026",
         siasn(siasn_row(), siasn_row(ANDI)))  # fmt: skip


@pytest.mark.engine_alike
@pytest.mark.proof
@given(
    kind=st.sampled_from([("trainings", 0), ("attendance", 1), ("siasn-kursus", 2)]),
    place=st.floats(0, 1),
    put=st.one_of(
        st.text(max_size=6), st.sampled_from(["\x00", ";", "\n", '"', "=1+1", "９", "1E17"])
    ),
    drop=st.integers(0, 12),
)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_mutated_files_are_refused_whole_or_taken_whole(
    site: Site, office: Office, kind: tuple[str, int], place: float, put: str, drop: int
) -> None:
    content = LINES[kind[1]]
    at = int(place * len(content))
    mutated = content[:at] + put + content[at + drop :]
    before = counts(site)
    try:
        done = bring(site, office, kind[0], mutated)
    except (FileFaultError, UnicodeEncodeError):
        assert counts(site) == before
        return
    if done.errors:
        assert not done.is_saved
        assert counts(site) == before
