"""Whether the clock may be believed before anything is deleted by it. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feedback_app.domain.texts import Words

# Longer than any row of holidays in which an office's computer stays off is rare enough to ask.
LONGEST_SILENCE = timedelta(days=7)
SLACK = timedelta(minutes=2)  # clocks set by NTP step back by less

# what waits for a clock that is believed -> (Indonesian, English)
WAITS: dict[str, Words] = {
    "screening": (
        "tanda waktu dan perangkat yang akan dihapus",
        "marks of time and device to delete",
    ),
    "cases": ("kasus yang lewat tenggat", "cases past their deadline"),
    "paper_batch": (
        "kumpulan lembar kertas yang akan dihitung",
        "batches of paper sheets to count",
    ),
    "visit_code": ("kode kunjungan yang kedaluwarsa", "visit codes past their time"),
    "staff_session": ("sesi lama petugas dan staf", "old sessions of staff"),
    "access_link": ("tautan lama sekali pakai", "old one-time links"),
    "login_throttle": ("hitungan salah sandi yang lewat", "past counts of wrong passwords"),
    "code_guess": ("hitungan salah kode yang lewat", "past counts of wrong codes"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """The clock jumped: `back` behind what was done already, or `ahead` of all that is known."""

    kind: Literal["back", "ahead"]
    now: datetime
    known: datetime  # the last upkeep, or the newest row that leads on from it


def doubt_of(
    now: datetime, *, upkeep: datetime | None, newest: datetime | None, latest: datetime | None
) -> Doubt | None:
    """None where the clock may be believed.

    `newest` is the newest row that is reached from the last upkeep without a gap: rows beyond a gap
    were written by the clock that is in question. `latest` is the newest of all rows; it counts
    where no upkeep is known.
    """
    last = upkeep or latest
    if last is not None and now < last - SLACK:
        return Doubt("back", now, last)
    known = [at for at in (upkeep, newest) if at is not None]
    if known and now - max(known) > LONGEST_SILENCE:
        return Doubt("ahead", now, max(known))
    return None
