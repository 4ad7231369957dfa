"""Give an analyst the adjusted panel and the events, so that a study can be done again elsewhere.

Officers and counters carry pseudonyms of this export alone. `measure_impact.py --panel --events`
reads the two files and finds the same numbers: scores are written with all their digits.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.files.linked_table import Column, write_table
from feedback_app.impact.panel import Panel, month_text
from feedback_app.services.impact.linked_table import PurposeNeededError
from feedback_app.services.impact.panel import Linked, link
from feedback_app.services.site import Site
from feedback_app.storage.queries import audit

PANEL_COLUMNS = (
    Column("officer", "text", "pseudonym of the officer, in this export only"),
    Column("counter", "text", "pseudonym of the counter with most answers that month"),
    Column("month", "text", "YYYY-MM, local time"),
    Column("item", "text", "kompetensi, perilaku, informasi or kecepatan (the officer items)"),
    Column("score", "points", "mean of the answers (1 to 4), brought to the average case mix"),
    Column("n", "integer", "counted answers in which the citizen named this officer"),
    Column("top", "0 to 1", "share of answers 4"),
    Column("low", "0 to 1", "share of answers 1 or 2"),
    Column("mix", "points", "what the case mix gave to the score and was taken out, mean of items"),
    Column("visits", "integer", "visits to the counter that month, where the office counts them"),
    Column("happened", "0 or 1", "something happened at the counter that month"),
    Column("new_form", "0 or 1", "the counter began to ask other questions that month"),
)
EVENT_COLUMNS = (
    Column("officer", "text", "pseudonym of the officer, as in the panel"),
    Column("training", "text", "code of the training"),
    Column("date", "text", "first day of the month in which it began"),
    Column("reason", "text", "how the officer was chosen: low_score, volunteer, all, lot, unknown"),
    Column("assigned_unit", "text", "officer, or counter where whole counters were sent"),
    Column("cost", "rupiah", "for one officer; empty where not known"),
    Column("elements", "text", "what the training aims at, with blanks between"),
    Column("horizon", "months", "after it, in which its effect is judged, or all"),
    Column("fixed_on", "text", "day on which both were written down; empty if not in time"),
    Column("drawn_from", "text", "by lot: everybody on its list who did not leave, with blanks"),
)


@dataclass(frozen=True, slots=True)
class Replication:
    """What was written; `passed_over` attendances are of officers whom nobody rated."""

    officers: int
    rows: int
    passed_over: int


def export_study(site: Site, folder: Path, *, agency_id: int, purpose: str | None) -> Replication:
    """Write panel.csv and events.csv with their codebooks; the export is logged before."""
    if purpose is None or not purpose.strip():
        raise PurposeNeededError("--export needs --purpose with the reason; it is logged")
    linked = link(site, agency_id=agency_id)
    officers = _pseudonyms(linked.panel.officers, "P")
    panel = _panel_frame(linked.panel, officers, _pseudonyms(linked.panel.units, "L"))
    events = _events_frame(linked, officers)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with site.db.transaction() as tx:
        audit.append(
            tx,
            agency_id=agency_id,
            at=site.now(),
            account_id=None,
            action="export_study_panel",
            subject=folder.name,
            detail={"rows": len(panel), "purpose": purpose.strip()},
        )
    write_table(panel, folder / "panel.csv", columns=PANEL_COLUMNS)
    write_table(events, folder / "events.csv", columns=EVENT_COLUMNS)
    return Replication(
        officers=len(linked.panel.officers),
        rows=len(panel),
        passed_over=len(linked.events) - len(events),
    )


def _pseudonyms(names: tuple[str, ...], letter: str) -> dict[str, str]:
    """Names by chance, never used again; their order says nothing."""
    drawn: set[str] = set()
    while len(drawn) < len(names):
        drawn.add(letter + secrets.token_hex(4).upper())
    return dict(zip(names, drawn, strict=True))


def _panel_frame(panel: Panel, officers: dict[str, str], units: dict[str, str]) -> pd.DataFrame:
    """A row an officer, month and item with answers, in the order of the pseudonyms.

    The first and the last month have a row for everybody, so that the months stay the same.
    """
    wanted = panel.n > 0
    wanted[:, :, [0, -1]] = True
    item, officer, month = np.nonzero(wanted)
    home = np.maximum(panel.unit[officer, month], 0)  # without answers the counter says nothing
    frame = pd.DataFrame(
        {
            "officer": np.array([officers[name] for name in panel.officers])[officer],
            "counter": np.array([units[name] for name in panel.units])[home],
            "month": [month_text(panel.first_month + int(t)) for t in month],
            "item": np.array(panel.items)[item],
            "score": panel.score[item, officer, month],
            "n": panel.n[item, officer, month].astype(np.int64),
        }
    )
    for name, values in (("top", panel.top), ("low", panel.low)):
        if values is not None:
            frame[name] = values[item, officer, month]
    for name, by_month in (("mix", panel.mix), ("visits", panel.visits)):
        if by_month is not None:
            frame[name] = by_month[officer, month]
    for name, marked in (("happened", panel.happened), ("new_form", panel.new_form)):
        if marked is not None:
            frame[name] = marked[officer, month].astype(np.int64)
    frame["place"] = item
    ordered = frame.sort_values(["place", "officer", "month"], ignore_index=True)
    return ordered.drop(columns="place")


def _events_frame(linked: Linked, officers: dict[str, str]) -> pd.DataFrame:
    """A row an attendance of an officer who is in the panel."""
    rows = []
    for event in linked.events:
        if event.officer not in officers:
            continue
        aim = linked.aims[event.training]
        cost = None if np.isnan(event.cost) else int(event.cost)
        fixed = (" ".join(aim.items), aim.horizon or "all", aim.fixed_on)
        day = f"{month_text(event.month)}-01"
        name = officers[event.officer]
        # only who was ever rated has a pseudonym, and only such people are compared
        pool = " ".join(sorted(officers[one] for one in event.drawn_from if one in officers))
        rows.append((name, event.training, day, event.reason, event.sent, cost, *fixed, pool))
    frame = pd.DataFrame(rows, columns=[column.name for column in EVENT_COLUMNS])
    frame["cost"] = frame["cost"].astype("Int64")
    return frame.sort_values(["training", "officer", "date"], ignore_index=True)
