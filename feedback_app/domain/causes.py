"""Causes that may be ticked under an answer of 1 or 2, and the two facts: data of the instrument.

A cause says what was wrong in the words of a visitor and on which level it lies: with the officer,
with the process, or with the place. Nothing here asks about money: that goes to the inspectorate
only and stands in no row (`Submission.is_charged`). Change a list only with `INSTRUMENT_VERSION`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.respondent import Band

Level = Literal["officer", "process", "place"]
LEVELS: Mapping[Level, tuple[str, str]] = {  # Indonesian, English
    "officer": ("petugas", "officer"),
    "process": ("proses", "process"),
    "place": ("tempat", "place"),
}
VERSIONS_WITH_CAUSES = ("skm-2017.2", "skm-2017.3")  # of the instrument
LOW = (1, 2)  # answers under which causes are asked
MOST = 5  # causes of an element: more are not read on a phone


@dataclass(frozen=True, slots=True)
class Cause:
    """One tick under one element. `number` is its place in stored answers and never used again."""

    number: int
    element: str
    key: str
    text: str
    text_en: str
    level: Level

    @property
    def field(self) -> str:
        """Its name in forms; one of its own, so that a draft of the form finds it again."""
        return f"c{self.number}"

    @property
    def level_words(self) -> tuple[str, str]:
        """The level in Indonesian and English."""
        return LEVELS[self.level]

    @property
    def bit(self) -> int:
        """Its place in the number that a rating keeps."""
        return 1 << (self.number - 1)


# element -> (number, key, Indonesian, English, level). An empty desk and work that is interrupted
# are how the office is run, so they count as process: an officer is blamed only for the own doing.
_LISTS: dict[str, tuple[tuple[int, str, str, str, Level], ...]] = {
    "perilaku": (
        (1, "tidak_menyapa", "Tidak menyapa", "Did not greet me", "officer"),
        (2, "nada_kasar", "Nada bicara kasar", "Spoke harshly", "officer"),
        (3, "membedakan", "Membeda-bedakan orang", "Did not treat people alike", "officer"),
        (4, "sibuk_sendiri", "Sibuk sendiri", "Was busy with other things", "officer"),
    ),
    "kompetensi": (
        (5, "tidak_tahu", "Tidak tahu syaratnya", "Did not know the requirements", "officer"),
        (6, "berubah", "Penjelasan berubah-ubah", "Explanations kept changing", "officer"),
        (7, "salah_ketik", "Salah mengetik data", "Typed my data wrongly", "officer"),
    ),
    "persyaratan": (
        (8, "tidak_diumumkan", "Tidak diumumkan", "Not announced", "process"),
        (9, "berbeda", "Lain dari pengumuman", "Other than announced", "process"),
        (10, "bertambah", "Bertambah di tengah jalan", "Grew along the way", "process"),
        (11, "berlebihan", "Terlalu banyak", "Too many", "process"),
        (12, "sulit_dipenuhi", "Sulit dipenuhi", "Hard to meet", "process"),
    ),
    "prosedur": (
        (13, "tidak_jelas", "Urutannya tidak jelas", "The steps were not clear", "process"),
        (14, "banyak_loket", "Terlalu banyak loket", "Too many counters", "process"),
        (15, "kantor_lain", "Harus ke kantor lain dahulu", "Another office first", "process"),
        (16, "wajib_daring", "Harus daring, dan sulit", "Online only, and hard", "process"),
        (17, "tanpa_petunjuk", "Tidak ada petunjuk arah", "No signs", "place"),
    ),
    "waktu": (
        (18, "antre_lama", "Antre lama", "A long queue", "process"),
        (19, "jaringan_mati", "Jaringan atau aplikasi mati", "Network or system down", "place"),
        (20, "blangko_kosong", "Blangko kosong", "No blank documents left", "process"),
        (21, "datang_lagi", "Disuruh datang lagi", "Told to come back", "process"),
        (22, "lewat_janji", "Lewat dari janji", "Later than promised", "process"),
    ),
    "biaya": (
        (23, "tidak_diumumkan", "Tarif tidak diumumkan", "Fees are not announced", "process"),
        (24, "fotokopi", "Biaya fotokopi atau meterai", "Copies or stamps", "process"),
        (25, "perjalanan", "Ongkos perjalanan", "The cost of travel", "place"),
        (26, "denda", "Denda tidak dijelaskan", "A fine was not explained", "process"),
    ),
    "produk": (
        (27, "belum_jadi", "Belum jadi", "Not ready", "process"),
        (28, "data_salah", "Ada data yang salah", "Some data is wrong", "officer"),
        (29, "tidak_sesuai", "Bukan yang saya minta", "Not what I asked for", "process"),
        (30, "cetakan_buruk", "Cetakan rusak atau kabur", "Badly printed", "place"),
    ),
    "sarana": (
        (31, "kursi_kurang", "Tempat duduk kurang", "Too few seats", "place"),
        (32, "panas", "Panas atau pengap", "Hot or stuffy", "place"),
        (33, "toilet_kotor", "Toilet kotor", "Dirty toilets", "place"),
        (34, "sulit_diakses", "Sulit bagi lansia atau difabel", "Hard to access", "place"),
        (35, "parkir", "Parkir sulit", "Parking is hard", "place"),
    ),
    "pengaduan": (
        (36, "tidak_tahu", "Tidak tahu caranya", "I do not know how", "process"),
        (37, "tidak_ada_sarana", "Tidak ada kotak atau nomor", "No box or number", "place"),
        (38, "tidak_dijawab", "Tidak dijawab", "No answer came", "process"),
        (39, "takut", "Takut mengadu", "Afraid to complain", "process"),
        (40, "tidak_didengar", "Petugas tidak mendengarkan", "Nobody listened", "officer"),
    ),
    "informasi": (
        (41, "istilah_sulit", "Istilahnya sulit", "Difficult words", "officer"),
        (42, "tidak_tertulis", "Tidak ada keterangan tertulis", "Nothing in writing", "place"),
        (43, "bertanya_ulang", "Harus bertanya berulang", "I had to ask again", "officer"),
    ),
    "kecepatan": (
        (44, "tidak_di_tempat", "Petugas tidak di tempat", "Nobody at the desk", "process"),
        (45, "disela", "Disela urusan lain", "Interrupted by other work", "process"),
        (46, "lambat_mengetik", "Lambat mengetik", "Typed slowly", "officer"),
    ),
    "kepercayaan": (
        (47, "ingkar", "Janji tidak ditepati", "Promises are not kept", "process"),
        (48, "berubah", "Aturan berubah-ubah", "Rules keep changing", "process"),
        (49, "didahulukan", "Ada yang didahulukan", "Some are served first", "process"),
        (50, "data", "Takut data disalahgunakan", "My data may be misused", "process"),
        (51, "pengalaman", "Pengalaman sebelumnya buruk", "It was bad before", "process"),
    ),
}

CAUSES: tuple[Cause, ...] = tuple(
    Cause(number, element, key, text, text_en, level)
    for element, causes in _LISTS.items()
    for number, key, text, text_en, level in causes
)
OF_ELEMENT: Mapping[str, tuple[Cause, ...]] = {
    key: tuple(cause for cause in CAUSES if cause.element == key) for key in _LISTS
}
EVERY_BIT = sum(cause.bit for cause in CAUSES)

# Facts are answered by choice like the bands of a respondent, whatever was rated.
VISIT_FACTS: tuple[Band, ...] = (
    Band(
        "visits_needed",
        "Berapa kali datang untuk urusan ini?",
        "How often did you come for this?",
        (("1", "1 kali", "Once"), ("2", "2 kali", "Twice"), ("3_up", "3 kali lebih", "3 or more")),
    ),
    Band(
        "ready_on_time",
        "Selesai pada waktu yang dijanjikan?",
        "Was it ready when promised?",
        (("yes", "Ya", "Yes"), ("no", "Tidak", "No"), ("not_yet", "Belum waktunya", "Not due yet")),
    ),
)


def under_low_answers(
    fields: Collection[str], answers: Mapping[str, int | None]
) -> tuple[Cause, ...]:
    """The causes ticked under an answer of 1 or 2, by their number.

    A cause without such an answer, as when 2 became 4 afterwards, or one that is none of ours is
    left out: a tick never costs an answer.
    """
    return tuple(
        cause for cause in CAUSES if cause.field in fields and answers.get(cause.element) in LOW
    )


def packed(causes: Collection[Cause]) -> int | None:
    """The number that a rating keeps: a bit a cause; None where nothing was ticked."""
    return sum(cause.bit for cause in set(causes)) or None


def unpacked(number: int | None) -> tuple[Cause, ...]:
    """The causes of such a number, by their own."""
    return tuple(cause for cause in CAUSES if (number or 0) & cause.bit)
