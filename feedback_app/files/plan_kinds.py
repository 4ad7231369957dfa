"""Candidate runs of a training plan, as a provider's calendar or HR's own sheet lists them."""

from __future__ import annotations

from feedback_app.files import cells, training_cells
from feedback_app.files.records import Kind, column, optional

PLAN_RUNS = Kind(
    "plan-runs",
    "Calon jadwal rencana",
    (
        column(
            "training",
            "pelatihan",
            cells.code,
            "kode pelatihan dalam katalog",
            "prima",
            "siak",
            also=("training", "kode_pelatihan", "kode"),
        ),
        column(
            "starts_on",
            "tanggal_mulai",
            cells.day,
            "24-11-2026",
            "24-11-2030",
            "02-12-2030",
            also=("mulai", "start"),
        ),
        optional(
            "ends_on",
            "tanggal_selesai",
            "kosong = hari yang sama",
            "26-11-2030",
            "",
            read=training_cells.optional_day,
            also=("selesai", "end"),
        ),
        column("seats", "kursi", cells.count, "jumlah kursi", "12", "6", also=("seats", "kuota")),
        optional(
            "fee",
            "biaya_kontribusi",
            "rupiah seorang; kosong = 0",
            "6.000.000",
            "0",
            read=training_cells.rupiah,
            also=("biaya", "kontribusi", "fee"),
        ),
        optional(
            "travel",
            "biaya_perjalanan",
            "rupiah seorang; kosong = 0",
            "750.000",
            "0",
            read=training_cells.rupiah,
            also=("perjalanan", "transport", "travel"),
        ),
        optional(
            "daily",
            "uang_harian",
            "rupiah seorang untuk seluruh hari; kosong = 0",
            "1.290.000",
            "0",
            read=training_cells.rupiah,
            also=("harian", "daily"),
        ),
        optional("jp", "jp", "kosong = JP pelatihan", "20", "", read=training_cells.hours),
    ),
    ("training", "starts_on"),
)
