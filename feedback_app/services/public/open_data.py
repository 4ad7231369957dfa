"""Published results as open data: one row a survey, with a codebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.published import Published
from feedback_app.domain.texts import filled
from feedback_app.files.exports import Cell, Sheet
from feedback_app.services.faults import NotThereError
from feedback_app.services.office.agency import any_is_demo
from feedback_app.services.public import results
from feedback_app.services.public.regency import all_results
from feedback_app.services.public.results import Result
from feedback_app.services.site import Site
from feedback_app.storage.models import Agency, Unit

LICENCE = "CC-BY-4.0"
_OFFICIAL = [item for item in ELEMENTS if item.official]
# name -> (Indonesian, English): the codebook, in the order of the columns
FIELDS: dict[str, tuple[str, str]] = {
    "agency": ("kode perangkat daerah", "code of the agency"),
    "unit": ("kode unit pelayanan", "code of the unit"),
    "unit_name": ("nama unit pelayanan", "name of the unit"),
    "period": (
        "kode periode survei, seperti dalam alamat halaman",
        "code of the period, as in URLs",
    ),
    "first_day": ("hari pertama (tahun-bulan-hari)", "first day (ISO 8601)"),
    "last_day": ("hari terakhir (tahun-bulan-hari)", "last day (ISO 8601)"),
    "revision": ("nomor revisi yang diumumkan", "number of the published revision"),
    "weight": ("bobot setiap unsur", "weight of each element"),
    "n": (
        "formulir lengkap yang dihitung; kosong bila kurang dari 10",
        "complete forms counted; empty below 10",
    ),
    "ikm": (
        "Indeks Kepuasan Masyarakat, 25 sampai 100, dua desimal; kosong bila tidak diumumkan",
        "satisfaction index, 25 to 100, two decimals; empty when not published",
    ),
    "low": ("ujung bawah rentang 95%", "lower end of the 95% interval"),
    "high": ("ujung atas rentang 95%", "upper end of the 95% interval"),
    "mutu": ("mutu A, B, C, atau D", "quality letter A, B, C or D"),
    "kinerja": ("kinerja unit pelayanan", "performance word of the law"),
    **{
        f"nrr_{item.key}": filled(
            (
                "rata-rata unsur %(name)s, 1 sampai 4, satu desimal; kosong bila semua jawaban "
                "sama",
                "mean of %(name)s, 1 to 4, one decimal; empty when all answers are equal",
            ),
            name=(item.unsur, item.unsur_en),
        )
        for item in _OFFICIAL
    },
    **{
        f"mutu_{item.key}": filled(
            ("mutu unsur %(name)s", "letter of %(name)s"), name=(item.unsur, item.unsur_en)
        )
        for item in _OFFICIAL
    },
    "trust_percent": (
        "persen responden yang percaya atau sangat percaya kepada pemerintah daerah",
        "percent of respondents with trust or much trust in the local government",
    ),
    "partial": ("formulir terisi sebagian, tidak dihitung", "partial forms, not counted"),
    "held": ("formulir ditahan, menunggu putusan", "forms held, waiting for a verdict"),
    "aside": ("formulir tidak dihitung setelah diperiksa dua orang", "forms set aside by verdict"),
    "visits": ("kunjungan menurut buku; kosong bila tidak ada", "visits in the books, if kept"),
    "note": (
        "too_few: kurang dari 10 formulir, tidak diumumkan; alike: semua jawaban sama, hanya mutu; "
        "pending: ada revisi lebih baru yang belum dapat diumumkan",
        "too_few: below 10 forms, not published; alike: all answers equal, letter only; "
        "pending: there is a newer revision that may not be shown yet",
    ),
}


def rows_of_unit(site: Site, agency_code: str, unit_code: str) -> list[dict[str, Any]]:
    """Every closed survey of one unit, newest first."""
    found = results.unit_results(site, agency_code, unit_code, "")
    return list(_rows(found.agency, found.unit, found.results))


def rows_of_site(site: Site) -> list[dict[str, Any]]:
    """Every closed survey of every unit."""
    return [row for found in all_results(site) for row in _rows(*found)]


def row_of_period(
    site: Site, agency_code: str, unit_code: str, period: str
) -> list[dict[str, Any]]:
    """One survey."""
    rows = rows_of_unit(site, agency_code, unit_code)
    found = [row for row in rows if row["period"] == period]
    if not found:
        raise NotThereError
    return found


def as_sheet(rows: list[dict[str, Any]]) -> Sheet:
    """The rows as a table."""
    return Sheet("hasil", tuple(FIELDS), tuple(tuple(_cell(r[f]) for f in FIELDS) for r in rows))


def codebook_sheet() -> Sheet:
    """The codebook as a table."""
    rows = tuple((name, *words) for name, words in FIELDS.items())
    return Sheet("kamus", ("field", "arti", "meaning"), rows)


def as_document(site: Site, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows as a JSON document with its codebook."""
    return {
        "licence": LICENCE,
        "source": f"{site.settings.base_url}/hasil/",
        "made_up": any_is_demo(site),
        "fields": {name: english for name, (_words, english) in FIELDS.items()},
        "results": rows,
    }


def _rows(agency: Agency, unit: Unit, found: Iterable[Result]) -> Iterator[dict[str, Any]]:
    for result in found:
        row: dict[str, Any] = dict.fromkeys(FIELDS)
        row |= {
            "agency": agency.code,
            "unit": unit.code,
            "unit_name": result.unit_name or unit.name,
            "period": result.slug,
            "first_day": result.span.first.isoformat(),
            "last_day": result.span.last.isoformat(),
            "revision": result.revision,
            "weight": result.weight,
            "note": _note(result),
        }
        if isinstance(result.what, Published):
            row |= _values(result.what)
        yield row


def _values(what: Published) -> dict[str, Any]:
    values: dict[str, Any] = {
        "n": what.n,
        "ikm": _number(what.ikm),
        "low": _number(what.low),
        "high": _number(what.high),
        "mutu": what.mutu,
        "kinerja": what.kinerja,
        "trust_percent": what.trust,
        "partial": what.partial,
        "held": what.held,
        "aside": what.aside,
        "visits": what.visits,
    }
    for line in what.elements:
        values[f"nrr_{line.key}"] = _number(line.mean)
        values[f"mutu_{line.key}"] = line.mutu
    return values


def _note(result: Result) -> str:
    if not isinstance(result.what, Published):
        return "too_few"
    notes = ["alike"] if result.what.ikm is None else []
    notes += ["pending"] if result.newest > result.revision else []
    return " ".join(notes)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str | int | float) else None
