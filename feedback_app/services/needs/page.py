"""One need for HR: its evidence, who said what, what helped before, its blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import (
    Answers,
    Band,
    closed_quarters,
    grid_start,
    months_later,
    months_of,
)
from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.disclosure.needs import TENS
from feedback_app.domain.happenings import Happening, at_counter
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import quarter_from, title
from feedback_app.domain.texts import Words
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters import closed_figures
from feedback_app.services.faults import NotThereError
from feedback_app.services.needs.helped import Helped, trainings_for
from feedback_app.services.needs.lines import NeedLine, lines_of
from feedback_app.services.needs.span import QUARTERS
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedAnswer, NeedDecision, NeedReply, NeedRow
from feedback_app.storage.queries import counters, happenings, joins
from feedback_app.storage.queries import needs as queries
from feedback_app.storage.queries.accounts import accounts_of_agency


@dataclass(frozen=True, slots=True)
class NeedPage:
    """One need with everything that stands beside it; names by account."""

    line: NeedLine
    peer_expected: float | None  # in tenths
    decisions: tuple[NeedDecision, ...]  # the one that stands first
    earlier: tuple[NeedDecision, ...]  # of quarters before
    replies: tuple[NeedReply, ...]
    answers: tuple[NeedAnswer, ...]  # the newest of each role
    proposals: tuple[NeedLine, ...]  # by people, about the same place
    helped: tuple[Helped, ...]
    happenings: tuple[Happening, ...]
    names: Mapping[int, str]

    @property
    def seen(self) -> int:
        """The number of the decision that stands, 0 for none: a form carries it."""
        return self.decisions[0].number if self.decisions else 0


def need_page(site: Site, viewer: Viewer, need_id: int) -> NeedPage:
    """One need of HR's agency; NotThereError for any other."""
    helped = trainings_for(site, viewer)
    with site.db.read() as session:
        row = queries.need_of_agency(session, need_id, agency_id=viewer.agency_id)
        if row is None:
            raise NotThereError
        line = lines_of(session, viewer.agency_id, [row])[0]
        decisions = queries.decisions_of(session, [need_id]).get(need_id, [])
        answers = queries.answers_of(session, [need_id]).get(need_id, [])
        about = queries.proposals_about(session, row)
        return NeedPage(
            line=line,
            peer_expected=None if row.peer_expected is None else round(row.peer_expected, 1),
            decisions=tuple(decisions),
            earlier=tuple(queries.earlier_decisions(session, row)),
            replies=tuple(queries.replies_of(session, [need_id]).get(need_id, [])),
            answers=newest_of_roles(answers),
            proposals=tuple(lines_of(session, viewer.agency_id, about)),
            helped=helped.get(row.item, ()),
            happenings=happenings_of(session, row),
            names=account_names(session, viewer.agency_id),
        )


def newest_of_roles(answers: Sequence[NeedAnswer]) -> tuple[NeedAnswer, ...]:
    """The newest answers of the supervisor and of the officer."""
    found: dict[str, NeedAnswer] = {}
    for answer in answers:
        found.setdefault(answer.role, answer)
    return tuple(found.values())


def account_names(session: Session, agency_id: int) -> dict[int, str]:
    """Names of people who log in."""
    return {row.id: row.name for row in accounts_of_agency(session, agency_id)}


def happenings_of(session: Session, row: NeedRow) -> tuple[Happening, ...]:
    """What happened at the place in the quarters that the need rests on."""
    if row.quarter_end is None:
        return ()
    first = months_later(quarter_start(row.quarter_end), -3 * (QUARTERS - 1))
    found = happenings.happenings_between(session, [row.unit_id], first=first, last=row.quarter_end)
    if row.level == "counter":
        found = at_counter(found, counter_id=row.ref_id, unit_id=row.unit_id)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One closed quarter at a counter: its element as the supervisor reads it."""

    quarter: Words
    first: date
    last: date
    shown: Answers | Band | TooFew


@dataclass(frozen=True, slots=True)
class BlocksOfCounter:
    """The closed quarters of one counter, newest first."""

    name: str
    lines: tuple[BlockLine, ...]


@dataclass(frozen=True, slots=True)
class OwnQuarter:
    """About how many verified answers of a quarter are an officer's: no figure of them."""

    quarter: Words
    n: int


@dataclass(frozen=True, slots=True)
class NeedBlocks:
    """What a need rests on: blocks of counters, or an officer's quarters without figures."""

    line: NeedLine
    counters: tuple[BlocksOfCounter, ...]
    quarters: tuple[OwnQuarter, ...]


def need_blocks(site: Site, viewer: Viewer, need_id: int) -> NeedBlocks:
    """The closed blocks behind a need of HR's agency; a proposal has none."""
    with site.db.read() as session:
        row = queries.need_of_agency(session, need_id, agency_id=viewer.agency_id)
        if row is None or row.quarter_end is None:
            raise NotThereError
        return NeedBlocks(
            line=lines_of(session, viewer.agency_id, [row])[0],
            counters=_counters(site, session, row, row.quarter_end),
            quarters=_quarters(session, row, row.quarter_end) if row.level == "officer" else (),
        )


def _counters(site: Site, session: Session, row: NeedRow, end: date) -> tuple[BlocksOfCounter, ...]:
    if row.level == "officer":
        return ()
    names = {one.id: one.name for one in counters.counters_of_units(session, [row.unit_id])}
    ids = [row.ref_id] if row.level == "counter" else list(names)
    oldest = months_later(quarter_start(end), -3 * (QUARTERS - 1))
    grids = closed_figures.grids(site, session, ids, oldest=grid_start(oldest))
    found = []
    for counter_id in ids:
        lines = []
        for quarter in closed_quarters(grids[counter_id].blocks, today=site.today()):
            if oldest <= quarter.starts <= end:
                months = months_of(quarter.blocks)
                shown = closed_figures.elements_over(site, session, counter_id, months)
                words = title(quarter_from(quarter.starts))
                lines.append(BlockLine(words, quarter.first, quarter.last, shown[row.item]))
        found.append(BlocksOfCounter(names.get(counter_id, ""), tuple(reversed(lines))))
    return tuple(found)


def _quarters(session: Session, row: NeedRow, end: date) -> tuple[OwnQuarter, ...]:
    starts = [months_later(quarter_start(end), -3 * back) for back in range(QUARTERS)]
    owners = joins.owners_on(session, end)
    rows = [row.ref_id, *(one for one, owner in owners.items() if owner == row.ref_id)]
    return tuple(
        OwnQuarter(
            title(quarter_from(start)),
            queries.verified_answers(
                session,
                rows,
                days=(start, months_later(start, 3) - timedelta(days=1)),
            )
            // TENS
            * TENS,
        )
        for start in starts
    )
