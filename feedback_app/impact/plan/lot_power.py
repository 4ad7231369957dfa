"""What a lot will let an office see: the smallest effect by seats and dates, said before it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan, sqrt

from scipy import stats

from feedback_app.domain.lot_seats import dealt
from feedback_app.impact.detect import LEVEL, POWER, Smallest, fitted
from feedback_app.impact.results import number
from feedback_app.impact.stack import LAGS, LEAST_CONTROLS, LEAST_TRAINED


@dataclass(frozen=True, slots=True)
class Shown:
    """`smallest`: points found with 80% power, NaN where the study would refuse. `se`: its error.

    `dates`: how many of the dates leave enough untrained officers to compare with.
    """

    smallest: float
    se: float
    dates: int


def shown_by_lot(
    spread: float, *, officers: int, seats: int, dates: int, gap: int, horizon: int
) -> Shown:
    """Smallest effect that a lot of `seats` among `officers`, over dates `gap` months apart, shows.

    `spread`: standard deviation of what the study's regression leaves of one officer
    (`detect.officer_spread`). On each date those drawn are compared with everybody not yet trained,
    as the study does: k·u / (k + u) for k sent and u untrained adds up over dates, and what the
    later drawn got of the course inside the window is taken off, and what is lost to the lags that
    the study fits on the same rows.
    Simulated (`make plan-truth`): docs/method.md.
    """
    strength = contrast = 0.0
    used = went = rows = 0
    for place, sent in enumerate(dealt(seats, dates)):
        untrained = officers - went - sent
        if untrained >= LEAST_CONTROLS and sent:
            part = sent * untrained / (sent + untrained)
            exposed = sum(
                later * max(horizon - gap * steps, 0)
                for steps, later in enumerate(dealt(seats, dates)[place + 1 :], start=1)
            )
            strength += part
            contrast += part * (1 - exposed / horizon / untrained)
            used += 1
            rows += sent + untrained
        went += sent
    freedom = rows - used - 1 - len(LAGS)
    if seats < LEAST_TRAINED or not used or freedom < 2 or contrast <= 0 or not isfinite(spread):
        return Shown(nan, nan, used)
    se = float(spread) * sqrt(strength) / contrast * fitted(rows, used)
    return Shown(_reach(freedom) * se, se, used)


def by_item_over_dates(
    smallest: Smallest, sent: int, *, dates: int, gap: int
) -> tuple[dict[str, float | None], str]:
    """Points by item where these go over so many dates, `gap` months apart; and the refusal.

    Those of a later date are compared with on the earlier ones: nobody need stay untrained.
    """
    if dates == 1 or smallest.is_of_counters:
        return smallest.by_item(sent), smallest.refused(sent)
    found = {
        name: number(
            shown_by_lot(
                spread,
                officers=smallest.officers,
                seats=sent,
                dates=dates,
                gap=gap,
                horizon=smallest.horizon,
            ).smallest
        )
        for name, spread in smallest.spread.items()
    }
    is_shown = any(value is not None for value in found.values())
    return found, "" if is_shown else smallest.refused(sent) or "NO_COMPARISON"


def _reach(freedom: int) -> float:
    """Standard errors that an effect must be away from 0."""
    return float(stats.t.ppf(0.5 + LEVEL / 2, freedom) + stats.t.ppf(POWER, freedom))
