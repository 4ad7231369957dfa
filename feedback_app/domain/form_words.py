"""How the form sets its questions: which words differ, and help where a label misleads.

The wording itself is official (`elements.py`) and never changes here: only weight and a line below.
"""

from __future__ import annotations

from collections.abc import Mapping

# key -> the words in which a question differs from its neighbours: (Indonesian, English)
DIFFERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "perilaku": (("perilaku petugas", "kesopanan dan keramahan"), ("polite and friendly",)),
    "kompetensi": (("kompetensi/kemampuan petugas",), ("competent",)),
    "informasi": (("kejelasan informasi",), ("clear", "information")),
    "kecepatan": (("kecepatan petugas",), ("quickly",)),
    "persyaratan": (("persyaratan pelayanan",), ("requirements",)),
    "prosedur": (("kemudahan prosedur",), ("procedure",)),
    "waktu": (("kecepatan waktu",), ("quick",)),
    "biaya": (("biaya/tarif",), ("cost",)),
    "produk": (("produk pelayanan", "hasil yang diberikan"), ("result",)),
    "sarana": (("sarana dan prasarana",), ("premises and facilities",)),
    "pengaduan": (("penanganan pengaduan",), ("complaints",)),
    "kepercayaan": (("percaya", "pemerintah daerah"), ("trust", "local government")),
}
# "Tidak ada" is read as "no complaints" and ticked by those who are content (walk of 27 November).
HELP: Mapping[str, tuple[str, str]] = {
    "pengaduan": (
        "Apakah tersedia cara untuk mengadu, dan apakah berjalan?",
        "Is there a way to complain, and does it work?",
    ),
    "biaya": ("Bila tidak membayar apa-apa: Gratis.", "If you paid nothing: Free."),
}


def parts(question: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The question in pieces, each with whether it is set bold; joined they are the question."""
    found: list[tuple[str, bool]] = []
    rest = question
    for word in words:
        before, _word, rest = rest.partition(word)
        found += [(before, False), (word, True)]
    return [(text, is_bold) for text, is_bold in (*found, (rest, False)) if text]
