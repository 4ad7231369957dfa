"""HR's room Rencana as a browser sees it."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from feedback_app.files.kinds import KINDS
from feedback_app.files.plan_table import TITLES
from feedback_app.services.access.people import Viewer
from feedback_app.services.imports import office as imports
from feedback_app.services.plan import runs
from feedback_app.services.plan.fixing import fix_version
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import AuditEntry
from tests.conftest import Browser
from tests.ground.office import Office
from tests.ground.plans import YEAR, add_catalogue, begin_plan, fixed_plan, hr_of, solved

pytestmark = pytest.mark.both_engines

HOME = f"/staf/rencana/{YEAR}"
RUN = {
    "training": "prima", "starts_on": "2027-03-09", "ends_on": "2027-03-10", "seats": "2",
    "fee": "1.000.000", "travel": "0", "daily": "0", "jp": "20",
}  # fmt: skip
BUDGET = {
    "year": str(YEAR), "fee": "Rp 6.000.000", "travel": "0", "daily": "0", "funding": "APBD",
    "floor": "0", "turns": "usual", "jp": "usual",
}  # fmt: skip
COLUMNS = (
    "no", "nip", "nama", "jabatan", "unit", "jenis_kompetensi", "kompetensi",
    "kesenjangan_kompetensi", "kesenjangan_kinerja", "bukti", "prioritas", "jalur",
    "nama_pelatihan", "penyelenggara", "jadwal", "jp", "biaya_kontribusi", "biaya_perjalanan",
    "uang_harian", "sumber_dana", "cara_pilih",
)  # fmt: skip


@pytest.fixture
def hana(browse: Callable[[], Browser], site: Site, office: Office) -> Browser:
    """HR, logged in, with a catalogue."""
    add_catalogue(site, office)
    return browse().log_in("hana")


def readable(page: str) -> str:
    """The words of a page, one blank between two."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def send(browser: Browser, path: str, data: dict[str, str], page: str = "") -> str:
    """Send a form of this page and follow it; the text that comes back."""
    answer = browser.post(path, data=data | {"csrf_token": browser.csrf(page or path)})
    return browser.get(answer.location).text if answer.location else answer.text


def test_from_money_to_a_fixed_plan_and_its_files(
    hana: Browser, site: Site, office: Office
) -> None:
    assert "Belum ada rencana" in hana.get("/staf/rencana/").text
    assert "Rencana dibuat" in send(hana, "/staf/rencana/baru", BUDGET)
    (fee,) = re.findall(r'<input[^>]* name="fee"[^>]*>', hana.get(f"{HOME}/anggaran").text)
    assert 'value="6.000.000"' in fee
    assert 'type="text"' in fee  # a browser shows no dots in a field of numbers, but nothing
    assert "Calon jadwal ditambahkan" in send(hana, f"{HOME}/calon", RUN)
    solved(site, hr_of(site, office))
    page = readable(hana.get(HOME).text)
    assert "Versi 1 adalah rancangan" in page
    assert "2 kursi, diundi di antara 3 orang yang memenuhi syarat" in page
    assert "belum diketahui" in page
    fixed = send(
        hana, f"{HOME}/tetapkan/1", {"name": "Sri Contoh", "position": "Kepala", "seen": "0"}
    )
    assert "Versi 1 berlaku: ditetapkan oleh Sri Contoh, Kepala" in readable(fixed)
    late = hana.post(
        f"{HOME}/tetapkan/1",
        data={"name": "B", "position": "C", "seen": "0", "csrf_token": hana.csrf(HOME)},
    )
    assert "Sri Contoh baru saja menetapkan rencana ini" in late.text
    book = openpyxl.load_workbook(io.BytesIO(hana.get(f"{HOME}/unduh.xlsx?versi=1").data))
    rows = list(book["Rencana"].values)
    assert rows[0] == COLUMNS  # in the order that the law lists
    assert len(rows) == 4
    assert rows[1][-1] == "undian: 3 memenuhi syarat, 2 kursi"
    words = zipfile.ZipFile(io.BytesIO(hana.get(f"{HOME}/unduh.docx?versi=1").data))
    text = words.read("word/document.xml").decode()
    assert (
        text.index("Kesenjangan kinerja") < text.index("Nama pelatihan") < text.index("Cara pilih")
    )
    with site.db.read() as session:
        acts = {entry.action for entry in session.query(AuditEntry)}
    assert {
        "make_plan",
        "add_plan_run",
        "solve_plan",
        "view_plan",
        "fix_plan",
        "download_plan",
    } <= acts


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fee", "", "tulis 0 bila tidak ada uangnya"),
        ("fee", "10000000000000", "Periksa jumlah angka nolnya"),
        ("fee", "-5", "Harus bilangan bulat mulai dari 0"),
        ("travel", "banyak", "Harus bilangan bulat"),
        ("year", "1999", "Tahun antara 2026 dan 2029"),
        ("turns", "x", "Pilih salah satu dari daftar"),
    ],
)
def test_money_that_cannot_be_is_told_at_its_field(
    hana: Browser, site: Site, office: Office, field: str, typed: str, words: str
) -> None:
    page = send(hana, "/staf/rencana/baru", BUDGET | {field: typed})
    assert words in readable(page)
    assert "Belum ada rencana" in hana.get("/staf/rencana/").text


@pytest.mark.engine_alike
def test_why_not_says_which_rule_forbids_or_who_would_stay(
    hana: Browser, site: Site, office: Office
) -> None:
    send(hana, "/staf/rencana/baru", BUDGET | {"fee": "1.000.000"})
    send(hana, f"{HOME}/calon", RUN)
    send(
        hana,
        f"{HOME}/calon",
        RUN | {"starts_on": "2027-04-06", "ends_on": "2027-04-06", "fee": "9000000"},
    )
    viewer = hr_of(site, office)
    cheap, dear = (line.run.id for line in runs.candidates(site, viewer, YEAR).lines)
    solved(site, viewer)
    ask = f"{HOME}/mengapa?petugas="
    asked = {
        name: readable(hana.get(f"{ask}{key}&jadwal={cheap}").text)
        for name, key in office.officer.items()
    }
    inside = [name for name, page in asked.items() if "sudah ada di dalam rencana" in page]
    assert len(inside) == 1
    outside = next(page for name, page in asked.items() if name not in inside)
    assert f"{inside[0]} Contoh: Pelayanan prima" in outside.split("Yang tidak jadi berangkat")[1]
    forbidden = readable(hana.get(f"{ask}{office.officer['Sari']}&jadwal={dear}").text)
    assert "anggaran tidak cukup: Biaya kontribusi" in forbidden
    assert hana.get(f"{ask}999&jadwal={cheap}").status_code == 404


@pytest.mark.engine_alike
def test_the_last_withdrawn_run_comes_back(hana: Browser, site: Site, office: Office) -> None:
    send(hana, "/staf/rencana/baru", BUDGET)
    send(hana, f"{HOME}/calon", RUN)
    viewer = hr_of(site, office)
    (line,) = runs.candidates(site, viewer, YEAR).lines
    own = f"{HOME}/calon/{line.run.id}"
    assert "Cabut jadwal ini" in hana.get(f"{own}/cabut").text
    assert "Pulihkan" in send(hana, f"{own}/cabut", {})
    refused = send(hana, f"{HOME}/susun", {}, page=f"{HOME}/calon")
    assert "Belum ada jadwal yang masih akan datang" in refused
    send(hana, f"{own}/pulihkan", {}, page=f"{HOME}/calon")
    assert runs.candidates(site, viewer, YEAR).lines[0].state == "open"


def load(site: Site, office: Office, text: str) -> imports.Imported:
    """Import a file of candidate runs."""
    return imports.import_records(
        site, KINDS["plan-runs"], text.encode(), agency_id=office.agency_id, by=None
    )


@pytest.mark.engine_alike
def test_a_sheet_of_runs_is_taken_whole_or_every_bad_cell_is_named(
    site: Site, office: Office
) -> None:
    viewer: Viewer = hr_of(site, office)
    begin_plan(site, office, viewer)
    head = "pelatihan;tanggal_mulai;tanggal_selesai;kursi;biaya_kontribusi;uang_harian\n"
    bad = load(
        site,
        office,
        head
        + "prima;09-03-2027;10-03-2027;4;2.000.000;\n"
        + "tidak;09-03-2027;;4;0;\n"
        + "prima;09-03-2029;;4;0;\n"
        + "prima;11-05-2027;10-05-2027;4;0;\n"
        + "prima;12-05-2027;;0;0;\n",
    )
    assert {(error.row, error.column) for error in bad.errors} == {
        (3, "pelatihan"), (4, "tanggal_mulai"), (5, "tanggal_selesai"), (6, "kursi"),
    }  # fmt: skip
    assert len(runs.candidates(site, viewer, YEAR).lines) == 1  # nothing half saved
    good = head + "prima;09-03-2027;10-03-2027;4;2.000.000;\nrekan;02-03-2027;;6;;\n"
    assert load(site, office, good).added == 2
    assert load(site, office, good).same == 2
    assert load(site, office, good.replace("2.000.000", "2.500.000")).changed == 1
    line = next(
        one for one in runs.candidates(site, viewer, YEAR).lines if one.run.fee == 2_500_000
    )
    assert (line.run.jp, line.run.travel) == (20, 0)  # JP as the catalogue has them


@pytest.mark.engine_alike
def test_a_run_by_lot_leads_to_its_draw_with_everybody_ticked(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    viewer = hr_of(site, office)
    begin_plan(site, office, viewer)
    hana = browse().log_in("hana")
    assert solved(site, viewer) == {"version": 1}
    assert "Siapkan undian" not in hana.get(HOME).text  # nothing holds yet
    fix_version(site, viewer, YEAR, 1, name="Kepala Dinas", position="Kepala", seen=0)
    page = html.unescape(hana.get(HOME).text)
    link = re.search(r'href="(/staf/undian/baru/[^"]+)">\s*Siapkan undian', page)
    assert link is not None
    ticked = re.findall(r"<input[^>]*checked[^>]*>", hana.get(link[1]).text)
    chosen = {re.search(r'value="(\d+)"', one)[1] for one in ticked if 'name="officers"' in one}  # type: ignore[index]
    assert chosen == {str(one) for one in office.officer.values()}


@pytest.mark.engine_alike
def test_all_three_files_hold_the_laws_columns_with_posts_and_missing_competences(
    hana: Browser, site: Site, office: Office
) -> None:
    fixed_plan(site, office, ["Sari"])
    own = {"agency_id": office.agency_id, "officer_id": office.officer["Sari"]}
    posts = [
        ("present", "Pengelola Layanan", "Komunikasi", 3, 1),
        ("present", "Pengelola Layanan", "Teknis", 2, 2),
        ("next", "Penata Layanan", "Proyek", 2, 0),
    ]
    names = ("post", "title", "competence", "needed", "held")
    with site.db.transaction() as tx:
        rows = [own | dict(zip(names, post, strict=True)) for post in posts]
        bulk.add_rows(tx, "officer_competence", [row | {"recorded_at": site.now()} for row in rows])
    gap = "Komunikasi: tingkat 1 dari 3; Proyek: tingkat 0 dari 2 (jabatan berikutnya: "
    files = {
        ending: hana.get(f"{HOME}/unduh.{ending}?versi=1").data
        for ending in ("xlsx", "csv", "docx")
    }
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    tables = [[tuple(row) for row in book["Rencana"].values]]
    text = files["csv"].decode("utf-8-sig")
    separator = csv.Sniffer().sniff(text.splitlines()[0], ";,").delimiter
    tables.append([tuple(row) for row in csv.reader(io.StringIO(text), delimiter=separator)])
    for heads, line in tables:
        assert heads == COLUMNS
        told = dict(zip(heads, line, strict=True))
        assert told["jabatan"] == "Pengelola Layanan"
        assert told["kesenjangan_kompetensi"] == f"{gap}Penata Layanan)"
    words = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    cells = [
        "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)<", cell))
        for cell in re.findall(r"<w:tc>.*?</w:tc>", words, re.DOTALL)
    ]
    titles = [TITLES[name] for name in COLUMNS]
    assert cells[:11] == titles[:11]
    assert (cells[11 + 3], cells[11 + 7]) == ("Pengelola Layanan", f"{gap}Penata Layanan)")
    assert cells[22:34] == [titles[0], titles[2], *titles[11:]]
