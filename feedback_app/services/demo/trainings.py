"""The demo's six trainings with the effects that the simulator really adds (docs/demo-truth.md).

Effects are on the latent scale of one standard logistic; about 0.45 of it is 0.10 points of an
item's mean in this office. `months_ago` counts from the last month of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTraining:
    """One training: when, who went (places in OFFICERS), how chosen, what it really did."""

    code: str
    title: str
    months_ago: int
    officers: tuple[int, ...]
    reason: str
    cost: int  # rupiah
    effects: Mapping[str, float]


TRAININGS = (
    DemoTraining(
        "prima",
        "Pelayanan prima di loket",
        18,
        (0, 3, 7, 10, 13, 16, 19, 22),
        "lot",
        48_000_000,
        {"perilaku": 0.9, "informasi": 0.5},
    ),
    DemoTraining(
        "komunikasi",
        "Komunikasi dengan pemohon",
        15,
        (1, 4, 8, 11, 14, 17),
        "lot",
        30_000_000,
        {"informasi": 1.0},
    ),
    DemoTraining(
        "adminduk",
        "Teknis administrasi kependudukan",
        12,
        (2, 5, 6, 9, 12, 15, 18, 20),
        "low_score",
        64_000_000,
        {"kompetensi": 0.8, "kecepatan": 0.4},
    ),
    DemoTraining(
        "siak",
        "Aplikasi SIAK terpusat",
        9,
        (0, 1, 2, 21, 23),
        "all",
        20_000_000,
        {"kecepatan": 0.7},
    ),
    DemoTraining(
        "etika", "Seminar etika ASN", 7, (3, 7, 8, 10, 14, 20), "volunteer", 9_000_000, {}
    ),
    DemoTraining("elearning", "E-learning integritas", 5, (4, 11), "volunteer", 2_000_000, {}),
)
