"""HR's first page: weak elements with whom or where, evidence, nature, help, price, decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.files.exports import Sheet
from feedback_app.services.access.people import Viewer
from feedback_app.services.needs.beginning import Beginning, beginning_of
from feedback_app.services.needs.helped import Helped, trainings_for
from feedback_app.services.needs.lines import NeedLine, lines_of
from feedback_app.services.needs.runs import is_running, look_once_a_quarter
from feedback_app.services.site import Site
from feedback_app.storage.models import NeedRun
from feedback_app.storage.queries import needs as queries

PROPOSALS_SHOWN = timedelta(days=366)
NATURES = ("training", "process", "ask")  # the order within an element


@dataclass(frozen=True, slots=True)
class Group:
    """One element and nature at one level: the rows of HR's table."""

    item: str
    nature: str
    level: str
    lines: tuple[NeedLine, ...]
    helped: tuple[Helped, ...]
    compared: int  # how many of the level were looked at

    @property
    def gaps(self) -> tuple[float, float]:
        """The smallest and the largest distance below the others, in tenths of a point."""
        values = sorted(-line.shown.gap for line in self.lines if line.shown)
        return values[0], values[-1]

    @property
    def fewest(self) -> int:
        """At least so many answers stand behind each of them."""
        return min(line.shown.n for line in self.lines if line.shown)

    @property
    def open(self) -> int:
        """How many nobody has decided."""
        return sum(line.is_open for line in self.lines)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a level cannot be told yet for how many elements, and why."""

    level: str
    nature: str
    count: int
    months: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What HR sees first; `run` None: nothing was looked at yet."""

    run: NeedRun | None
    running: NeedRun | None
    failed: NeedRun | None  # the newest run, when it came to nothing
    groups: tuple[Group, ...]
    decided: int
    proposals: tuple[NeedLine, ...]
    waiting: tuple[Waiting, ...]
    beginning: Beginning | None

    @property
    def shown_officers(self) -> frozenset[int]:
        """Whose figures the page shows; it notes that for them."""
        lines = (line for group in self.groups for line in group.lines)
        return frozenset(line.ref_id for line in lines if line.level == "officer")


def overview(site: Site, viewer: Viewer, *, only: str, item: str) -> Overview:
    """Needs of the newest run ('open', 'decided' or all; of one element or of all)."""
    look_once_a_quarter(site, viewer.agency_id)
    helped = trainings_for(site, viewer)
    with site.db.read() as session:
        done = queries.newest_run(session, agency_id=viewer.agency_id, state="done")
        newest = queries.newest_run(session, agency_id=viewer.agency_id)
        rows = queries.needs_of_run(session, done) if done else []
        since = site.today() - PROPOSALS_SHOWN
        proposed = queries.proposals(session, agency_id=viewer.agency_id, since=since)
        every = lines_of(session, viewer.agency_id, rows)
        proposals = lines_of(session, viewer.agency_id, proposed)
        beginning = None if done else beginning_of(site, session, viewer.agency_id)
    chosen = [line for line in every if _is_wanted(line, only, item)]
    return Overview(
        run=done,
        running=newest if newest and is_running(site, newest) else None,
        failed=newest if newest and newest.state == "failed" else None,
        groups=_groups(chosen, helped, done.compared if done else {}),
        decided=sum(not line.is_open for line in every),
        proposals=tuple(line for line in proposals if _is_wanted(line, only, item)),
        waiting=_waiting(done) if done else (),
        beginning=beginning,
    )


def _is_wanted(line: NeedLine, only: str, item: str) -> bool:
    if item and line.item != item:
        return False
    return only not in ("open", "decided") or line.is_open == (only == "open")


def _groups(
    lines: Sequence[NeedLine],
    helped: Mapping[str, tuple[Helped, ...]],
    compared: Mapping[str, int],
) -> tuple[Group, ...]:
    found: dict[tuple[str, str, str], list[NeedLine]] = {}
    for line in lines:
        if line.shown is not None:
            found.setdefault((line.item, line.nature, line.level), []).append(line)
    groups = [
        Group(
            *key,
            tuple(sorted(own, key=lambda line: line.name)),
            helped.get(key[0], ()) if key[1] == "training" else (),
            compared.get(key[2], 0),
        )
        for key, own in found.items()
    ]
    return tuple(sorted(groups, key=_in_order))


def _in_order(group: Group) -> tuple[int, int, str]:
    return OFFICER_KEYS.index(group.item), NATURES.index(group.nature), group.level


def _waiting(run: NeedRun) -> tuple[Waiting, ...]:
    """By level and reason: the item that waits for most, as each item has its own model."""
    found: dict[tuple[str, str], Waiting] = {}
    for row in run.waiting:
        one = Waiting(row["level"], row["nature"], row["count"], row["months"])
        key = (one.level, one.nature)
        if key not in found or found[key].count < one.count:
            found[key] = one
    return tuple(found.values())


def needs_sheet(found: Overview, names: Mapping[str, str], words: Mapping[str, str]) -> Sheet:
    """The same as a file: a row a need, without the words of officers."""
    columns = (
        "Unsur",
        "Siapa atau di mana",
        "Jenis kebutuhan",
        "Selisih (poin)",
        "Batas bawah",
        "Batas atas",
        "Penilaian sedikitnya",
        "Keandalan (%)",
        "Keputusan",
    )
    rows = tuple(
        (
            names[line.item],
            line.name,
            words[line.nature],
            line.shown.gap,
            line.shown.low,
            line.shown.high,
            line.shown.n,
            line.shown.reliability,
            words[line.decision.kind] if line.decision else "",
        )
        for group in found.groups
        for line in group.lines
        if line.shown
    )
    return Sheet("Kebutuhan", columns, rows, decimals=1)
