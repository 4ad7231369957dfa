"""The nine SKM elements with their official wording, and the product's own three.

Wording and labels: PermenPANRB 14/2017 as printed by agencies that use it (second-hand copies;
the office's legal desk confirms them before official use, see docs/method.md). Elements are
stored and compared by key: agencies number Sarana and Pengaduan 8/9 or 9/8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# .2: causes under low answers, and two facts; .3: officer items first, then an honest way to stop
INSTRUMENT_VERSION = "skm-2017.3"

About = Literal["officer", "process", "premises", "unit"]


@dataclass(frozen=True, slots=True)
class Element:
    """One question with four labels, for the values 1 to 4."""

    key: str
    unsur: str
    unsur_en: str
    question: str
    question_en: str
    labels: tuple[str, str, str, str]
    labels_en: tuple[str, str, str, str]
    about: About
    official: bool


def _official(
    key: str,
    unsur: tuple[str, str],
    question: tuple[str, str],
    labels: tuple[str, str, str, str],
    labels_en: tuple[str, str, str, str],
    about: About = "process",
) -> Element:
    return Element(key, *unsur, *question, labels, labels_en, about, official=True)


def _own(
    key: str,
    unsur: tuple[str, str],
    question: tuple[str, str],
    labels: tuple[str, str, str, str],
    labels_en: tuple[str, str, str, str],
    about: About = "officer",
) -> Element:
    return Element(key, *unsur, *question, labels, labels_en, about, official=False)


ELEMENTS: tuple[Element, ...] = (
    _official(
        "persyaratan",
        ("Persyaratan", "Requirements"),
        (
            "Bagaimana pendapat Saudara tentang kesesuaian persyaratan pelayanan"
            " dengan jenis pelayanannya?",
            "How well did the requirements fit the kind of service?",
        ),
        ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
        ("Did not fit", "Fitted poorly", "Fitted", "Fitted very well"),
    ),
    _official(
        "prosedur",
        ("Sistem, Mekanisme, dan Prosedur", "System, mechanism, and procedure"),
        (
            "Bagaimana pemahaman Saudara tentang kemudahan prosedur pelayanan di unit ini?",
            "How easy was the procedure of this unit to follow?",
        ),
        ("Tidak mudah", "Kurang mudah", "Mudah", "Sangat mudah"),
        ("Not easy", "Less than easy", "Easy", "Very easy"),
    ),
    _official(
        "waktu",
        ("Waktu Penyelesaian", "Time taken"),
        (
            "Bagaimana pendapat Saudara tentang kecepatan waktu dalam memberikan pelayanan?",
            "How quick was the service?",
        ),
        ("Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"),
        ("Not quick", "Less than quick", "Quick", "Very quick"),
    ),
    _official(
        "biaya",
        ("Biaya/Tarif", "Cost"),
        (
            "Bagaimana pendapat Saudara tentang kewajaran biaya/tarif dalam pelayanan?",
            "How fair was the cost of the service?",
        ),
        ("Sangat mahal", "Cukup mahal", "Murah", "Gratis"),
        ("Very expensive", "Rather expensive", "Cheap", "Free"),
    ),
    _official(
        "produk",
        ("Produk Spesifikasi Jenis Pelayanan", "Result of the service"),
        (
            "Bagaimana pendapat Saudara tentang kesesuaian produk pelayanan antara yang tercantum"
            " dalam standar pelayanan dengan hasil yang diberikan?",
            "How well did the result match what the service standard promises?",
        ),
        ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
        ("Did not match", "Matched poorly", "Matched", "Matched very well"),
    ),
    _official(
        "kompetensi",
        ("Kompetensi Pelaksana", "Competence of the officer"),
        (
            "Bagaimana pendapat Saudara tentang kompetensi/kemampuan petugas dalam pelayanan?",
            "How competent was the officer in giving the service?",
        ),
        ("Tidak kompeten", "Kurang kompeten", "Kompeten", "Sangat kompeten"),
        ("Not competent", "Less than competent", "Competent", "Very competent"),
        "officer",
    ),
    _official(
        "perilaku",
        ("Perilaku Pelaksana", "Conduct of the officer"),
        (
            "Bagaimana pendapat Saudara tentang perilaku petugas dalam pelayanan"
            " terkait kesopanan dan keramahan?",
            "How polite and friendly was the officer?",
        ),
        (
            "Tidak sopan dan ramah",
            "Kurang sopan dan ramah",
            "Sopan dan ramah",
            "Sangat sopan dan ramah",
        ),
        (
            "Not polite or friendly",
            "Less than polite and friendly",
            "Polite and friendly",
            "Very polite and friendly",
        ),
        "officer",
    ),
    _official(
        "sarana",
        ("Sarana dan Prasarana", "Premises and facilities"),
        (
            "Bagaimana pendapat Saudara tentang kualitas sarana dan prasarana?",
            "How good were the premises and facilities?",
        ),
        ("Buruk", "Cukup", "Baik", "Sangat baik"),
        ("Poor", "Fair", "Good", "Very good"),
        "premises",
    ),
    _official(
        "pengaduan",
        ("Penanganan Pengaduan, Saran dan Masukan", "Handling of complaints and suggestions"),
        (
            "Bagaimana pendapat Saudara tentang penanganan pengaduan pengguna layanan?",
            "How are complaints of service users handled?",
        ),
        (
            "Tidak ada",
            "Ada tetapi tidak berfungsi",
            "Berfungsi kurang maksimal",
            "Dikelola dengan baik",
        ),
        (
            "There is no way to complain",
            "There is one, but it does not work",
            "It works, but not fully",
            "It is well run",
        ),
    ),
    _own(
        "informasi",
        ("Kejelasan Informasi", "Clarity of information"),
        (
            "Bagaimana pendapat Saudara tentang kejelasan informasi yang diberikan petugas?",
            "How clear was the information the officer gave you?",
        ),
        ("Tidak jelas", "Kurang jelas", "Jelas", "Sangat jelas"),
        ("Not clear", "Less than clear", "Clear", "Very clear"),
    ),
    _own(
        "kecepatan",
        ("Kecepatan Petugas", "Speed of the officer"),
        (
            "Bagaimana pendapat Saudara tentang kecepatan petugas dalam bekerja?",
            "How quickly did this officer work?",
        ),
        ("Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"),
        ("Not quickly", "Less than quickly", "Quickly", "Very quickly"),
    ),
    _own(
        "kepercayaan",
        ("Kepercayaan kepada Pemerintah Daerah", "Trust in the local government"),
        (
            "Setelah kunjungan ini, seberapa percaya Saudara kepada pemerintah daerah?",
            "After this visit, how much do you trust the local government?",
        ),
        ("Tidak percaya", "Kurang percaya", "Percaya", "Sangat percaya"),
        ("No trust", "Little trust", "Trust", "Much trust"),
        "unit",
    ),
)

_BY_KEY = {item.key: item for item in ELEMENTS}

ALL_KEYS: tuple[str, ...] = tuple(item.key for item in ELEMENTS)
OFFICIAL_KEYS: tuple[str, ...] = tuple(item.key for item in ELEMENTS if item.official)
OWN_KEYS: tuple[str, ...] = tuple(item.key for item in ELEMENTS if not item.official)
# Only what the officer does may enter an officer's score: not the queue, the chair or the price.
OFFICER_KEYS: tuple[str, ...] = tuple(item.key for item in ELEMENTS if item.about == "officer")

# Officer items first while the memory is fresh, so that who stops after them has said something
# whole; then process, place, complaints; trust last.
FORM_ORDER: tuple[str, ...] = (
    "perilaku",
    "kompetensi",
    "informasi",
    "kecepatan",
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "sarana",
    "pengaduan",
    "kepercayaan",
)


def element(key: str) -> Element:
    """The element with this key; KeyError when there is none."""
    return _BY_KEY[key]
