"""What is said of a lot before it is drawn."""

from __future__ import annotations

from math import isfinite

from feedback_app.domain.effect_words import points
from feedback_app.domain.texts import LANGUAGES, Words, filled


def said_before(seats: int, *, dates: int, smallest: float, in_one: float) -> Words:
    """Which effect these seats over these dates would show, and in one date; NaN: none."""
    if not isfinite(smallest):
        return filled(
            (
                "%(seats)s kursi dalam %(dates)s tanggal tidak akan memperlihatkan pengaruh apa"
                " pun: yang berangkat atau yang menjadi pembanding terlalu sedikit.",
                "%(seats)s seats on %(dates)s dates will show no effect at all: too few go, or too"
                " few are left to compare with.",
            ),
            seats=seats,
            dates=dates,
        )
    if dates == 1:
        return filled(
            (
                "%(seats)s kursi dalam 1 tanggal memperlihatkan pengaruh mulai %(size)s.",
                "%(seats)s seats on 1 date show an effect from %(size)s.",
            ),
            seats=seats,
            size=_size(smallest),
        )
    return filled(
        (
            "%(seats)s kursi dalam %(dates)s tanggal memperlihatkan pengaruh mulai %(size)s; dalam"
            " 1 tanggal %(one)s.",
            "%(seats)s seats on %(dates)s dates show an effect from %(size)s; on 1 date %(one)s.",
        ),
        seats=seats,
        dates=dates,
        size=_size(smallest),
        one=_from(in_one),
    )


def _size(value: float) -> Words:
    indonesian, english = (points(value, language=one).lstrip("+") for one in LANGUAGES)
    return indonesian, english


def _from(value: float) -> Words:
    if not isfinite(value):
        return "tidak ada yang terlihat", "nothing"
    return filled(("mulai %(size)s", "from %(size)s"), size=_size(value))
