"""The import page: a rehearsal that shows old and new, and one press that saves without a second upload."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from feedback_app.services.site import Site
from feedback_app.storage.models import HeldUpload, Officer
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office

CASES = Path(__file__).parent.parent / "files" / "cases"
SARI = "198001012010012000"
PATH = "/staf/impor/officers"


def send(
    browser: Browser, content: bytes | None = None, *, path: str = PATH, **form: object
) -> tuple[int, str]:
    data: dict[str, object] = {"csrf_token": browser.csrf(path), "do": "check", **form}
    if content is not None:
        data["file"] = (io.BytesIO(content), "petugas.csv")
    answer = browser.post(path, data=data)
    return answer.status_code, answer.get_data(as_text=True)


def token_of(page: str) -> str:
    return re.findall(r'name="held" value="([^"]+)"', page)[0]


def kept(site: Site) -> int:
    with site.db.read() as session:
        return int(session.scalar(select(func.count()).select_from(HeldUpload)) or 0)


def unit_of(site: Site, nip: str) -> int | None:
    with site.db.read() as session:
        return session.scalar(select(Officer.unit_id).where(Officer.nip == nip))


def test_the_rehearsal_shows_old_and_new_and_one_press_saves(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    status, page = send(admin, f"nip;unit\n{SARI};B".encode())
    assert status == 200
    assert "Belum ada yang disimpan" in page
    assert re.search(r"<td[^>]*>unit</td>\s*<td[^>]*>A</td>\s*<td[^>]*>B</td>", page)
    assert unit_of(site, SARI) == office.unit["A"]
    status, page = send(admin, do="save", held=token_of(page), seen="1")
    assert (status, "Tersimpan: 0 baru, 1 berubah" in page) == (200, True)
    assert unit_of(site, SARI) == office.unit["B"]
    assert kept(site) == 0


def test_a_file_that_waits_is_for_one_person_for_ten_minutes(
    browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    admin, other = browse().log_in("dina"), browse().log_in("hana")
    content = f"nip;unit\n{SARI};B".encode()
    token = token_of(send(admin, content)[1])
    with site.db.read() as session:
        sealed = session.scalars(select(HeldUpload.sealed)).one()
    assert SARI.encode() not in sealed
    data = {"csrf_token": other.csrf("/staf/impor/attendance"), "do": "save", "held": token}
    assert other.post("/staf/impor/attendance", data=data).status_code == 422
    assert unit_of(site, SARI) == office.unit["A"]
    clock.at += timedelta(minutes=11)
    status, page = send(admin, do="save", held=token, seen="1")
    assert (status, "hanya disimpan sepuluh menit" in page) == (422, True)
    assert unit_of(site, SARI) == office.unit["A"]
    send(admin, content)
    assert kept(site) == 1  # the one of before went


def test_columns_that_are_guessed_are_matched_on_screen(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    text = "NIP;Nama Lengkap Pegawai;Kedudukan Pegawai;Unit Kerja\n198609102010032001;Rini;PNS;A"
    status, page = send(admin, text.encode())
    assert status == 422
    assert "Cocokkan kolom" in page
    assert re.search(r'<option value="3" selected>\s*Unit Kerja', page)
    columns = {"column.nip": "0", "column.name": "1", "column.employment": "2", "column.unit": "3"}
    status, page = send(admin, held=token_of(page), **columns, **{"column.display_name": "-"})
    assert (status, "akan menambah 1" in page) == (200, True)
    status, page = send(admin, do="save", held=token_of(page), seen="1", **columns)
    assert (status, "Tersimpan: 1 baru" in page) == (200, True)


def test_one_of_several_sheets_is_chosen_on_screen(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    book = openpyxl.Workbook()
    for name, unit in (("Mei", "A"), ("Juni", "B")):
        page_of_book = book.create_sheet(name)
        page_of_book.append(["nip", "unit"])
        page_of_book.append([SARI, unit])
    del book["Sheet"]
    content = io.BytesIO()
    book.save(content)
    admin = browse().log_in("dina")
    status, page = send(admin, content.getvalue())
    assert status == 422
    assert "Beberapa lembar berisi tabel ini: Mei, Juni." in page
    status, page = send(admin, held=token_of(page), sheet="Juni")
    assert (status, "mengubah 1" in page) == (200, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_empty_cell_clears_when_the_box_is_ticked(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    admin = browse().log_in("dina")
    status, page = send(admin, f"nip;nama_tampilan\n{SARI};".encode())
    assert (status, "mengubah 0" in page) == (200, True)
    status, page = send(admin, held=token_of(page), empty_clears="1")
    assert (status, "mengubah 1" in page) == (200, True)  # back to the first name


def test_a_column_that_only_a_new_row_needs_is_told_once_at_that_row(
    browse: Callable[[], Browser], office: Office
) -> None:
    admin = browse().log_in("dina")
    new = "\n".join(f"19900101201501100{n};Nama {n};PNS" for n in (1, 2))
    text = f"Daftar petugas;;\nnip;nama;status_asn\n{SARI};Sari Baru;PNS\n{new}\n"
    status, page = send(admin, text.encode())
    assert status == 422
    wrong = re.findall(r"<td[^>]*>(\d+)</td>\s*<td[^>]*>unit</td>", page)
    assert wrong == ["4"]  # the first new row, below a title and the headings
    assert page.count("baris ini baru, jadi kolom ini diperlukan") == 1


def test_what_changed_since_the_rehearsal_is_shown_before_it_is_saved(
    browse: Callable[[], Browser], clock: SteppedClock
) -> None:
    """Five minutes before midnight: what was yesterday then needs two people ten minutes later."""
    clock.at = datetime(2026, 11, 24, 16, 55, tzinfo=UTC)
    days = (TODAY - timedelta(days=1), TODAY + timedelta(days=2))
    rows = [f"{day:%d-%m-%Y};{SARI};A2;17.00;18.00" for day in days]
    content = "\n".join(["tanggal;nip;loket;mulai;selesai", *rows]).encode()
    dina, path = browse().log_in("dina"), "/staf/impor/roster"
    page = send(dina, content, path=path)[1]
    assert "menambah 2" in page

    def save(shown: str) -> tuple[int, str]:
        mark = re.findall(r'name="mark" value="([^"]+)"', shown)[0]
        return send(dina, path=path, do="save", held=token_of(shown), seen="1", mark=mark)

    clock.at += timedelta(minutes=8)
    status, page = save(page)
    assert (status, "Belum disimpan: sejak uji coba" in page) == (409, True)
    assert "menambah 1" in page
    status, page = save(page)
    assert (status, "Tersimpan: 1 baru" in page) == (200, True)
