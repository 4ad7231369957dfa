"""Which tiers count for officers at a counter: chosen by an admin, or by what was switched on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback_app.domain.tiers import FOR_OFFICERS, UNTIL_SET, checked_choice, with_stronger
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import tiers as queries
from feedback_app.storage.queries.tiers import CounterChoice

HISTORY_LINES = 20


@dataclass(frozen=True, slots=True)
class CounterTiersLine:
    """One counter and what counts there now."""

    counter_id: int
    code: str
    name: str
    unit_id: int
    unit: str
    tiers: frozenset[str]
    is_set: bool  # whether anybody ever chose


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change at a counter. `drops_poster`: it was chosen beside a stronger tier."""

    line: CounterTiersLine
    tiers: frozenset[str]
    drops_poster: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One choice of the past; `username` is None for a queue machine or a script."""

    at: datetime
    code: str
    name: str
    tiers: tuple[str, ...]
    username: str | None


@dataclass(frozen=True, slots=True)
class History:
    """One page of choices, newest first."""

    lines: tuple[HistoryLine, ...]
    page: int
    pages: int


def tier_lines(site: Site, viewer: Viewer) -> list[CounterTiersLine]:
    """Every open counter of the agency."""
    with site.db.read() as session:
        found = queries.choices_of_agency(session, viewer.agency_id, at=site.now())
    return [_line(choice) for choice in found]


def tier_history(site: Site, viewer: Viewer, *, page: int) -> History:
    """One page of what was chosen and when."""
    with site.db.read() as session:
        total, found = queries.history_of_agency(
            session,
            viewer.agency_id,
            limit=HISTORY_LINES,
            offset=(max(page, 1) - 1) * HISTORY_LINES,
        )
    lines = tuple(
        HistoryLine(row.from_at, counter.code, counter.name, in_order(split(row.tiers)), username)
        for row, counter, username in found
    )
    return History(lines, max(page, 1), max(1, -(-total // HISTORY_LINES)))


def changes_asked(
    site: Site, viewer: Viewer, wanted: Mapping[int, Collection[str]]
) -> list[Change]:
    """What a choice would change; `wanted` is by counter.

    NotThereError for another agency's counter, FieldFaultError for a counter without any tier.
    """
    lines = {line.counter_id: line for line in tier_lines(site, viewer)}
    return _changes(lines, wanted)


def set_tiers(site: Site, viewer: Viewer, wanted: Mapping[int, Collection[str]]) -> int:
    """From now on these count; how many counters changed. Raises as `changes_asked`."""
    with site.db.transaction() as tx:
        found = queries.choices_of_agency(tx, viewer.agency_id, at=site.now())
        counters = {choice.counter.id: choice.counter for choice in found}
        changes = _changes({choice.counter.id: _line(choice) for choice in found}, wanted)
        for change in changes:
            counter, tiers = counters[change.line.counter_id], in_order(change.tiers)
            queries.append_choice(
                tx, counter, tiers=",".join(tiers), from_at=site.now(), by=viewer.account_id
            )
            log_act(tx, site, viewer, "set_tiers", counter.code, {"tiers": list(tiers)})
    return len(changes)


def switch_on_stronger(
    tx: Session, site: Site, *, agency_id: int, counter_ids: Collection[int], by: int | None
) -> list[str]:
    """A stronger tier is in use at these counters: the poster counts for officers no longer.

    Returns the codes of the counters that this changed. `by` is None for a machine.
    """
    found = queries.choices_of_agency(tx, agency_id, at=site.now(), counter_ids=counter_ids)
    changed = []
    for choice in found:
        tiers = _line(choice).tiers
        if "poster" not in tiers:
            continue
        kept = with_stronger(tiers) or with_stronger(UNTIL_SET)
        queries.append_choice(
            tx, choice.counter, tiers=",".join(in_order(kept)), from_at=site.now(), by=by
        )
        changed.append(choice.counter.code)
    return changed


def give_back(
    tx: Session,
    site: Site,
    viewer: Viewer,
    counter: Counter,
    *,
    taken_at: Collection[datetime | None],
) -> bool:
    """Let count again what counted before a device was paired; whether anything changed.

    Only where the newest choice is the one that the pairing made (by nobody, or at `taken_at`, when
    registering did it): what an admin chose since stays.
    """
    found = queries.newest_of_counter(tx, counter.id, limit=2)
    if not found or not (found[0].set_by is None or found[0].from_at in taken_at):
        return False
    tiers = in_order(split(found[1].tiers) if len(found) > 1 else UNTIL_SET)
    queries.append_choice(
        tx, counter, tiers=",".join(tiers), from_at=site.now(), by=viewer.account_id
    )
    log_act(tx, site, viewer, "set_tiers", counter.code, {"tiers": list(tiers)})
    return True


def in_order(tiers: Collection[str]) -> tuple[str, ...]:
    """The strongest first."""
    return tuple(tier for tier in FOR_OFFICERS if tier in tiers)


def split(text: str) -> frozenset[str]:
    """The tiers of a kept choice."""
    return frozenset(tier for tier in text.split(",") if tier)


def _line(choice: CounterChoice) -> CounterTiersLine:
    return CounterTiersLine(
        counter_id=choice.counter.id,
        code=choice.counter.code,
        name=choice.counter.name,
        unit_id=choice.unit.id,
        unit=choice.unit.name,
        tiers=UNTIL_SET if choice.tiers is None else split(choice.tiers),
        is_set=choice.tiers is not None,
    )


def _changes(
    lines: Mapping[int, CounterTiersLine], wanted: Mapping[int, Collection[str]]
) -> list[Change]:
    changes = []
    for counter_id, chosen in wanted.items():
        line = lines.get(counter_id)
        if line is None:
            raise NotThereError
        if not frozenset(chosen) & frozenset(FOR_OFFICERS):
            raise FieldFaultError(
                f"c{counter_id}", "Pilih sedikitnya satu cara masuk untuk tiap loket."
            )
        tiers = checked_choice(chosen)
        if line.tiers not in (tiers, frozenset(chosen)):
            dropped = "poster" in chosen and "poster" not in tiers
            changes.append(Change(line, tiers, drops_poster=dropped))
    return changes
