"""Thanks are told by their words, and in doubt a comment is none."""

from __future__ import annotations

import pytest

from feedback_app.demo import words
from feedback_app.domain.thanks import is_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Terima kasih, petugasnya ramah dan menjelaskan dengan sabar.",
        "Makasih Bu, CEPAT sekali",
        "Petugas membantu orang tua saya mengisi formulir.",
        "Mantap, pertahankan",
        "Thank you, very helpful",
    ],
)
def test_praise_is_thanks(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tidak ramah",
        "Kurang jelas",
        "Terima kasih, tapi antre lama",
        "Semoga lebih cepat",
        "Ramah tetapi bolak-balik",
        "Loket 3",
        "not helpful",
        *words.MIDDLE,
        *words.BLAME,
    ],
)
def test_complaints_wishes_and_half_praise_are_not(text: str) -> None:
    assert not is_thanks(text)
