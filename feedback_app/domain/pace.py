"""How many answers a counter's visitors can bring: its pace by day, a few from home at night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE

# A burst is short (a chat, one phone) or just quicker than the counter: each length finds its own.
# Nine minutes are a little less than two services of five, the usual shortest.
SPANS = (5 * MINUTE, 9 * MINUTE, HALF_HOUR, 120 * MINUTE)
# Phones beyond the services of a span: people rate with some delay, so a few come together.
# Two others within five minutes come by chance in 4 of 100 on a busy Monday, three in under 1.
SLACK = 2
FAMILY = 4  # answers that one phone may bring at once: issue "a family of four with one phone"
# Phones within a span while nobody is on duty: who rates from home. Where 60 of 100 who answer do
# so in two hours of the evening, a counter of 25 visits gets three in half an hour by chance in 13
# of 100, six in under 1; one of 45 visits gets about 13 in the whole night.
AT_NIGHT = {3 * MINUTE: 2, 10 * MINUTE: 3, HALF_HOUR: 5, 720 * MINUTE: 16}
NIGHT = max(AT_NIGHT)


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly a counter can serve: its shortest usual service and who is on duty.

    `own` are the minutes of the very service that was rated (the shortest when none is named).
    `officers` are on duty when the answer is sent or were half an hour before, here and in the
    whole unit; `officers_at_opening` when the form was opened. `most_a_day` is the most answers
    that a day's visits can bring, None where that is not known.
    """

    minutes: int
    own: int
    officers: int
    unit_officers: int
    officers_at_opening: int
    most_a_day: int | None

    def phones(self) -> Mapping[timedelta, int]:
        """The most phones that may rate at the counter within each span before the sending."""
        return _phones(self.minutes, self.officers)

    def phones_at_opening(self) -> int:
        """The most phones that may have opened a form within half an hour."""
        return _phones(self.minutes, self.officers_at_opening)[HALF_HOUR]

    def answers_of_a_device(self) -> Mapping[timedelta, int]:
        """The most answers of one device within each span, over all counters of the unit.

        In a hall most phones look alike, so the device may be as many as the unit can serve.
        """
        if self.unit_officers == 0:
            return {NIGHT: FAMILY + 1}
        served = _served(self.minutes, self.unit_officers)
        return {span: n + FAMILY for span, n in served.items() if span <= HALF_HOUR}

    def between(self, officers: int) -> timedelta:
        """The time from one served visitor to the next."""
        return max(self.minutes, 1) * MINUTE / officers if officers else HALF_HOUR


def answers_of(phones: int) -> int:
    """The most answers of so many phones, of which one may be a family's."""
    return phones + FAMILY - SLACK


def _phones(minutes: int, officers: int) -> Mapping[timedelta, int]:
    if officers == 0:
        return AT_NIGHT
    return {span: served + SLACK for span, served in _served(minutes, officers).items()}


def _served(minutes: int, officers: int) -> dict[timedelta, int]:
    """Visitors served within each span, every service being as short as it can be."""
    return {span: int(span / MINUTE / max(minutes, 1) * officers) for span in SPANS}
