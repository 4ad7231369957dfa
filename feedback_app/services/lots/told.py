"""What a lot will let the office see, computed before its list is made and kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from math import isfinite
from typing import Any

from feedback_app.config import Settings
from feedback_app.domain.training import HORIZON
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact.events import NoDataError, month_of
from feedback_app.services.site import Site, own_site


@dataclass(frozen=True, slots=True)
class Told:
    """Points that these seats show over their dates, and in one date; None: nothing to be seen.

    `is_known` is False where there are no scores yet to tell from.
    """

    seats: int
    dates: int  # months in which a run begins: two runs of one month are one date to a study
    smallest: float | None
    in_one: float | None
    is_known: bool

    def kept(self) -> dict[str, Any]:
        """As the database keeps it."""
        return asdict(self)


def told_before(
    site: Site,
    viewer: Viewer,
    days: Sequence[date],
    seats: int,
    officers: int,
    *,
    horizon: int | None,
) -> Told:
    """The smallest effect of these seats among so many officers, by the study's own rules."""
    months = sorted({month_of(day) for day in days})
    try:
        smallest, in_one = site.documents.run(
            _smallest_in_own_site,
            site.settings,
            site.now(),
            viewer.agency_id,
            months=tuple(months),
            seats=seats,
            officers=officers,
            horizon=horizon or HORIZON,
        )
    except NoDataError:
        return Told(seats, len(months), None, None, is_known=False)
    return Told(seats, len(months), smallest, in_one, is_known=True)


def _smallest_in_own_site(
    settings: Settings,
    now: datetime,
    agency_id: int,
    *,
    months: tuple[int, ...],
    seats: int,
    officers: int,
    horizon: int,
) -> tuple[float | None, float | None]:
    # Here, not above: see impact/study.run_study.
    from feedback_app.impact.detect import officer_spread
    from feedback_app.impact.plan.lot_power import shown_by_lot
    from feedback_app.services.impact import panel as score_panel

    with own_site(settings, now) as site:
        panel = score_panel.link(site, agency_id=agency_id).panel
    spreads = [officer_spread(panel, item, horizon) for item in range(len(panel.items))]
    known = [spread for spread in spreads if isfinite(spread)]
    if not known:
        return None, None
    spread = sum(known) / len(known)
    gap = min((b - a for a, b in pairwise(months)), default=horizon)

    def smallest(dates: int) -> float | None:
        found = shown_by_lot(
            spread, officers=officers, seats=seats, dates=dates, gap=gap, horizon=horizon
        ).smallest
        return found if isfinite(found) else None

    return smallest(len(months)), smallest(1)
