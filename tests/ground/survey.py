"""Surveys to test with: the published worked example, forms from counts, facts of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION, OFFICIAL_KEYS, OWN_KEYS
from feedback_app.domain.published import ends_of, index_of
from feedback_app.domain.skm import WEIGHTS, Index
from feedback_app.domain.survey import Span, day_words, title
from feedback_app.domain.survey_figures import Figures, group_of
from feedback_app.files.survey_facts import PlanRow, ProfileRow, ProfileTable, SurveyFacts

# GASPUL, 29 answers (published): counts of 4, 3, 2, 1.
GASPUL = {
    "persyaratan": (18, 11, 0, 0),
    "prosedur": (14, 15, 0, 0),
    "waktu": (15, 12, 2, 0),
    "biaya": (29, 0, 0, 0),
    "produk": (15, 14, 0, 0),
    "kompetensi": (18, 11, 0, 0),
    "perilaku": (19, 10, 0, 0),
    "sarana": (18, 11, 0, 0),
    "pengaduan": (28, 1, 0, 0),
}
GASPUL_IKM = {"1/9": "91.48", "0.111": "91.38", "0.11": "90.56"}

Answers = list[tuple[int, ...]]


def answers_of(counts: Mapping[str, Sequence[int]]) -> Answers:
    """Forms with these counts of 4, 3, 2, 1 an element, by OFFICIAL_KEYS."""
    columns = [
        [
            value
            for value, count in zip((4, 3, 2, 1), counts[key], strict=True)
            for _ in range(count)
        ]
        for key in OFFICIAL_KEYS
    ]
    return list(zip(*columns, strict=True))


def facts_of_answers(answers: Answers, *, weight: str = "1/9", **changes: Any) -> SurveyFacts:
    """What a document of a survey with these forms needs."""
    forms = [
        dict(zip(OFFICIAL_KEYS, row, strict=True)) | dict.fromkeys(OWN_KEYS) for row in answers
    ]
    group = group_of(forms)
    assert set(group.counts) == set(ALL_KEYS)
    index = index_of(group, weight=WEIGHTS[weight])
    assert isinstance(index, Index)
    low, high = ends_of(group, weight=WEIGHTS[weight], places=2)
    span = Span(date(2026, 7, 1), date(2026, 9, 30))
    table = ProfileTable(
        "Jenis kelamin", (ProfileRow("Perempuan", 12), ProfileRow("Laki-laki", 11)), 23, 6
    )
    plan = PlanRow(
        "Waktu Penyelesaian",
        "Antrean panjang",
        "Loket kedua",
        date(2026, 12, 1),
        "Kepala Seksi",
        "Berjalan",
        "",
        "Triwulan III 2026",
    )
    facts = SurveyFacts(
        agency="Dinas <Uji> & Coba",
        unit="Unit A",
        is_demo=False,
        title=title(span)[0],
        days=day_words(span)[0],
        span=span,
        answered=(date(2026, 7, 6), date(2026, 9, 28)),
        revision=1,
        revised_on=date(2026, 10, 4),
        digest="0" * 64,
        weight=weight,
        order=OFFICIAL_KEYS,
        form_rule="hanya formulir lengkap",
        instrument=INSTRUMENT_VERSION,
        population_meaning="kunjungan sebulan",
        population=100,
        target=80,
        targets=(("KTP-el", 50), ("Kartu Keluarga", 30)),
        figures=Figures(group, (), {}, {}, partial=3, held=2, aside=1, visits=100),
        index=index,
        low=low,
        high=high,
        services=(),
        tiers=(),
        profile=(table,),
        trend=(),
        comments=("Antre terlalu lama.", "Petugas ramah."),
        plans=(plan,),
        carried=(
            replace(plan, status="Selesai", note="Sudah dibuka.", survey_title="Triwulan II 2026"),
        ),
        signer={
            "place": "Muara",
            "position": "Kepala",
            "name": "Nama, S.Sos.",
            "rank": "",
            "nip": "",
        },
        public_url="https://suara.example.go.id/hasil/d/A/2026-t3",
    )
    return replace(facts, **changes)
