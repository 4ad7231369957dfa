"""Screening rules: which answers are held for two people to look at. Held, never dropped.

Every rule needs a reason in how a counter works; the address alone is never one, since a whole
hall shares it. Answers alike in every item are no sign by themselves: they are often honest.
A rule holds from the answer that breaks it on. Earlier ones stay as they are, but those of the
same device and day: else six quick answers would take an officer's honest ones away.
The rules' names and the number held are published, the thresholds are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_app.domain.pace import FAMILY, HALF_HOUR, MINUTE, SLACK, Pace, answers_of
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
    "opened_ahead": (
        "Banyak formulir dibuka sekaligus, lalu dikirim belakangan",
        "Many forms opened at once and sent later",
    ),
    "burst": (
        "Lebih banyak penilaian daripada yang dapat dilayani loket",
        "More ratings than the counter can serve",
    ),
    "over_visits": (
        "Lebih banyak penilaian dalam sehari daripada kunjungan",
        "More ratings in a day than visits",
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

# Sent so long after it was opened, a form is judged by its opening too. People take a minute, some
# open it while they wait; 650 forms opened in 7 minutes were sent over two days (review of 27 Nov).
AHEAD = 10 * MINUTE
BESIDE = HALF_HOUR / 2  # opened at once: as far before and after; makes a span of half an hour
AT_ONCE = 5 * MINUTE  # of one device: nobody needs ten forms in ten minutes
ROW = 8  # answers of one device from which on its earlier ones are held too: two families
RHYTHM = 3  # one person's pauses differ; a longer one begins somebody else's
QUICK = 1.5 * MINUTE  # a pause that is always of one row: a form takes about a minute
HASTY = 3  # one may be somebody in a hurry, two a couple
FAST = timedelta(seconds=15)  # a citizen reads all questions in about a minute
LONG_TEXT = 60  # letters; stock phrases of thanks are shorter
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
    `mark_of_yesterday`: what marked the same device until midnight, None once nobody can tell.
    """

    says_today: bool
    from_staff_browser: bool
    bad_code: bool
    revoked_device: bool
    code_from: datetime | None
    called_at: datetime | None
    queue_calls: bool
    mark_of_yesterday: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """Other answers, each oldest first, of tiers that prove as much or more (`as_strong`).

    `here`: the counter's of the last spans; `own`: the device's in the unit; `opened`: the
    counter's whose forms were opened about when this one was, asked for after a wait only;
    `today`: how many of the counter's today no rule held, else one flood would use up the day's
    visits; `same_text`: ids with the same long comment.
    """

    here: Sequence[Arrival]
    own: Sequence[Arrival]
    opened: Sequence[Arrival]
    today: int
    same_text: Sequence[str]


@dataclass(frozen=True, slots=True)
class Screened:
    """Which rules an answer met (none: it counts), and which earlier ones they take along."""

    rules: tuple[str, ...]
    also: frozenset[str]  # ids of earlier answers of the same device, counter and tier


def as_strong(tier: str) -> frozenset[str]:
    """Tiers that prove at least as much: only they use up a tier's pace.

    Else a flood through the poster would hold what comes through the kiosk.
    """
    return frozenset(_STRENGTH[: _STRENGTH.index(tier) + 1])


def waited(arrival: Arrival) -> bool:
    """Whether it was sent long after its form was opened."""
    return arrival.received_at - arrival.opened_at > AHEAD


def screen(
    arrival: Arrival,
    around: Around,
    *,
    circumstances: Circumstances,
    pace: Pace,
    shifts: Sequence[Shift],
    keeps_roster: bool,
) -> Screened:
    """Look at one answer; `shifts` are the counter's of the day on which the form was opened."""
    marks = {arrival.device, circumstances.mark_of_yesterday} - {None}
    look = _Look(arrival, around, pace, frozenset(mark for mark in marks if mark))
    is_paced = arrival.tier != "paper"
    met = {
        "bad_code": circumstances.bad_code,
        "revoked_device": circumstances.revoked_device,
        "staff_device": circumstances.from_staff_browser and is_paced,
        "same_device": is_paced and look.is_one_device(),
        "opened_ahead": is_paced and look.is_opened_ahead(),
        "burst": is_paced and look.is_burst(),
        "over_visits": is_paced
        and pace.most_a_day is not None
        and around.today + 1 > pace.most_a_day,
        "too_soon": _too_soon(arrival, circumstances, pace),
        "not_called": arrival.tier == "visit"
        and circumstances.queue_calls
        and circumstances.called_at is None,
        "outside_hours": keeps_roster and _outside_hours(arrival, circumstances, shifts),
        "same_text": bool(around.same_text),
        "fast_straight": _is_hasty_again(arrival, around.here),
    }
    also = look.row() if met["same_device"] or met["burst"] else []
    also += look.opened_with_it() if met["opened_ahead"] else []
    return Screened(tuple(name for name in RULES if met[name]), frozenset(also))


@dataclass(frozen=True, slots=True)
class _Look:
    """One answer beside the others; `marks` are those of its device."""

    arrival: Arrival
    around: Around
    pace: Pace
    marks: Collection[str]

    def is_one_device(self) -> bool:
        """More answers of one device than its counter, or all of the unit, can have served."""
        if self.arrival.tier == "kiosk":  # one device for everybody, by its nature
            return False
        return self._is_alone_too_many() or any(
            len(_within(self.around.own, self.arrival, span)) + 1 > most
            for span, most in self.pace.answers_of_a_device().items()
        )

    def _is_alone_too_many(self) -> bool:
        own = [one for one in self.around.here if one.device in self.marks]
        return any(
            len(_within(own, self.arrival, span)) + 1 > answers_of(phones)
            for span, phones in self.pace.phones().items()
        )

    def is_burst(self) -> bool:
        """More phones or answers than the counter can have served, not all of one device."""
        if self.arrival.tier != "kiosk" and self._is_alone_too_many():
            return False
        return any(
            self._is_crowd(_within(self.around.here, self.arrival, span), phones)
            for span, phones in self.pace.phones().items()
        )

    def _is_crowd(self, others: Sequence[Arrival], phones: int) -> bool:
        """Of each other device no more than a family counts: one phone alone is no crowd."""
        of_device = Counter(one.device for one in others if one.device not in self.marks)
        own = sum(1 for one in others if one.device in self.marks) + 1
        answers = own + sum(min(n, FAMILY) for n in of_device.values())
        return len(of_device) + 1 > phones or answers > answers_of(phones)

    def is_opened_ahead(self) -> bool:
        """Sent late, and opened at once with more forms than visitors needed.

        A ticket is scanned in the queue, at the morning's rush by many: there only one device's
        own forms tell.
        """
        if self.arrival.tier == "kiosk" or not waited(self.arrival):
            return False
        if len(self._own_opened()) + 1 > FAMILY + SLACK:
            return True
        if self.arrival.tier == "visit":
            return False
        beside = [one for one in self.around.opened if one.tier != "visit"]
        return self._is_crowd(beside, self.pace.phones_at_opening())

    def _own_opened(self) -> list[Arrival]:
        return [
            one
            for one in self.around.opened
            if one.device in self.marks and abs(one.opened_at - self.arrival.opened_at) <= AT_ONCE
        ]

    def opened_with_it(self) -> list[str]:
        """The device's forms of the same moment that were sent late as well."""
        own = self._own_opened()
        return [] if len(own) + 1 < ROW else self._of_tier(one for one in own if waited(one))

    def row(self) -> list[str]:
        """Earlier answers of the device in one row, each sooner than the next visitor's turn.

        Not the first of the row: who sent it may have been another, just before.
        """
        here = [one for one in self.around.here if one.device in self.marks]
        pace = self.pace
        rows = (
            _row(self.arrival, here, pace.between(pace.officers)),
            _row(self.arrival, self.around.own, pace.between(pace.unit_officers)),
        )
        return [rating_id for row in rows for rating_id in self._of_tier(row[1:])]

    def _of_tier(self, others: Iterable[Arrival]) -> list[str]:
        """A weak tier holds no strong one, and a case is of one counter."""
        arrival = self.arrival
        return [
            one.rating_id
            for one in others
            if one.tier == arrival.tier and one.counter_id == arrival.counter_id
        ]


def _row(arrival: Arrival, own: Sequence[Arrival], between: timedelta) -> list[Arrival]:
    """Answers that one person sent one after the other; none when they are few."""
    row: list[Arrival] = []
    later, longest = arrival, timedelta(0)
    for one in reversed(own):
        pause = later.received_at - one.received_at
        if pause >= between or (row and pause > max(QUICK, RHYTHM * longest)):
            break
        row.append(one)
        later, longest = one, max(longest, pause)
    return row[::-1] if len(row) + 1 >= ROW else []


def _within(others: Iterable[Arrival], arrival: Arrival, span: timedelta) -> list[Arrival]:
    return [one for one in others if arrival.received_at - one.received_at <= span]


def _is_hasty_again(arrival: Arrival, here: Iterable[Arrival]) -> bool:
    """One hasty answer may be somebody in a hurry, several are a pattern."""
    if not arrival.is_hasty:
        return False
    near = _within(here, arrival, HALF_HOUR)
    hasty = [one for one in near if one.is_hasty and one.tier == arrival.tier]
    return len(hasty) + 1 >= HASTY


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
