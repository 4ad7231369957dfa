"""A note: a comment or a tick that comes without a rating. Which notes are looked at first.

A note counts in no score, so it has no pace of visits to keep to, only a budget of its own: floods
are held, and a flood that is held uses up nobody else's budget.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.pace import FAMILY

# Who only wants to report something is rare beside those who rate: two in a hundred of a counter's
# visits would be ten in a week of 500. These are far above honest days, and floods far above them.
MOST_OF_A_DEVICE = FAMILY  # in a day, at all counters of the unit
MOST_IN_HALF_AN_HOUR = 6  # at one counter
MOST_IN_A_DAY = 20


@dataclass(frozen=True, slots=True)
class Others:
    """Notes before this one today: the device's in the unit, the counter's that no rule held.

    `same_text` is whether the same long comment came to this counter before.
    """

    of_device: int
    in_half_an_hour: int
    today: int
    same_text: bool


def rules_met(
    others: Others, *, is_kiosk: bool, is_revoked_device: bool, from_staff_browser: bool
) -> tuple[str, ...]:
    """Names of the rules (domain/screening.py) that hold a note; none: it stands as it came.

    A kiosk is one device for everybody, so its mark says nothing.
    """
    met = {
        "revoked_device": is_revoked_device,
        "staff_device": from_staff_browser,
        "same_device": not is_kiosk and others.of_device + 1 > MOST_OF_A_DEVICE,
        "burst": others.in_half_an_hour + 1 > MOST_IN_HALF_AN_HOUR
        or others.today + 1 > MOST_IN_A_DAY,
        "same_text": others.same_text,
    }
    return tuple(name for name, is_met in met.items() if is_met)
