"""Who reads English reads the faults in English, with the values in them."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator

import pytest
from lxml import html

from feedback_app.domain.texts import Text
from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.services.imports.office import TRAINING_KINDS, check_records
from feedback_app.services.site import Site
from feedback_app.web.language import catalogue
from tests.conftest import Browser
from tests.ground.office import Office
from tests.rigs.spoilt_files import spoilt

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OFFICER = "198609102010032001;Rini Sari;Rini;PNS;A"
HEAD = "nip;nama;panggilan;status;unit"
# a bad file of each kind -> what its page says
BAD_FILES = {
    "services": (
        "kode;nama;gratis;unit\nktp lama;KTP;ya;A",
        "only letters, numbers, dots and hyphens",
    ),
    "counters": ("kode;nama;unit;layanan\nA9;Loket;A;ktp|ktp", "a service is named twice"),
    "officers": (f"{HEAD}\n{OFFICER};lebih", "Row 2 has more cells than there are column headings"),
    "roster": ("nip;tanggal;mulai\n1;2;3", "this column is missing"),
    "visits": ("tanggal;loket;layanan;jumlah\n24-11-2026;Z;ktp;1", "this code is not recognised"),
    "happenings": (
        "loket;jenis;mulai;keterangan\nA1;banjir;24-11-2026;air masuk",
        "choose machine, move, outage, leave, lebaran or other",
    ),
    "past-results": ("unit;mulai\nA;31-02-2023", "this column is missing"),
    "trainings": (
        "kode;judul;jenis\nx;Judul;sulap",
        "not recognised; choose from: Structural, Functional",
    ),
    "attendance": (
        "nip;pelatihan;tanggal_mulai\n198001012010012000;prima;24-11-2030",
        "this day is in the future",
    ),
    "competences": (
        "nip;untuk;jabatan;kompetensi;diperlukan\n198001012010012000;besok;Pengelola;Komunikasi;3",
        "must be sekarang (present) or berikutnya (next)",
    ),
    "plan-runs": (
        "pelatihan;tanggal_mulai;kursi\nprima;31-02-2027;12",
        "not a valid date; write it like",
    ),
    "siasn-kursus": ("nip;namakursus;tanggalkursus\n1;Kursus;2026-11-24", "a NIP has 18 digits"),
}


@pytest.fixture
def dina(browse: Callable[[], Browser]) -> Browser:
    """The admin."""
    return browse().log_in("dina")


def page_after_upload(browser: Browser, kind: str, content: str) -> str:
    path = f"/staf/impor/{kind}"
    data = {
        "csrf_token": browser.csrf(path),
        "do": "check",
        "file": (io.BytesIO(content.encode()), "a.csv"),
    }
    answer = browser.post(f"{path}?lang=en", data=data)
    assert answer.status_code == 422
    return answer.get_data(as_text=True)


@on_sqlite
def test_a_fifth_cell_is_told_in_english(dina: Browser) -> None:
    page = page_after_upload(dina, "officers", f"{HEAD}\n{OFFICER};lebih")
    assert "There is a problem" in page
    assert "Row 2 has more cells than there are column headings. Check the separator." in page


@on_sqlite
def test_an_unknown_choice_is_told_with_the_choices_in_english(dina: Browser) -> None:
    page = page_after_upload(dina, "trainings", "kode;judul;jenis\nx;Judul;sulap")
    assert "not recognised; choose from: Structural, Functional, Technical" in page
    assert "Diklat" not in page.split("</table>")[0]


@on_sqlite
def test_a_taken_user_name_is_told_in_english(dina: Browser) -> None:
    path = "/staf/admin/orang/akun/baru"
    data = {"username": "alice", "name": "Alice", "role": "admin", "csrf_token": dina.csrf(path)}
    answer = dina.post(f"{path}?lang=en", data=data)
    assert answer.status_code == 422
    assert "The user name alice is already in use." in answer.get_data(as_text=True)


@on_sqlite
def test_a_short_password_is_told_in_english(dina: Browser) -> None:
    path = "/staf/kata-sandi"
    data = {"old": "x", "new": "short", "csrf_token": dina.csrf(path)}
    answer = dina.post(f"{path}?lang=en", data=data)
    assert "A password must have at least 10 characters." in answer.get_data(as_text=True)


@on_sqlite
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_bad_file_of_each_kind_shows_no_indonesian_fault(
    browse: Callable[[], Browser], kind: str
) -> None:
    content, told = BAD_FILES[kind]
    browser = browse().log_in("hana" if kind in TRAINING_KINDS else "dina")
    reasons = reasons_on(page_after_upload(browser, kind, content))
    assert any(told in reason for reason in reasons), reasons
    assert [reason for reason in reasons if not is_english(reason)] == []


@pytest.mark.proof
@on_sqlite
def test_two_hundred_spoilt_files_have_no_fault_without_english(site: Site, office: Office) -> None:
    """Whatever an office sends: each fault and warning is a text of the catalogue."""
    told = {
        text.text for number in range(200) for text in faults_of_spoilt(site, office, number=number)
    }
    assert len(told) > 15, told  # the files are bad in many ways
    assert told - catalogue("en").keys() == set()


def faults_of_spoilt(site: Site, office: Office, *, number: int) -> Iterator[Text]:
    rng = random.Random(f"english/{number}")
    kind = KINDS[rng.choice(sorted(KINDS))]
    try:
        found = check_records(site, kind, spoilt(rng, kind).content, agency_id=office.agency_id)
    except FileFaultError as fault:
        yield fault.text
    else:
        yield from (cell.reason for cell in (*found.errors, *found.warnings))


def reasons_on(page: str) -> list[str]:
    """Why the file was refused: as a whole, or cell by cell."""
    document = html.document_fromstring(page)
    cells = document.xpath("//table[.//th='Reason']//tr/td[last()]/text()")
    whole = document.xpath("//*[@role='alert']//li//text()")
    assert isinstance(cells, list)
    assert isinstance(whole, list)
    return [str(text) for text in (*cells, *whole)]


def is_english(reason: str) -> bool:
    """Whether this is an English text of the catalogue, its places filled."""
    return any(pattern.fullmatch(reason) for pattern in ENGLISH)


ENGLISH = [
    re.compile(re.sub(r"%\\?\((\w+)\\?\)s", ".*", re.escape(text)), re.DOTALL)
    for text in catalogue("en").values()
]


def test_the_check_knows_english_from_indonesian() -> None:
    assert is_english("Row 2 has more cells than there are column headings. Check the separator.")
    assert not is_english("Baris 2 berisi lebih banyak sel daripada judul kolom.")
