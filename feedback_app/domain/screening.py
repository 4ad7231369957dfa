"""Screening rules: which answers are held for two people to look at. Held, never dropped.

Every rule needs a reason in how a counter works; the address alone is never one, since a whole
hall shares it. Answers alike in every item are no sign by themselves: they are often honest.
The rules' names and the number held are published, the thresholds are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_app.domain.roster import Shift
from feedback_app.domain.tiers import TIERS

# name -> (Indonesian, English), in the order in which they are told
RULES = {
    "bad_code": (
        "Kode kunjungan sudah dipakai, lewat waktu, atau milik unit lain",
        "Visit code already used, expired or of another unit",
    ),
    "revoked_device": ("Layar atau kios tidak berlaku", "Display or kiosk no longer valid"),
    "staff_device": (
        "Dikirim dari peramban yang pernah dipakai petugas untuk masuk",
        "Sent from a browser that staff have logged in with",
    ),
    "same_device": (
        "Beberapa penilaian berturut-turut dari perangkat yang sama",
        "Several ratings in a row from the same device",
    ),
    "burst": (
        "Lebih banyak penilaian daripada yang dapat dilayani loket",
        "More ratings than the counter can serve",
    ),
    "too_soon": (
        "Dikirim sebelum pelayanan mungkin selesai",
        "Sent before the service could have ended",
    ),
    "not_called": (
        "Kode kunjungan dipakai tanpa pernah dipanggil",
        "Visit code used without ever being called",
    ),
    "outside_hours": (
        "Menyebut hari ini, padahal loket belum dibuka",
        "Says today, but the counter had not opened yet",
    ),
    "same_text": ("Saran panjang yang sama persis", "The very same long comment"),
    "fast_straight": (
        "Semua jawaban sama dan diisi terlalu cepat",
        "All answers alike and filled in too fast",
    ),
}

WINDOW = timedelta(minutes=30)  # of `burst` and `same_device`
CHAIN = 3  # forms of one device, each opened soon after the one before was sent
CHAIN_GAP = timedelta(seconds=90)  # ADR 11; measured by `make attacks`
TOKEN_SECOND = timedelta(seconds=1)  # a form's token tells its opening in whole seconds
SLACK = 2  # answers beyond the counter's pace that chance may bring
FEW_OUTSIDE = 3  # answers in a window when nobody is on duty
FAST = timedelta(seconds=15)  # a citizen reads all questions in about a minute
LONG_TEXT = 60  # letters; stock phrases of thanks are shorter
PACED = frozenset({"poster", "kiosk", "display"})  # tiers that prove no single visit
_STRENGTH = tuple(TIERS)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer as screening sees it. `device` is a keyed mark of the day, `text` one as well."""

    rating_id: str
    counter_id: int
    tier: str
    opened_at: datetime
    received_at: datetime
    device: str
    text: str | None
    is_hasty: bool  # all answers alike and sent sooner than they can be read


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of one answer beside the others.

    `says_today`: served on the day on which the form was opened, as chosen.
    `code_from`, `called_at`: when the spent visit code began to hold, and was called;
    `queue_calls`: whether this unit's queue tells its calls at all today.
    """

    says_today: bool
    from_staff_browser: bool
    bad_code: bool
    revoked_device: bool
    code_from: datetime | None
    called_at: datetime | None
    queue_calls: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly a counter can serve: its shortest usual service and who is on duty.

    `own` are the minutes of the very service that was rated (the shortest when none is named).
    """

    minutes: int
    officers: int
    own: int

    def most_in(self, span: timedelta) -> int:
        """The most answers that services in this span can bring."""
        if self.officers == 0:
            return FEW_OUTSIDE - 1
        served = span / timedelta(minutes=max(self.minutes, 1)) * self.officers
        return int(served) + SLACK


@dataclass(frozen=True, slots=True)
class Screened:
    """Which rules an answer met (none: it counts), and which earlier ones they take along."""

    rules: tuple[str, ...]
    also: frozenset[str]  # ids of earlier answers of the same chain, burst or text


def screen(
    arrival: Arrival,
    *,
    earlier: Sequence[Arrival],
    same_text: Sequence[str],
    circumstances: Circumstances,
    pace: Pace,
    shifts: Sequence[Shift],
    keeps_roster: bool,
) -> Screened:
    """Look at one answer; `earlier` are the counter's of the last window, oldest first.

    `same_text` are ids of earlier answers of the counter with the same long text. A crowd and a
    pattern of haste take along only their own tier: else a flood through the poster would suspend
    what came through the kiosk.
    """
    chain = _chain(arrival, earlier)
    crowd = _crowd(arrival, earlier, pace)
    hasty = _hasty(arrival, earlier)
    met = {
        "bad_code": circumstances.bad_code,
        "revoked_device": circumstances.revoked_device,
        "staff_device": circumstances.from_staff_browser and arrival.tier != "paper",
        "same_device": bool(chain),
        "burst": crowd is not None,
        "too_soon": _too_soon(arrival, circumstances, pace),
        "not_called": arrival.tier == "visit"
        and circumstances.queue_calls
        and circumstances.called_at is None,
        "outside_hours": keeps_roster and _outside_hours(arrival, circumstances, shifts),
        "same_text": bool(same_text),
        "fast_straight": bool(hasty),
    }
    rules = tuple(name for name in RULES if met[name])
    return Screened(rules, frozenset([*chain, *(crowd or ()), *hasty, *same_text]))


def _chain(arrival: Arrival, earlier: Sequence[Arrival]) -> list[str]:
    """Earlier answers of one device, each form opened soon after the one before was sent.

    People beside each other fill in at the same time; one person fills in one after the other.
    """
    if arrival.tier in ("kiosk", "paper"):  # one device for everybody, by its nature
        return []
    found: list[str] = []
    later = arrival
    for one in reversed(earlier):
        if one.device != arrival.device:
            continue
        gap = later.opened_at - one.received_at
        if not -TOKEN_SECOND <= gap <= CHAIN_GAP:
            break
        found.append(one.rating_id)
        later = one
    return found if len(found) + 1 >= CHAIN else []


def _crowd(arrival: Arrival, earlier: Sequence[Arrival], pace: Pace) -> list[str] | None:
    """Earlier answers of the tier, when there are more than the counter can have served.

    Stronger tiers use up the counter's pace as well, weaker ones do not. None: no crowd.
    """
    if arrival.tier not in PACED:
        return None
    as_strong = PACED & set(_STRENGTH[: _STRENGTH.index(arrival.tier) + 1])
    near = [one for one in _within(earlier, arrival.received_at) if one.tier in as_strong]
    if len(near) + 1 <= pace.most_in(WINDOW):
        return None
    return [one.rating_id for one in near if one.tier == arrival.tier]


def _hasty(arrival: Arrival, earlier: Sequence[Arrival]) -> list[str]:
    """Earlier hasty answers; one alone may be somebody in a hurry, several are a pattern."""
    if not arrival.is_hasty:
        return []
    near = [
        one.rating_id
        for one in _within(earlier, arrival.received_at)
        if one.is_hasty and one.tier == arrival.tier
    ]
    return near if len(near) + 1 >= CHAIN else []


def _within(earlier: Iterable[Arrival], at: datetime) -> list[Arrival]:
    return [one for one in earlier if at - one.received_at <= WINDOW]


def _too_soon(arrival: Arrival, circumstances: Circumstances, pace: Pace) -> bool:
    began = circumstances.called_at or circumstances.code_from
    if arrival.tier != "visit" or began is None:
        return False
    return arrival.received_at - began < timedelta(minutes=pace.own) / 2


def _outside_hours(arrival: Arrival, circumstances: Circumstances, shifts: Sequence[Shift]) -> bool:
    """Says today, but nobody had begun at the counter when the form was opened."""
    if not circumstances.says_today or arrival.tier == "paper":
        return False
    return not any(s.starts_at <= arrival.opened_at for s in shifts)


def comparable_text(text: str) -> str:
    """A long comment without case, blanks and signs; '' for one too short to compare."""
    kept = "".join(letter for letter in text.casefold() if letter.isalnum())
    return kept if len(kept) >= LONG_TEXT else ""


def is_hasty(answers: Iterable[int | None], *, taken: timedelta) -> bool:
    """Whether at least six answers were given, all alike, in less time than reading them takes."""
    given = [value for value in answers if value is not None]
    return taken < FAST and len(given) >= 6 and len(set(given)) == 1
