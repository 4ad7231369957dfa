"""Which comments are thanks, by their words alone: never by their writer's answers."""

from __future__ import annotations

import re

# Beginnings of words, own choice as in comment_topics.py: what praises, and what spoils the praise.
PRAISE = (
    "terima kasih",
    "terimakasih",
    "makasih",
    "ramah",
    "sopan",
    "sabar",
    "senyum",
    "membantu",
    "dibantu",
    "jelas",
    "cepat",
    "bagus",
    "memuaskan",
    "puas",
    "pertahankan",
    "mantap",
    "lebih baik daripada",
    "thank",
    "helpful",
    "kind",
)
SPOILT = (
    "tidak",
    "tak",
    "tdk",
    "bukan",
    "kurang",
    "belum",
    "jangan",
    "tetapi",
    "tapi",
    "namun",
    "sayang",
    "lama",
    "lambat",
    "kasar",
    "cuek",
    "ketus",
    "marah",
    "mohon",
    "sebaiknya",
    "seharusnya",
    "semoga",
    "agar",
    "supaya",
    "terburu",
    "pungut",
    "pungli",
    "calo",
    "not",
    "but",
    "slow",
    "rude",
)
_PRAISE, _SPOILT = (
    re.compile(rf"(?<!\w)(?:{'|'.join(words)})", re.IGNORECASE) for words in (PRAISE, SPOILT)
)


def is_thanks(text: str) -> bool:
    """Whether the words praise and nothing in them complains or asks; in doubt it is not."""
    return bool(_PRAISE.search(text)) and not _SPOILT.search(text)
