"""A document as DOCX that an office goes on editing: real headings, tables and a contents field."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from feedback_app.files.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Picture,
    Signature,
    Table,
)
from feedback_app.files.exports import plain_text
from feedback_app.files.typesetting import typeset

ACCENT, SOFT, WARN = RGBColor(0x0B, 0x5C, 0x5C), RGBColor(0x56, 0x64, 0x6A), RGBColor(0x7A, 0x4B, 0)
FONT = "Arial"  # on every office PC
TEXT_WIDTH = Cm(15.5)
_ALIGN = {
    "l": WD_ALIGN_PARAGRAPH.LEFT,
    "c": WD_ALIGN_PARAGRAPH.CENTER,
    "r": WD_ALIGN_PARAGRAPH.RIGHT,
}


def to_docx(document: Document) -> bytes:
    """The document as a file for a word processor."""
    file = docx.Document()
    _prepare(file, document)
    if document.is_sheet:
        _turn(file)
        _line(file, f"{document.title} {document.subtitle}", size=15, bold=True, colour=ACCENT)
        for text in (*document.cover, document.warning):
            if text:
                _line(file, text, size=11)
    else:
        _cover(file, document)
        _contents(file, document.blocks)
    for block in document.blocks:
        _add(file, block)
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def _prepare(file: Any, document: Document) -> None:
    page = file.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    page.left_margin, page.right_margin = Cm(3), Cm(2.5)
    page.top_margin = page.bottom_margin = Cm(2.5)
    page.different_first_page_header_footer = True
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(footer, "PAGE", "1")
    styles = file.styles
    for name, size in (("Normal", 11), ("Heading 1", 15), ("Heading 2", 12)):
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        for attribute in ("w:asciiTheme", "w:hAnsiTheme"):
            style.element.rPr.rFonts.attrib.pop(qn(attribute), None)
        if name != "Normal":
            style.font.color.rgb = ACCENT if name == "Heading 1" else RGBColor(0, 0, 0)
    styles["Normal"].paragraph_format.space_after = Pt(8)
    styles["Heading 1"].paragraph_format.page_break_before = True
    file.core_properties.title = plain_text(f"{document.title} {document.subtitle}")[:255]
    file.core_properties.author = plain_text(document.author)[:255]
    file.core_properties.language = "id-ID"
    file.core_properties.comments = ""


def _turn(file: Any) -> None:
    page = file.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    page.different_first_page_header_footer = False


def _cover(file: Any, document: Document) -> None:
    for _ in range(6):
        file.add_paragraph()
    for text, size in ((document.title, 20), (document.subtitle, 16)):
        _line(file, text, size=size, bold=True, colour=ACCENT)
    file.add_paragraph()
    for text in document.cover:
        _line(file, text, size=14)
    if document.warning:
        file.add_paragraph()
        _line(file, document.warning, size=12, bold=True, colour=WARN)


def _line(
    file: Any, text: str, *, size: float, bold: bool = False, colour: RGBColor | None = None
) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(plain_text(text))
    run.font.size, run.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour


def _contents(file: Any, blocks: Sequence[Block]) -> None:
    """A field that the word processor fills with page numbers; until then it lists the headings."""
    before = file.add_paragraph()
    before.add_run().add_break(WD_BREAK.PAGE)
    _line(file, "DAFTAR ISI", size=15, bold=True, colour=ACCENT)
    headings = [block for block in blocks if isinstance(block, Heading)]
    paragraph = file.add_paragraph()
    lines = "\n".join("    " * (block.level - 1) + block.text for block in headings)
    _field(paragraph, 'TOC \\o "1-2" \\h \\z \\u', lines)
    _note(
        file, "Klik kanan pada daftar isi, lalu Perbarui Bidang, untuk menampilkan nomor halaman."
    )


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    def mark(kind: str) -> None:
        piece = OxmlElement("w:fldChar")
        piece.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(piece)

    mark("begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = instruction
    paragraph.add_run()._r.append(code)
    mark("separate")
    paragraph.add_run(plain_text(shown))
    mark("end")


def _add(file: Any, block: Block) -> None:
    if isinstance(block, Heading):
        file.add_heading(plain_text(block.text), level=block.level)
    elif isinstance(block, Paragraph):
        _paragraph(file, block)
    elif isinstance(block, Bullets):
        style = "List Number" if block.is_numbered else "List Bullet"
        start = _restart(file) if block.is_numbered else None
        for item in block.items:
            paragraph = file.add_paragraph(plain_text(item), style=style)
            if start is not None:
                _number_from(paragraph, start)
    elif isinstance(block, Table):
        _table(file, block)
    elif isinstance(block, Picture):
        _picture(file, block)
    else:
        _signature(file, block)


def _paragraph(file: Any, block: Paragraph) -> None:
    if block.style == "note":
        _note(file, block.text)
        return
    paragraph = file.add_paragraph(plain_text(block.text))
    centre = block.style == "centre"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.JUSTIFY


def _note(file: Any, text: str) -> None:
    run = file.add_paragraph().add_run(plain_text(text))
    run.font.size, run.italic, run.font.color.rgb = Pt(9), True, SOFT


def _restart(file: Any) -> int:
    """A new numbering of the style's own kind, so that each list begins at 1."""
    numbering = file.part.numbering_part.element
    used = file.styles["List Number"].element.pPr.numPr.numId.val
    kind = next(n for n in numbering.num_lst if n.numId == used).abstractNumId.val
    number = numbering.add_num(kind)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def _number_from(paragraph: Any, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_numId().val = number
    properties.get_or_add_ilvl().val = 0


def _table(file: Any, block: Table) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(3)
    run = caption.add_run(plain_text(block.caption))
    run.font.size, run.font.color.rgb = Pt(9), SOFT
    table = file.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _repeat(table.rows[0])
    for place, text in enumerate(block.columns):
        _cell(table.rows[0].cells[place], text, "c" if place else "l", bold=True, fill="E3EFEE")
    for number, row in enumerate(block.rows, start=1):
        cells = table.add_row().cells
        bold = block.last_is_sum and number == len(block.rows)
        for place, text in enumerate(row):
            _cell(cells[place], text, block.align[place], bold=bold)
    page, total = file.sections[0], sum(block.widths)
    line = page.page_width - page.left_margin - page.right_margin
    for place, share in enumerate(block.widths):
        width = int(line * share / total)
        table.columns[place].width = width  # LibreOffice reads the grid, Word the cells
        for cell in table.columns[place].cells:
            cell.width = width
    file.add_paragraph()


def _cell(cell: Any, text: str, align: str, *, bold: bool = False, fill: str = "") -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[align]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(plain_text(text))
    run.font.size, run.bold = Pt(9), bold
    if fill:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """The heading row again on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _picture(file: Any, block: Picture) -> None:
    given = {"kind": block.kind, "data": block.data}
    content = typeset("chart_picture.typ", {"chart.json": given}, ending="png", ppi=220)
    shape = file.add_picture(io.BytesIO(content), width=TEXT_WIDTH)
    shape._inline.docPr.set("descr", plain_text(block.alt))
    caption = file.add_paragraph()
    run = caption.add_run(plain_text(block.caption))
    run.font.size, run.font.color.rgb = Pt(9), SOFT


def _signature(file: Any, block: Signature) -> None:
    lines = [block.place_and_date, block.position, "", "", "", block.name, block.rank]
    lines += [f"NIP {block.nip}"] if block.nip else []
    for place, text in enumerate(lines):
        if not text and place > 4:
            continue
        paragraph = file.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(8)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.keep_with_next = place < len(lines) - 1
        run = paragraph.add_run(plain_text(text))
        if text == block.name:
            run.bold = run.underline = True
