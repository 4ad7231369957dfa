"""Keep what a run found: the gaps that pass become needs, the rest is counted only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedback_app.domain.disclosure.needs import shown_gap
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedRow, NeedRun
from feedback_app.storage.queries import joins, trainings
from feedback_app.storage.queries import needs as queries

if TYPE_CHECKING:  # its module loads scipy
    from feedback_app.impact.needs.rows import Found
    from feedback_app.services.needs.found import FoundRow, FoundRows

SHOWN = ("training", "process", "ask")


def keep_found(tx: Session, site: Site, run: NeedRun, found: FoundRows) -> None:
    """Write the run's needs; those of the same quarter, place and item keep what was said."""
    kept = {
        (row.level, row.ref_id, row.item): row
        for row in queries.needs_of_quarter(tx, agency_id=run.agency_id, quarter_end=run.last_day)
    }
    homes = _homes(tx, run.agency_id)
    for one in found.rows:
        key = (one.row.level, int(one.row.ref), one.row.item)
        if _passes(one.row) and key[:2] in homes:
            _write(tx, site, run, one, kept.get(key), homes[key[:2]])
    rows = [one.row for one in found.rows]
    run.state, run.method_version = "done", found.method_version
    run.done_steps = run.all_steps
    run.waiting, run.compared = _waiting(rows), _compared(rows)
    run.seen_at = site.now()


def _passes(row: Found) -> bool:
    """Enough answers for a shown gap, and a nature that asks for something."""
    if row.nature not in SHOWN or row.gap is None or row.ci_lo is None or row.ci_hi is None:
        return False
    shown = shown_gap(
        gap=row.gap, low=row.ci_lo, high=row.ci_hi, n=row.n, reliability=row.reliability
    )
    return shown is not None


def _homes(session: Session, agency_id: int) -> dict[tuple[str, int], int]:
    """The unit of each counter, unit and officer; of those who left none, they need no training."""
    units = queries.unit_of_counter(session, agency_id=agency_id)
    found = {("counter", key): unit for key, unit in units.items()}
    found |= {("unit", key): key for key in units.values()}
    officers = {row.id: row for row in trainings.officers(session, agency_id=agency_id)}
    owners = joins.owners_now(session)  # rows joined since the last quarter are told apart in it
    return found | {
        ("officer", key): person.unit_id
        for key in officers
        for person in [officers[owners.get(key, key)]]
        if person.retired_on is None
    }


def _write(
    tx: Session, site: Site, run: NeedRun, one: FoundRow, old: NeedRow | None, unit_id: int
) -> None:
    row = one.row
    values: dict[str, Any] = {
        "unit_id": unit_id,
        "nature": row.nature,
        "run_id": run.id,
        "gap": row.gap,
        "low": row.ci_lo,
        "high": row.ci_hi,
        "peer_expected": row.peer_expected,
        "reliability": row.reliability,
        "n": row.n,
        "cause_level": one.cause_level,
    }
    if old is not None:
        for name, value in values.items():
            setattr(old, name, value)
        return
    tx.add(
        NeedRow(
            agency_id=run.agency_id,
            voice="data",
            level=row.level,
            ref_id=int(row.ref),
            item=row.item,
            found_on=site.today(),
            quarter_end=run.last_day,
            words="",
            **values,
        )
    )


def _waiting(rows: Sequence[Found]) -> list[dict[str, Any]]:
    """How many of a level and item cannot be told yet, and months at which half of them can."""
    groups: dict[tuple[str, str, str], list[int | None]] = {}
    for row in rows:
        if row.nature in {"cannot_tell", "inseparable"}:
            groups.setdefault((row.level, row.item, row.nature), []).append(row.months_needed)
    return [
        {"level": level, "item": item, "nature": nature, "count": len(months)}
        | {"months": _middle(months)}
        for (level, item, nature), months in groups.items()
    ]


def _middle(months: Sequence[int | None]) -> int | None:
    """The median; None where half or more cannot be told by waiting."""
    ordered = sorted(month if month is not None else 10**9 for month in months)
    middle = ordered[(len(ordered) - 1) // 2]
    return None if middle == 10**9 else middle


def _compared(rows: Sequence[Found]) -> dict[str, int]:
    levels = ("officer", "counter", "unit")
    return {level: len({row.ref for row in rows if row.level == level}) for level in levels}
