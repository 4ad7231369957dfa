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
    kind: str
    elements: tuple[str, ...]  # what the catalogue says it aims at
    competences: tuple[str, ...]
    provider: str
    partner: str
    jp: int
    months_ago: int
    days: int
    officers: tuple[int, ...]
    reason: str
    cost: int  # rupiah a participant
    effects: Mapping[str, float]  # what the simulator adds


TRAININGS = (
    DemoTraining(
        code="prima",
        title="Pelayanan prima di loket",
        kind="bimbingan_teknis",
        elements=("perilaku", "informasi"),
        competences=("Pelayanan Publik", "Komunikasi"),
        provider="BPSDM Contoh",
        partner="Universitas Contoh",
        jp=20,
        months_ago=18,
        days=3,
        officers=(0, 3, 7, 10, 13, 16, 19, 22),
        reason="lot",
        cost=6_000_000,
        effects={"perilaku": 0.9, "informasi": 0.5},
    ),
    DemoTraining(
        code="komunikasi",
        title="Komunikasi dengan pengunjung",
        kind="workshop",
        elements=("informasi", "perilaku"),
        competences=("Komunikasi",),
        provider="Universitas Contoh",
        partner="Universitas Contoh",
        jp=12,
        months_ago=15,
        days=2,
        officers=(1, 4, 8, 11, 14, 17),
        reason="lot",
        cost=5_000_000,
        effects={"informasi": 1.0},
    ),
    DemoTraining(
        code="adminduk",
        title="Teknis administrasi kependudukan",
        kind="teknis",
        elements=("kompetensi", "kecepatan"),
        competences=("Teknis administrasi kependudukan",),
        provider="Ditjen Contoh",
        partner="",
        jp=24,
        months_ago=12,
        days=4,
        officers=(2, 5, 6, 9, 12, 15, 18, 20),
        reason="low_score",
        cost=8_000_000,
        effects={"kompetensi": 0.8, "kecepatan": 0.4},
    ),
    DemoTraining(
        code="siak",
        title="Aplikasi SIAK terpusat",
        kind="kursus",
        elements=("kecepatan",),
        competences=("Teknis administrasi kependudukan",),
        provider="Ditjen Contoh",
        partner="",
        jp=10,
        months_ago=9,
        days=1,
        officers=(0, 1, 2, 21, 23),
        reason="all",
        cost=4_000_000,
        effects={"kecepatan": 0.7},
    ),
    DemoTraining(
        code="etika",
        title="Seminar etika ASN",
        kind="seminar",
        elements=("perilaku",),
        competences=("Integritas",),
        provider="BPSDM Contoh",
        partner="",
        jp=6,
        months_ago=7,
        days=1,
        officers=(3, 7, 8, 10, 14, 20),
        reason="volunteer",
        cost=1_500_000,
        effects={},
    ),
    DemoTraining(
        code="elearning",
        title="E-learning integritas",
        kind="e_learning",
        elements=("perilaku",),
        competences=("Integritas",),
        provider="LAN Contoh",
        partner="",
        jp=8,
        months_ago=5,
        days=1,
        officers=(4, 11),
        reason="volunteer",
        cost=1_000_000,
        effects={},
    ),
)
