"""Which element a comment speaks of, by its words alone: never by its writer's answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Beginnings of words, as people write them; own choice, read against the demo's and real forms'
# language. A comment may speak of several elements, or of none.
WORDS: dict[str, tuple[str, ...]] = {
    "persyaratan": ("syarat", "persyaratan", "berkas", "dokumen", "fotokopi", "surat"),
    "prosedur": ("prosedur", "alur", "bolak", "berbelit", "ribet", "mudah", "sulit", "dipersulit"),
    "waktu": ("antre", "antri", "lama", "cepat", "lambat", "menunggu", "jam", "siang"),
    "biaya": ("biaya", "bayar", "gratis", "calo", "pungut", "pungli", "uang", "mahal"),
    "produk": ("salah", "blangko", "blanko", "hasil", "cetak", "jadi", "tercetak"),
    "kompetensi": ("jelas", "menjelaskan", "penjelasan", "paham", "mengerti", "terampil", "cakap"),
    "perilaku": ("ramah", "sopan", "senyum", "sabar", "kasar", "cuek", "marah", "telepon"),
    "sarana": ("kursi", "ruang", "parkir", "toilet", "sejuk", "panas", "bersih", "jaringan", "ac"),
    "pengaduan": ("adu", "pengaduan", "keluhan", "lapor", "saran", "masukan"),
}


def about(element: str, comments: Sequence[str], *, most: int) -> tuple[str, ...]:
    """The first different comments that use one of the element's words, in the order given."""
    starts = "|".join(WORDS[element])
    pattern = re.compile(rf"(?<!\w)(?:{starts})", re.IGNORECASE)
    found = {text.casefold().strip(" ."): text for text in comments if pattern.search(text)}
    return tuple(found.values())[:most]
