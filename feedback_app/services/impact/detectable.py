"""Before buying: what a study of a planned course could show, by the study's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_app.config import Settings
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.site import Site, own_site
from feedback_app.storage.queries import panel as queries

__all__ = ["Detectable", "NoDataError", "counters_with_scores", "detectable"]

OFFICER_ROWS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40)


@dataclass(frozen=True, slots=True)
class Detectable:
    """What a planned course could show: points by item, and by how many are sent.

    `refused` is the code with which the study would refuse, "" when it would not: TOO_FEW_TRAINED,
    NO_COMPARISON, CLUSTERED (too few counters for any interval), SHORT_WINDOW (too few months).
    """

    sent: int
    others: int
    by_item: Mapping[str, float | None]
    rows: tuple[tuple[int, float | None], ...]  # (how many sent, mean over items)
    refused: str


def detectable(
    site: Site, viewer: Viewer, *, officers: int, counters: Sequence[str], horizon: int
) -> Detectable:
    """The smallest effect a planned course could show, from the scores there are.

    With `counters` named, whole counters are sent and compared with the other counters.
    NoDataError when there are no scores yet.
    """
    return site.documents.run(
        _detectable_in_own_site,
        site.settings,
        site.now(),
        viewer.agency_id,
        officers=officers,
        counters=tuple(counters),
        horizon=horizon,
    )


def _detectable_in_own_site(
    settings: Settings,
    now: datetime,
    agency_id: int,
    *,
    officers: int,
    counters: Sequence[str],
    horizon: int,
) -> Detectable:
    # Here, not above: see study.run_study.
    from feedback_app.impact import detect
    from feedback_app.services.impact import panel as score_panel

    with own_site(settings, now) as site:
        panel = score_panel.link(site, agency_id=agency_id).panel
    if counters:
        everybody = len(panel.units)
        wanted = len([code for code in counters if code in panel.units])
        counts = range(1, everybody)
    else:
        everybody, wanted = len(panel.officers), officers
        counts = range(1, everybody + 1)
    sent = min(max(wanted, 1), everybody)
    smallest = detect.Smallest(panel, horizon=horizon, is_of_counters=bool(counters))
    rows = []
    shown = counts if counters else sorted({*OFFICER_ROWS, sent} & {*counts})
    for count in shown:
        values = [value for value in smallest.by_item(count).values() if value is not None]
        if values or count == sent:
            rows.append((count, sum(values) / len(values) if values else None))
    return Detectable(
        sent=sent,
        others=everybody - sent,
        by_item=smallest.by_item(sent),
        rows=tuple(rows),
        refused=smallest.refused(sent),
    )


def counters_with_scores(site: Site, viewer: Viewer) -> list[str]:
    """Codes of counters that can be chosen in the calculator."""
    with site.db.read() as session:
        return sorted(queries.counter_codes(session, agency_id=viewer.agency_id).values())
