"""Know a file by its first bytes, whatever it is called, and read it or say what it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from feedback_app.files.reading.book import FileFaultError, Row, Sheet
from feedback_app.files.reading.ods import ods_sheets
from feedback_app.files.reading.text import Rate, text_sheet
from feedback_app.files.reading.web_page import web_page_sheets
from feedback_app.files.reading.xlsx import BROKEN, xlsx_sheets
from feedback_app.files.reading.xml_parts import check_size

_SAVE = "Buka di Excel atau LibreOffice, lalu simpan sebagai .xlsx."
ZIP_BEGINS = b"PK"  # XLSX, ODS, and every other ZIP file
_OLE = b"\xd0\xcf\x11\xe0"  # old .xls, and XLSX behind a password
# First bytes -> what it is.
_NAMED = (
    (b"%PDF", "Berkas ini PDF, bukan tabel. Mintalah tabelnya sebagai .xlsx atau CSV."),
    (b"{\\rtf", "Berkas ini dokumen teks (RTF), bukan tabel. Simpan tabelnya sebagai .xlsx."),
    (b"\x89PNG", "Berkas ini gambar, bukan tabel."),
    (b"\xff\xd8\xff", "Berkas ini gambar, bukan tabel."),
    (b"GIF8", "Berkas ini gambar, bukan tabel."),
    (b"Rar!", "Berkas ini arsip (RAR). Keluarkan dahulu berkas di dalamnya."),
    (b"7z\xbc\xaf", "Berkas ini arsip (7z). Keluarkan dahulu berkas di dalamnya."),
    (b"\x1f\x8b", "Berkas ini arsip (GZIP). Keluarkan dahulu berkas di dalamnya."),
    (b"PAR1", "Berkas ini Parquet. Simpan sebagai .xlsx atau CSV."),
    (b"SQLite format 3", "Berkas ini basis data, bukan tabel."),
    (b"ID;P", "Berkas ini SYLK. Buka di Excel atau LibreOffice, lalu simpan sebagai .xlsx."),
)


def sheets_of(content: bytes, rate: Rate) -> list[Sheet]:
    """The sheets of a file; FileFaultError says what the file is when it is no table."""
    if content.startswith(_OLE):
        raise FileFaultError(
            "Berkas ini .xls lama atau berkata sandi. Simpan sebagai .xlsx tanpa sandi."
        )
    for start, told in _NAMED:
        if content.startswith(start):
            raise FileFaultError(told)
    if content.startswith(ZIP_BEGINS):
        return _packed(content)
    head = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().replace(b"\x00", b"")
    if head.startswith(b"mime-version:"):
        raise FileFaultError(
            "Berkas ini halaman web tersimpan (MHTML). Buka di Excel, lalu simpan sebagai .xlsx."
        )
    if (
        head.startswith(b"<")
        and b"urn:schemas-microsoft-com:office:spreadsheet" in head
        and b"<html" not in head
    ):
        raise FileFaultError(
            "Berkas ini lembar sebar XML 2003. Buka di Excel, lalu simpan sebagai .xlsx."
        )
    if head.startswith(b"<") and any(
        mark in head for mark in (b"<html", b"<table", b"<!doctype html")
    ):
        return web_page_sheets(content)
    if head.startswith((b"<?xml", b"{", b"[{")):
        raise FileFaultError(
            "Berkas ini data program (XML atau JSON), bukan tabel. Mintalah sebagai .xlsx atau CSV."
        )
    return [text_sheet(content, rate)]


def _packed(content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            check_size(packed)
            kind = packed.read("mimetype")[:100] if "mimetype" in names else b""
    except FileFaultError:
        raise
    except BROKEN:
        raise broken() from None
    if b"opendocument.spreadsheet" in kind:
        return _read(ods_sheets, content, "Berkas ODS ini rusak. Simpan ulang, lalu coba lagi.")
    if "xl/workbook.bin" in names:
        raise FileFaultError("Berkas ini .xlsb. Buka di Excel, lalu simpan sebagai .xlsx.")
    if "word/document.xml" in names or b"opendocument.text" in kind:
        raise FileFaultError("Berkas ini dokumen Word, bukan tabel. Simpan tabelnya sebagai .xlsx.")
    if any(name.endswith(".iwa") for name in names):
        raise FileFaultError("Berkas ini Numbers (Apple). Ekspor sebagai .xlsx.")
    if not names & {"[Content_Types].xml", "xl/workbook.xml"}:
        raise FileFaultError("Berkas ini arsip ZIP. Keluarkan dahulu berkas di dalamnya.")
    return _read(xlsx_sheets, content, None)


def _read(read: Callable[[bytes], list[Sheet]], content: bytes, told: str | None) -> list[Sheet]:
    fault = FileFaultError(told) if told else broken()
    try:
        sheets = read(content)
    except FileFaultError:
        raise
    except (*BROKEN, ValueError):
        raise fault from None
    for sheet in sheets:
        sheet.rows = _whole(sheet.rows, fault)
    return sheets


def _whole(rows: Callable[[], Iterator[Row]], fault: FileFaultError) -> Callable[[], Iterator[Row]]:
    """The same rows; where the file breaks off, that is said instead of a program's error."""

    def checked() -> Iterator[Row]:
        try:
            yield from rows()
        except FileFaultError:
            raise
        except (*BROKEN, ValueError):
            raise fault from None

    return checked


def broken() -> FileFaultError:
    """An XLSX that is not whole."""
    return FileFaultError("Berkas XLSX ini rusak. Simpan ulang, lalu coba lagi.")
