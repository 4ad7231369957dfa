"""Three made-up grids as offices keep them: what is read, and what is asked or refused."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from feedback_app.files.month_grid import folded_name, read_month_grid
from feedback_app.files.reading.book import FileFaultError

DAYS = list(range(1, 32))


def xlsx(lines: list[list[Any]]) -> bytes:
    """A workbook of these rows; a title row is merged over all columns."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(line)
    for number, line in enumerate(lines, start=1):
        if len(line) == 1:
            page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=34)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def counters_grid() -> bytes:
    """Titles above, a row of weekdays, a counter's code a cell, a legend and a signature below."""
    weekdays = ["Sel", "Rab", "Kam", "Jum", "Sab", "Min", "Sen"]
    sari = ["A1" if n % 7 not in (4, 5) else "" for n in range(31)]
    andi = ["A2" if n % 7 not in (4, 5) else "-" for n in range(31)]
    return xlsx(
        [
            ["PEMERINTAH KABUPATEN CONTOH"],
            ["JADWAL PIKET LOKET BULAN DESEMBER 2026"],
            [],
            ["NO", "NAMA PEGAWAI", *DAYS],
            ["", "", *[weekdays[n % 7] for n in range(31)]],
            [1, "Hj. SARI CONTOH, S.Sos.", *sari],
            [2, "Andi Contoh", *andi],
            [],
            ["", "Keterangan: A1 = Loket A1, jam 08.00-16.00"],
            ["", "Mengetahui,"],
        ]
    )


def letters_grid() -> bytes:
    """NIP and counter in columns of their own, letters for the hours, dates as dates."""
    days = [date(2026, 12, n) for n in range(1, 15)]
    return xlsx(
        [
            ["Nama", "NIP", "Loket", *days],
            ["Sari Contoh", "198001012010012000", "A1", *list("PPPPLLLPPPPLLL")],
            ["Andi Contoh", "19800101 201001 2 001", "A1", *list("SSSSLLLSSSSLLL")],
            ["JUMLAH", "", "", *[2] * 14],
        ]
    )


def mixed_grid() -> bytes:
    """A CSV of an old spreadsheet: days as text, counter and letter in one cell, no month."""
    head = "No;Nama Petugas;" + ";".join(f"{n:02d}" for n in range(1, 8))
    return "\r\n".join(
        [
            "Jadwal minggu pertama;;;;;;;;",
            head,
            "1;Dewi Contoh;A2/P;a2/p;A2/S;;;;",
            "2;Sari;P;;;;;;",
        ]
    ).encode("cp1252")


GRIDS = {"counters": counters_grid, "letters": letters_grid, "mixed": mixed_grid}


def test_a_grid_of_counters_with_titles_weekdays_and_a_legend() -> None:
    grid = read_month_grid(counters_grid())
    assert (grid.month, grid.days) == (date(2026, 12, 1), tuple(DAYS))
    assert [(row.row, row.name) for row in grid.rows] == [
        (6, "Hj. SARI CONTOH, S.Sos."),
        (7, "Andi Contoh"),
    ]
    assert grid.marks == ("A1", "A2")
    assert grid.rows[0].cells[:6] == ("A1", "A1", "A1", "A1", "", "")


def test_a_grid_of_letters_with_nip_counter_and_dates() -> None:
    grid = read_month_grid(letters_grid())
    assert (grid.month, grid.days) == (date(2026, 12, 1), tuple(range(1, 15)))
    assert [(row.name, row.nip, row.counter) for row in grid.rows] == [
        ("Sari Contoh", "198001012010012000", "A1"),
        ("Andi Contoh", "198001012010012001", "A1"),
    ]
    assert grid.marks == ("P", "L", "S")


def test_a_grid_without_a_month_and_with_two_things_in_a_cell() -> None:
    grid = read_month_grid(mixed_grid())
    assert (grid.month, grid.days) == (None, tuple(range(1, 8)))
    assert grid.marks == ("A2/P", "A2/S", "P")


def test_a_hidden_sheet_is_no_grid_and_blank_rows_are_counted() -> None:
    book = openpyxl.load_workbook(io.BytesIO(counters_grid()))
    hidden = book.create_sheet("Lama", 0)
    hidden.append(["NAMA", *DAYS])
    hidden.append(["Orang Lama", *["A1"] * 31])
    hidden.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    assert [(row.row, row.name) for row in read_month_grid(content.getvalue()).rows] == [
        (6, "Hj. SARI CONTOH, S.Sos."),
        (7, "Andi Contoh"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"tanggal;nip;loket\n1-12-2026;1;A1\n",
        b"Nama;1;2;3\nSari;P;P;P\n",
        b"Nama;1;2;3;4;5;6;7\n;;;;;;;\n",
        b"",
        b"\xd0\xcf\x11\xe0",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_grid_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileFaultError):
        read_month_grid(content)


@pytest.mark.parametrize(
    "name",
    ["Sari Contoh", "HJ. SARI CONTOH, S.Sos.", "Ibu Sari  Contoh", "Dra. Sari Contoh, M.Si."],
)
def test_titles_make_no_other_name(name: str) -> None:
    assert folded_name(name) == "saricontoh"
