"""Read the tables of a training plan: officers, needs, runs, roster, floors, leave.

Every fault is named by row and column. A code that no other table knows is a fault: the rule
behind it would otherwise apply to nobody, and nobody would see that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

from feedback_app.domain.texts import Text
from feedback_app.domain.training_plan import LONGEST_RUN, MONEY, Officer, Run
from feedback_app.files.cells import CellError
from feedback_app.files.plan_cells import (
    PlanFile,
    PlanRow,
    day_in,
    employment_of,
    hours_of,
    number_from_0,
    number_of,
    rupiah_of,
    whole_number,
)

UNKNOWN_GAIN = 0.05  # points, of a training where none was measured yet (docs/method.md)


@dataclass(frozen=True, slots=True)
class PlanTables:
    """All tables, and all that is wrong with them as (file, bad cell)."""

    officers: tuple[Officer, ...]
    runs: tuple[Run, ...]
    needs: dict[tuple[str, str], float]
    roster: tuple[tuple[str, str, date], ...]
    floors: dict[str, int]
    leave: frozenset[tuple[str, date]]
    faults: tuple[tuple[Path, CellError], ...]
    notes: tuple[tuple[Path, Text], ...]


def read_plan_tables(
    *, officers: Path, needs: Path, runs: Path, roster: Path, floors: Path, leave: Path | None
) -> PlanTables:
    """Read all of them; PlanFileError or OSError when one is no table."""
    faults: list[tuple[Path, CellError]] = []
    files = [
        PlanFile(officers, ("officer", "employment", "jp_done"), faults, ("turns",)),
        PlanFile(needs, ("officer", "item", "weight"), faults),
        PlanFile(runs, ("run", "training", "kind", "start", "end", "seats", *MONEY, "jp", "item",
                     "gain"), faults),
        PlanFile(roster, ("officer", "counter", "day"), faults),
        PlanFile(floors, ("counter", "floor"), faults),
    ]  # fmt: skip
    if leave is not None:
        files.append(PlanFile(leave, ("officer", "start", "end"), faults))
    people = _officers(files[0])
    names = frozenset(files[0].columns["officer"])  # a bad row is told once, not in each table
    standing = _roster(files[3], names)
    return PlanTables(
        officers=people,
        runs=_runs(files[2]),
        needs=_needs(files[1], names),
        roster=standing,
        floors=_floors(files[4], frozenset(files[3].columns["counter"])),
        leave=_leave(files[5], names) if leave is not None else frozenset(),
        faults=tuple(faults),
        notes=tuple((file.path, note) for file in files for note in file.notes),
    )


def _officers(file: PlanFile) -> tuple[Officer, ...]:
    found = []
    for row in file.rows():
        code = row.code("officer")
        employment = row.get("employment", employment_of)
        jp = row.get("jp_done", number_from_0)
        told = "turns" in row.texts and row.texts["turns"] != ""
        # Without a column of turns, hours of this year are the turns that are known.
        turns = row.get("turns", whole_number) if told else int(bool(jp))
        if code is None or employment is None or jp is None or turns is None:
            continue
        if file.is_new(row, "officer"):
            found.append(Officer(code, employment, jp, turns))
    return tuple(found)


def _needs(file: PlanFile, officers: Collection[str]) -> dict[tuple[str, str], float]:
    found = {}
    for row in file.rows():
        officer = row.code("officer", officers, "the officers")
        item = row.code("item")
        weight = row.get("weight", number_from_0)
        if officer is None or item is None or weight is None:
            continue
        if file.is_new(row, "officer", "item"):
            found[officer, item.casefold()] = weight
    return found


def _runs(file: PlanFile) -> tuple[Run, ...]:
    found: dict[str, Run] = {}
    first: dict[str, PlanRow] = {}
    unknown: set[str] = set()
    for row in file.rows():
        run, item = row.code("run"), row.code("item")
        is_open = row.texts["gain"] == ""
        gain = UNKNOWN_GAIN if is_open else row.get("gain", number_of)
        own = _run(row)
        if run is None or item is None or own is None or gain is None:
            continue
        if not file.is_new(row, "run", "item") or not _agrees(row, first.setdefault(run, row)):
            continue
        unknown |= {run} if is_open else set()
        gains = {**found.get(run, own).gains, item.casefold(): gain}
        found[run] = replace(own, gains=gains, is_known=run not in unknown)
    return _with_unknown(tuple(found.values()), file)


def _with_unknown(runs: tuple[Run, ...], file: PlanFile) -> tuple[Run, ...]:
    """A training that was never measured gets the mean of all that were."""
    open_ones = {
        (run, item.casefold())
        for run, item, gain in zip(
            file.columns["run"], file.columns["item"], file.columns["gain"], strict=True
        )
        if gain == ""
    }
    known = {
        (run.training, item): gain
        for run in runs
        for item, gain in run.gains.items()
        if (run.code, item) not in open_ones
    }
    mean = fmean(known.values()) if known else UNKNOWN_GAIN
    return tuple(
        replace(
            run,
            gains={
                item: mean if (run.code, item) in open_ones else gain
                for item, gain in run.gains.items()
            },
        )
        for run in runs
    )


def _agrees(row: PlanRow, first: PlanRow) -> bool:
    """Rows of one run say the same but for item and gain."""
    for name in ("training", "kind", "start", "end", "seats", *MONEY, "jp"):
        if row.texts[name] != first.texts[name]:
            row.fault(name, f"differs from row {first.number} of the same run")
            return False
    return True


def _run(row: PlanRow) -> Run | None:
    """A run without its gains."""
    training, kind = row.code("training"), row.code("kind")
    start, end = row.get("start", day_in), row.get("end", day_in)
    seats, jp = row.get("seats", whole_number), row.get("jp", hours_of)
    prices = {name: row.get(name, rupiah_of) for name in MONEY}
    known = {name: price for name, price in prices.items() if price is not None}
    if training is None or kind is None or start is None or end is None:
        return None
    if end < start:
        row.fault("end", "is before the start")
        return None
    if (end - start).days >= LONGEST_RUN:
        row.fault("end", f"makes a run of more than {LONGEST_RUN} days; a plan is for one year")
        return None
    if seats is None or jp is None or len(known) < len(prices):
        return None
    code = row.texts["run"]
    return Run(code, training, kind.casefold(), start, end, seats, known, jp, {})


def _roster(file: PlanFile, officers: Collection[str]) -> tuple[tuple[str, str, date], ...]:
    found: dict[tuple[str, str, date], int] = {}
    for row in file.rows():
        officer = row.code("officer", officers, "the officers")
        counter, day = row.code("counter"), row.get("day", day_in)
        if officer is None or counter is None or day is None:
            continue
        first = found.setdefault((officer, counter, day), row.number)
        if first != row.number:
            row.fault("officer", f"is the same as row {first}")
    return tuple(found)


def _floors(file: PlanFile, counters: Collection[str]) -> dict[str, int]:
    found = {}
    for row in file.rows():
        floor = row.get("floor", whole_number)
        counter = row.code("counter", counters if floor else None, "the roster")
        if counter is not None and floor is not None and file.is_new(row, "counter"):
            found[counter] = floor
    return found


def _leave(file: PlanFile, officers: Collection[str]) -> frozenset[tuple[str, date]]:
    found: set[tuple[str, date]] = set()
    for row in file.rows():
        officer = row.code("officer", officers, "the officers")
        start, end = row.get("start", day_in), row.get("end", day_in)
        if officer is None or start is None or end is None:
            continue
        length = (end - start).days + 1
        if not 1 <= length <= LONGEST_RUN:
            row.fault("end", f"must be 0 to {LONGEST_RUN - 1} days after the start")
            continue
        found |= {(officer, start + timedelta(days=n)) for n in range(length)}
    return frozenset(found)
