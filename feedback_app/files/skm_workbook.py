"""The "olah data" workbook of a closed survey: figures as live formulas that an auditor checks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from feedback_app.domain.elements import OFFICIAL_KEYS, element
from feedback_app.domain.skm import CONVERSION, WEIGHTS
from feedback_app.files.exports import plain_text
from feedback_app.files.indonesian import long_date, number
from feedback_app.files.survey_facts import PlanRow, ShownGroup, SurveyFacts

DATA = "Olah data"
FIRST_ROW = 5  # rows 1 to 5 are the heading; respondents follow
# Rounded before it is banded: the printed bands leave gaps between 76.60 and 76.61.
_LETTER = '=IF({0}>=88.31,"A",IF({0}>=76.61,"B",IF({0}>=65,"C","D")))'

# Spreadsheets round a sum that lies a hair under a half as if it were one: LibreOffice rounded each
# of 3,000 indexes that end in an exact half as exact arithmetic does.
_INDEX = "=ROUND({0},2)"


class _Book:
    """The workbook with its formats."""

    def __init__(self, content: io.BytesIO) -> None:
        options = {
            "constant_memory": True,  # a year of a province must not fill the memory
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self.book = xlsxwriter.Workbook(content, options)
        add = self.book.add_format
        self.title = add({"bold": True, "font_size": 14})
        self.head = add({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E3EFEE"})
        self.bold = add({"bold": True, "border": 1})
        self.cell = add({"border": 1})
        self.text = add({"border": 1, "text_wrap": True, "valign": "top"})
        self.mean = add({"border": 1, "num_format": "0.000"})
        self.two = add({"bold": True, "border": 1, "num_format": "0.00"})
        self.share = add({"border": 1, "num_format": "0.0%"})
        self.soft = add({"italic": True, "font_color": "#56646A"})

    def sheet(self, name: str, widths: Sequence[int]) -> Any:
        page = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        return page


def skm_workbook(facts: SurveyFacts, answers: Iterable[Sequence[int]]) -> bytes:
    """The workbook; `answers` are the nine values of each complete form by OFFICIAL_KEYS."""
    content = io.BytesIO()
    book = _Book(content)
    with book.book:
        _summary(book, facts)
        _data(book, facts, answers)
        _services(book, facts)
        _elements(book, facts)
        _profile(book, facts)
        _comments(book, facts)
        _plans(book, facts)
        _about(book, facts)
    return content.getvalue()


def _summary(book: _Book, facts: SurveyFacts) -> None:
    """In front: the results, each a reference to the cell that computes it."""
    page = book.sheet("Ringkasan", (38, 70))
    end = FIRST_ROW + facts.index.n
    _text(page, 0, 0, "INDEKS KEPUASAN MASYARAKAT (IKM)", book.title)
    lines = [("Perangkat daerah", facts.agency), ("Unit pelayanan", facts.unit)]
    lines += [("Periode survei", f"{facts.title} ({facts.days})")]
    for row, (name, words) in enumerate(lines, start=2):
        _text(page, row, 0, name, book.cell)
        _text(page, row, 1, words, book.text)
    formulas = (
        ("Jumlah responden", f"=COUNT('{DATA}'!A{FIRST_ROW + 1}:A{end})", facts.index.n, book.cell),
        ("Nilai IKM", f"='{DATA}'!B{end + 5}", float(facts.index.ikm), book.two),
        ("Mutu pelayanan", f"='{DATA}'!B{end + 6}", facts.index.mutu, book.bold),
    )
    for row, (name, formula, value, style) in enumerate(formulas, start=5):
        _text(page, row, 0, name, book.cell)
        page.write_formula(row, 1, formula, style, value)
    _text(page, 8, 0, "Kinerja unit pelayanan", book.cell)
    _text(page, 8, 1, facts.index.kinerja, book.cell)
    _text(page, 9, 0, "Rentang kepercayaan 95%", book.cell)
    _text(page, 9, 1, f"{number(facts.low, 2)} – {number(facts.high, 2)}", book.cell)
    if facts.is_demo:
        _text(page, 11, 0, "Data contoh, bukan data sebenarnya.", book.bold)


def _data(book: _Book, facts: SurveyFacts, answers: Iterable[Sequence[int]]) -> None:
    """One row a respondent, then sums, means, weighted means and the index, all live."""
    page = book.sheet(DATA, (24, *(14,) * len(facts.order)))
    page.freeze_panes(FIRST_ROW, 1)
    page.repeat_rows(FIRST_ROW - 1)
    _text(page, 0, 0, "PENGOLAHAN DATA SURVEI KEPUASAN MASYARAKAT PER RESPONDEN", book.title)
    _text(page, 1, 0, f"{facts.unit} · {facts.title} ({facts.days})", None)
    _text(page, 2, 0, "Bobot per unsur", book.cell)
    weight = WEIGHTS[facts.weight]
    page.write_formula(2, 1, f"={facts.weight}", book.mean, float(weight))
    _text(page, 4, 0, "Responden", book.head)
    for column, key in enumerate(facts.order, start=1):
        _text(page, 4, column, f"U{column} {element(key).unsur}", book.head)
    places = [OFFICIAL_KEYS.index(key) for key in facts.order]
    row = FIRST_ROW
    for row, form in enumerate(answers, start=FIRST_ROW):
        page.write_number(row, 0, row - FIRST_ROW + 1)
        for column, place in enumerate(places, start=1):
            page.write_number(row, column, form[place])
    _totals(book, page, facts, last=row)


def _totals(book: _Book, page: Any, facts: SurveyFacts, *, last: int) -> None:
    """Below the last respondent (row from 0): the official chain of figures, row by row.

    In constant memory a row that has been left cannot be written any more.
    """
    total, mean, weighted, summed, index, letter = (last + step for step in (1, 2, 3, 4, 5, 6))
    columns = {key: xl_col_to_name(place) for place, key in enumerate(facts.order, start=1)}
    values = {key: f"{name}{FIRST_ROW + 1}:{name}{last + 1}" for key, name in columns.items()}
    counts = facts.figures.whole.counts
    _text(page, total, 0, "Jumlah nilai per unsur", book.bold)
    for place, key in enumerate(facts.order, start=1):
        sum_of = sum(value * count for value, count in enumerate(counts[key], start=1))
        page.write_formula(total, place, f"=SUM({values[key]})", book.cell, sum_of)
    _text(page, mean, 0, "NRR per unsur", book.bold)
    for place, key in enumerate(facts.order, start=1):
        formula = f"={columns[key]}{total + 1}/COUNT({values[key]})"
        page.write_formula(mean, place, formula, book.mean, float(facts.index.nrr[key]))
    _text(page, weighted, 0, "NRR tertimbang per unsur", book.bold)
    for place, key in enumerate(facts.order, start=1):
        formula = f"={columns[key]}{mean + 1}*$B$3"
        page.write_formula(weighted, place, formula, book.mean, float(facts.index.weighted[key]))
    parts = f"B{weighted + 1}:{columns[facts.order[-1]]}{weighted + 1}"
    _text(page, summed, 0, "Jumlah NRR tertimbang", book.bold)
    value = float(sum(facts.index.weighted.values()))
    page.write_formula(summed, 1, f"=SUM({parts})", book.mean, value)
    _text(page, index, 0, f"IKM = jumlah NRR tertimbang x {CONVERSION}", book.bold)
    formula = _INDEX.format(f"B{summed + 1}*{CONVERSION}")
    page.write_formula(index, 1, formula, book.two, float(facts.index.ikm))
    _text(page, letter, 0, "Mutu pelayanan", book.bold)
    page.write_formula(letter, 1, _LETTER.format(f"B{index + 1}"), book.bold, facts.index.mutu)


def _services(book: _Book, facts: SurveyFacts) -> None:
    _group_sheet(book, facts, "Per layanan", "Layanan", facts.services)


def _group_sheet(
    book: _Book, facts: SurveyFacts, name: str, what: str, groups: Sequence[ShownGroup]
) -> None:
    page = book.sheet(name, (36, 11, *(12,) * len(facts.order), 9, 7))
    _text(page, 0, 0, f"NRR per unsur menurut {what.lower()}", book.title)
    _text(page, 1, 0, "Kelompok di bawah 10 formulir lengkap digabung.", book.soft)
    heads = [what, "Responden", *(element(key).unsur for key in facts.order), "IKM", "Mutu"]
    for column, head in enumerate(heads):
        _text(page, 3, column, head, book.head)
    last = xl_col_to_name(len(facts.order) + 1)
    for row, line in enumerate(groups, start=4):
        _text(page, row, 0, line.name, book.text)
        if line.index is None:
            _text(page, row, 1, "kurang dari 10", book.cell)
            continue
        page.write_number(row, 1, line.group.n, book.cell)
        for column, key in enumerate(facts.order, start=2):
            page.write_number(row, column, float(line.index.nrr[key]), book.mean)
        column = len(facts.order) + 2
        parts = f"SUM(C{row + 1}:{last}{row + 1})"
        formula = _INDEX.format(f"{parts}*'{DATA}'!$B$3*{CONVERSION}")
        page.write_formula(row, column, formula, book.two, float(line.index.ikm))
        cell = xl_rowcol_to_cell(row, column)
        page.write_formula(row, column + 1, _LETTER.format(cell), book.bold, line.index.mutu)


def _elements(book: _Book, facts: SurveyFacts) -> None:
    page = book.sheet("Per unsur", (44, 9, 9, 9, 9, 11, 11, 12, 7))
    _text(page, 0, 0, "Jawaban per unsur", book.title)
    heads = ("Unsur", "1", "2", "3", "4", "Jumlah", "NRR", "NRR x 25", "Mutu")
    for column, head in enumerate(heads):
        _text(page, 2, column, head, book.head)
    for row, key in enumerate(facts.order, start=3):
        counts = facts.figures.whole.counts[key]
        _text(page, row, 0, element(key).unsur, book.cell)
        for column, count in enumerate(counts, start=1):
            page.write_number(row, column, count, book.cell)
        line = row + 1
        nrr = float(facts.index.nrr[key])
        page.write_formula(row, 5, f"=SUM(B{line}:E{line})", book.cell, sum(counts))
        formula = f"=(B{line}+2*C{line}+3*D{line}+4*E{line})/F{line}"
        page.write_formula(row, 6, formula, book.mean, nrr)
        converted = _INDEX.format(f"G{line}*{CONVERSION}")
        page.write_formula(row, 7, converted, book.two, nrr * CONVERSION)
        page.write_formula(row, 8, _LETTER.format(f"H{line}"), book.cell)


def _profile(book: _Book, facts: SurveyFacts) -> None:
    page = book.sheet("Profil responden", (52, 12, 12))
    _text(page, 0, 0, "Profil responden (isian sukarela)", book.title)
    _text(page, 1, 0, "Golongan di bawah 10 orang digabung.", book.soft)
    row = 3
    for table in facts.profile:
        for column, head in enumerate((table.question, "Jumlah", "Persen")):
            _text(page, row, column, head, book.head)
        first = row + 2
        for line in table.rows:
            row += 1
            _text(page, row, 0, line.name, book.text)
            page.write_number(row, 1, line.n, book.cell)
            formula = f"=B{row + 1}/SUM($B${first}:$B${first + len(table.rows) - 1})"
            page.write_formula(row, 2, formula, book.share, line.n / table.told)
        row += 1
        told = "kurang dari 10 mengisi" if not table.rows else f"tidak mengisi: {table.untold}"
        _text(page, row, 0, told, book.soft)
        row += 2


def _comments(book: _Book, facts: SurveyFacts) -> None:
    page = book.sheet("Saran", (110,))
    _text(page, 0, 0, "Saran masyarakat (diacak; nama, NIK, dan nomor disamarkan)", book.title)
    if facts.comments is None:
        text = "Belum ditampilkan: paling sedikit lima saran, tujuh hari sesudah periode berakhir."
        _text(page, 2, 0, text, book.soft)
    for row, text in enumerate(facts.comments or (), start=2):
        _text(page, row, 0, text, book.text)


def _plans(book: _Book, facts: SurveyFacts) -> None:
    page = book.sheet("Tindak lanjut", (34, 44, 50, 20, 32, 18, 50))
    row = _plan_table(book, page, 0, "Rencana tindak lanjut periode ini", facts.plans)
    _plan_table(book, page, row + 2, "Tindak lanjut periode sebelumnya", facts.carried)


def _plan_table(book: _Book, page: Any, row: int, name: str, plans: Sequence[PlanRow]) -> int:
    _text(page, row, 0, name, book.title)
    heads = (
        "Unsur",
        "Faktor yang memengaruhi",
        "Rencana tindak lanjut",
        "Waktu",
        "Penanggung jawab",
        "Status",
        "Keterangan",
    )
    row += 1
    for column, head in enumerate(heads):
        _text(page, row, column, head, book.head)
    for plan in plans:
        row += 1
        cells = (plan.element, plan.cause, plan.action, long_date(plan.due), plan.responsible)
        for column, text in enumerate((*cells, plan.status, plan.note)):
            _text(page, row, column, text, book.text)
    if not plans:
        row += 1
        _text(page, row, 0, "Belum ada.", book.soft)
    return row


def _about(book: _Book, facts: SurveyFacts) -> None:
    page = book.sheet("Keterangan", (34, 100))
    figures = facts.figures
    lines: list[tuple[str, str | int | Decimal]] = [
        ("Revisi", f"{facts.revision} ({long_date(facts.revised_on)})"),
        ("Bobot per unsur", facts.weight),
        ("Formulir yang dihitung", facts.form_rule),
        ("Instrumen", facts.instrument),
        ("Populasi", f"{number(facts.population)} ({facts.population_meaning})"),
        ("Sampel minimum (Krejcie dan Morgan)", facts.target),
        ("Formulir lengkap", figures.whole.n),
        ("Formulir terisi sebagian (tidak dihitung)", figures.partial),
        ("Ditahan, menunggu putusan", figures.held),
        ("Tidak dihitung setelah diperiksa dua orang", figures.aside),
        ("Kunjungan menurut buku", "–" if figures.visits is None else figures.visits),
        ("Tanda data (SHA-256)", facts.digest),
        (
            "Cara menghitung",
            "NRR = jumlah nilai / jumlah jawaban; NRR tertimbang = NRR x bobot; IKM = jumlah NRR "
            "tertimbang x 25, dibulatkan dua desimal sebelum ditentukan mutunya.",
        ),
        (
            "Privasi",
            "Tidak ada nama, NIK, jam, tanggal, atau urutan penerimaan. Baris diacak.",
        ),
    ]
    for row, (name, value) in enumerate(lines):
        _text(page, row, 0, name, book.bold)
        if isinstance(value, int):
            page.write_number(row, 1, value, book.cell)
        else:
            _text(page, row, 1, str(value), book.text)


def _text(page: Any, row: int, column: int, text: str, style: Any) -> None:
    """Text as text: whatever a citizen wrote, it never becomes a formula."""
    page.write_string(row, column, plain_text(text)[:32_767], style)
