"""Comments: closed batches in an order that tells nothing, and private things masked."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

COMMENT_BATCH = 5  # docs/privacy.md, as the next
COMMENT_DELAY = timedelta(days=7)

MASK = "[disamarkan]"
MASKED = "[saran disamarkan dengan putusan dua orang]"
# NIK has 16 figures, NIP 18; blanks, dots and hyphens may stand between. E-mail. Phones.
_PRIVATE = re.compile(
    r"(?<!\d)(?:\d[ .-]?){15,17}\d(?!\d)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as stored: its own number, the first day of its month, what it says."""

    comment_id: str
    month: date
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Comments of closed months, shuffled; `first` and `last` are first days of months.

    `comment_ids` run like `texts`; they are for acts about one comment and are never shown.
    """

    first: date
    last: date
    texts: tuple[str, ...]
    comment_ids: tuple[str, ...]

    def masked(self, names: Sequence[str]) -> Batch:
        """The same with private things hidden."""
        hide = masker(names)
        return replace(self, texts=tuple(hide(text) for text in self.texts))


def comment_batches(remarks: Iterable[Remark], *, today: date, seed: str) -> list[Batch]:
    """Closed batches, newest first: whole months, 7 days past, five comments or more.

    A month with fewer waits for the next one. The order inside a batch tells nothing.
    """
    months: dict[date, list[Remark]] = {}
    for remark in remarks:
        months.setdefault(remark.month, []).append(remark)
    batches: list[Batch] = []
    waiting: list[Remark] = []
    first: date | None = None
    for month in sorted(months):
        if _next_month(month) + COMMENT_DELAY > today:
            break
        first = first or month
        waiting += months[month]
        if len(waiting) >= COMMENT_BATCH:
            batches.append(_batch(first, month, _shuffled(waiting, seed=seed)))
            waiting, first = [], None
    return batches[::-1]


def first_month_of(months: Iterable[date], *, since: date) -> date:
    """The month in which the batch begins that holds the month `since`; `months` are of comments.

    Who reads from there on gets the same later batches as who reads all.
    """
    sizes = Counter(month for month in months if month < since)
    waiting, first = 0, since
    for month in sorted(sizes):
        first = month if waiting == 0 else first
        waiting += sizes[month]
        if waiting >= COMMENT_BATCH:
            waiting, first = 0, since
    return first


def closed_batch(
    remarks: Sequence[Remark], *, last: date, today: date, seed: str
) -> tuple[str, ...] | None:
    """The comments of days that ended on `last`, shuffled; None before the delay or below five."""
    if last + COMMENT_DELAY > today or len(remarks) < COMMENT_BATCH:
        return None
    return tuple(remark.text for remark in _shuffled(list(remarks), seed=seed))


def mask(text: str, *, names: Sequence[str]) -> str:
    """Hide NIK, NIP, phone numbers, e-mail addresses, and the officers' names given."""
    return masker(names)(text)


def masker(names: Sequence[str]) -> Callable[[str], str]:
    """The same for many texts."""
    spoken = {part for name in names for part in name.split() if len(part) >= 4}
    if not spoken:
        return lambda text: _PRIVATE.sub(MASK, text)
    longest_first = sorted(spoken, key=len, reverse=True)
    words = "|".join(re.escape(word) for word in longest_first)
    named = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: named.sub(MASK, _PRIVATE.sub(MASK, text))


def _batch(first: date, last: date, remarks: Sequence[Remark]) -> Batch:
    texts = tuple(remark.text for remark in remarks)
    return Batch(first, last, texts, tuple(remark.comment_id for remark in remarks))


def _shuffled(remarks: list[Remark], *, seed: str) -> list[Remark]:
    ordered = sorted(remarks, key=lambda remark: remark.comment_id)
    random.Random(f"{seed}{ordered[0].comment_id}").shuffle(ordered)  # noqa: S311 (order only)
    return ordered


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
