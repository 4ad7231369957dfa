"""Comments: closed batches in an order that tells nothing, and private things masked."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

COMMENT_BATCH = 5
COMMENT_DELAY = timedelta(days=7)

MASK = "[disamarkan]"
# NIK has 16 figures, NIP 18; blanks, dots and hyphens may stand between. E-mail. Phones.
_PRIVATE = re.compile(
    r"(?<!\d)(?:\d[ .-]?){15,17}\d(?!\d)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?<!\d)(?:\+?62|0)[ .-]?8(?:[ .-]?\d){7,11}(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as stored: which rating's, which local day, what it says."""

    rating_id: str
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Comments of closed months, shuffled; `first` and `last` are first days of months."""

    first: date
    last: date
    texts: tuple[str, ...]


def comment_batches(remarks: Iterable[Remark], *, today: date, seed: str) -> list[Batch]:
    """Closed batches, newest first: whole months, 7 days past, five comments or more.

    A month with fewer waits for the next one. The order inside a batch tells nothing.
    """
    months: dict[date, list[Remark]] = {}
    for remark in remarks:
        months.setdefault(remark.day.replace(day=1), []).append(remark)
    batches: list[Batch] = []
    waiting: list[Remark] = []
    first: date | None = None
    for month in sorted(months):
        if _next_month(month) + COMMENT_DELAY > today:
            break
        first = first or month
        waiting += months[month]
        if len(waiting) >= COMMENT_BATCH:
            batches.append(Batch(first=first, last=month, texts=_shuffled(waiting, seed=seed)))
            waiting, first = [], None
    return batches[::-1]


def closed_batch(
    remarks: Sequence[Remark], *, last: date, today: date, seed: str
) -> tuple[str, ...] | None:
    """The comments of days that ended on `last`, shuffled; None before the delay or below five."""
    if last + COMMENT_DELAY > today or len(remarks) < COMMENT_BATCH:
        return None
    return _shuffled(list(remarks), seed=seed)


def mask(text: str, *, names: Sequence[str]) -> str:
    """Hide NIK, NIP, phone numbers, e-mail addresses, and the officers' names given."""
    masked = _PRIVATE.sub(MASK, text)
    spoken = {part for name in names for part in name.split() if len(part) >= 4}
    if not spoken:
        return masked
    longest_first = sorted(spoken, key=len, reverse=True)
    words = "|".join(re.escape(word) for word in longest_first)
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", MASK, masked, flags=re.IGNORECASE)


def _shuffled(remarks: list[Remark], *, seed: str) -> tuple[str, ...]:
    ordered = sorted(remarks, key=lambda remark: remark.rating_id)
    random.Random(f"{seed}{ordered[0].rating_id}").shuffle(ordered)  # noqa: S311 (order only)
    return tuple(remark.text for remark in ordered)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
