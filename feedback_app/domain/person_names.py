"""Names of people, folded so that two ways of writing one name meet: titles are no part of it."""

from __future__ import annotations

import re

from feedback_app.domain.folding import fold

_TITLES = frozenset(
    [
        "dr",
        "drs",
        "dra",
        "ir",
        "prof",
        "h",
        "hj",
        "hajah",
        "haji",
        "kh",
        "tgk",
        "rr",
        "r",
        "ra",
        "st",
        "apt",
        "ns",
        "drg",
        "drh",
        "bapak",
        "bpk",
        "ibu",
        "pak",
        "bu",
        "sdr",
        "sdri",
    ]
)


def name_key(name: str) -> str:
    """'Dra. Hj. Nurlaila Hasan, M.Si.' and 'NURLAILA HASAN' -> 'nurlaila hasan'."""
    words = re.findall(r"[^\W_']+", fold(name).split(",")[0].replace("'", ""))
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return " ".join(words)
