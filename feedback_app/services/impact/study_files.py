"""A study as files: for programs and for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from feedback_app.files.exports import Cell, Sheet
from feedback_app.impact.results import Estimate
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact import files as impact_files
from feedback_app.services.impact.pages import MatrixLine, estimates_of, matrix_of, study_needed
from feedback_app.services.site import Site
from feedback_app.storage.models import ImpactStudy


@dataclass(frozen=True, slots=True)
class StudyFiles:
    """A study as files: for programs as CSV, for people as sheets, the analyst's the last."""

    study_id: int
    csv: str
    sheets: list[Sheet]
    about: list[tuple[str, Cell]]


def estimates_files(site: Site, viewer: Viewer, *, study_id: int | None) -> StudyFiles:
    """What may be said of each training and element, and every field of every estimate."""
    line, study = study_needed(site, viewer, study_id)
    lines = matrix_of(site, viewer, study)
    analyst = _analyst_sheet(study)
    about: list[tuple[str, Cell]] = [
        ("Isi", "Dampak pelatihan: perubahan rata-rata penilaian warga, skala 1 sampai 4"),
        ("Penilaian dari", line.first_day),
        ("Penilaian sampai", line.last_day),
        ("Lembar Dampak", "Kesimpulan dalam kata-kata; batas bawah dan atas adalah rentang 95%."),
        (
            "Lembar Analis",
            "Semua angka dengan semua desimalnya, untuk program statistik.",
        ),
    ]
    csv = impact_files.estimates_csv(estimates_of(study))
    return StudyFiles(line.study_id, csv, [_finding_sheet(lines), analyst], about)


def _finding_sheet(lines: Iterable[MatrixLine]) -> Sheet:
    columns = (
        "Pelatihan",
        "Kode",
        "Unsur",
        "Kesimpulan",
        "Perubahan",
        "Batas bawah",
        "Batas atas",
        "Petugas terlatih",
        "Pembanding",
        "Perubahan terkecil yang dapat terdeteksi",
        "Kalimat",
    )
    rows = tuple(
        (
            line.title,
            line.code,
            finding.item_name[0],
            finding.verdict_words[0],
            finding.effect.estimate,
            finding.effect.low,
            finding.effect.high,
            finding.effect.n_trained,
            finding.effect.n_controls,
            finding.effect.mde,
            finding.sentence[0],
        )
        for line in lines
        for finding in line.findings
    )
    return Sheet("Dampak", columns, rows)


def _analyst_sheet(study: ImpactStudy) -> Sheet:
    names = tuple(field.name for field in fields(Estimate))
    rows = []
    for estimate in estimates_of(study):
        row = impact_files.record(estimate)
        row["warnings"] = " ".join(row["warnings"])
        rows.append(tuple(row[name] for name in names))
    return Sheet("Analis", names, tuple(rows), decimals=None)
