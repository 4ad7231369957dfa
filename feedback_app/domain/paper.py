"""Paper forms: sheet numbers, what was keyed from a sheet, double entry and its error rate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import NormalDist
from typing import Any, Literal

from feedback_app.domain.causes import CAUSES, VISIT_FACTS
from feedback_app.domain.codes import ALPHABET, LONGEST_INPUT, check_character, plain_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.survey import Span

LARGEST_BATCH = 500
OLDEST_VISIT = timedelta(days=60)
DAYS_TO_CHECK = timedelta(days=14)  # ADR 11: after that sheets count as keyed, for the unit only
SAMPLE_SHARE, SAMPLE_LEAST = 0.1, 5
LEVEL = 0.95

_MARK_LETTERS = "".join(letter for letter in ALPHABET if letter.isalpha())
_SHORTEST_MARK = 2
_RUNNING_DIGITS = 3

# reason -> (Indonesian, English)
VOID_REASONS = {
    "torn": ("rusak atau tidak terbaca", "torn or unreadable"),
    "empty": ("kosong", "empty"),
    "lost": ("hilang", "lost"),
}
CHOICES = (*BANDS, *VISIT_FACTS)  # what is keyed as a choice
BAND_KEYS = tuple(choice.key for choice in CHOICES)
FIELDS = ("visited_on", "counter_id", "officer_id", *ALL_KEYS, *BAND_KEYS, "causes")

NumberFault = Literal["other_batch", "mistyped"]


def batch_mark(number: int) -> str:
    """The letters of an agency's batch, counted from 1: AA, AB … ZZ, then three letters."""
    rest, letters = number - 1, ""
    while rest or len(letters) < _SHORTEST_MARK:
        rest, place = divmod(rest, len(_MARK_LETTERS))
        letters = _MARK_LETTERS[place] + letters
    return letters


def sheet_number(mark: str, running: int) -> str:
    """A sheet's whole number: batch letters, running number, check character."""
    body = f"{mark}{running:0{_RUNNING_DIGITS}}"
    return body + check_character(body, alphabet=ALPHABET)


def grouped(number: str) -> str:
    """As it is printed: AB 012 X."""
    return f"{number[:-4]} {number[-4:-1]} {number[-1]}"


def read_sheet_number(text: str, *, mark: str) -> int | NumberFault:
    """The running number behind a typed one, whole or without the batch's letters.

    All three figures are wanted: else one without its check character could be another's.
    """
    if len(text) > LONGEST_INPUT or not text.isascii():
        return "mistyped"
    plain = plain_code(text)
    figures = plain.removeprefix(mark)
    if figures == plain and plain[:1] in _MARK_LETTERS and len(plain) > _RUNNING_DIGITS + 1:
        return "other_batch"
    running, check = figures[:-1], figures[-1:]
    if not running.isdigit() or len(running) != _RUNNING_DIGITS:
        return "mistyped"
    return int(running) if sheet_number(mark, int(running))[-1] == check else "mistyped"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person keyed from a sheet, words apart."""

    visited_on: date
    counter_id: int
    officer_id: int | None
    answers: Mapping[str, int | None]
    bands: Mapping[str, str | None]  # facts of the visit too
    causes: tuple[int, ...]  # numbers ticked on the sheet's back, under whatever answers

    def fields(self) -> dict[str, Any]:
        """Every field by name, as it is kept and compared."""
        return {
            "visited_on": self.visited_on.isoformat(),
            "counter_id": self.counter_id,
            "officer_id": self.officer_id,
            **{key: self.answers.get(key) for key in ALL_KEYS},
            **{key: self.bands.get(key) for key in BAND_KEYS},
            "causes": " ".join(map(str, self.causes)),
        }

    @property
    def is_empty(self) -> bool:
        """Whether not one question was answered."""
        return not any(self.answers.values())


def entry_of(fields: Mapping[str, Any]) -> Entry:
    """The entry behind kept fields."""
    return Entry(
        visited_on=date.fromisoformat(fields["visited_on"]),
        counter_id=fields["counter_id"],
        officer_id=fields["officer_id"],
        answers={key: fields[key] for key in ALL_KEYS},
        bands={key: fields.get(key) for key in BAND_KEYS},
        causes=tuple(map(int, (fields.get("causes") or "").split())),
    )


def cause_numbers(text: str) -> tuple[int, ...] | None:
    """Numbers of causes as typed, with blanks or commas between; None where one is not printed."""
    typed = re.findall(r"[^\s,;.]+", text)
    known = {str(cause.number): cause.number for cause in CAUSES}
    if len(typed) > len(known) or not all(one in known for one in typed):
        return None
    return tuple(sorted({known[one] for one in typed}))


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields that two entries of one sheet do not share."""
    return tuple(name for name in FIELDS if (first.get(name) or "") != (second.get(name) or ""))


def day_of_answer(visited_on: date, *, today: date, closed: Iterable[Span]) -> date:
    """The day of a sheet's answer: its visit's, or today where a closed survey covers that day."""
    is_closed = any(span.first <= visited_on <= span.last for span in closed)
    return today if is_closed else visited_on


def sample_size(keyed: int) -> int:
    """How many keyed sheets are keyed a second time."""
    return min(keyed, max(SAMPLE_LEAST, ceil(keyed * SAMPLE_SHARE)))


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Fields of the first entry that were wrong, of those compared; shares of 1."""

    wrong: int
    fields: int
    share: float
    low: float
    high: float


def error_rate(wrong: int, fields: int) -> ErrorRate | None:
    """The share with its score interval (Wilson 1927); None while nothing was compared."""
    if fields == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    share = wrong / fields
    middle = (share + z * z / (2 * fields)) / (1 + z * z / fields)
    half = z * sqrt(share * (1 - share) / fields + (z / (2 * fields)) ** 2) / (1 + z * z / fields)
    return ErrorRate(wrong, fields, share, max(0.0, middle - half), min(1.0, middle + half))


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of following numbers: 1, 2, 3, 7 become (1, 3), (7, 7)."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
