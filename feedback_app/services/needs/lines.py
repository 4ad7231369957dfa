"""One need as its readers see it: named, rounded, with what stands decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure.needs import ShownGap, shown_gap
from feedback_app.domain.need_words import decided_from
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedDecision, NeedReply, NeedRow
from feedback_app.storage.queries import counters, joins
from feedback_app.storage.queries import needs as queries


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need or a proposal; `shown` is None for a proposal, which has no figures.

    `ref_id` of an officer is who the row is today (ADR 19).
    """

    need_id: int
    level: str
    ref_id: int
    unit_id: int
    name: str  # of the officer, counter or unit
    item: str
    nature: str
    voice: str
    shown: ShownGap | None
    cause_level: str
    words: str
    found_on: date
    quarter_end: date | None
    decision: NeedDecision | None
    reply: NeedReply | None
    may_decide_from: date

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.decision is None


def lines_of(session: Session, agency_id: int, rows: Sequence[NeedRow]) -> list[NeedLine]:
    """The rows in their order, with names."""
    owners = joins.owners_now(session)
    persons = {
        row.id: owners.get(row.ref_id, row.ref_id) if row.level == "officer" else row.ref_id
        for row in rows
    }
    names = _names(session, agency_id, {persons[x.id] for x in rows if x.level == "officer"})
    ids = [row.id for row in rows]
    decisions, replies = queries.decisions_of(session, ids), queries.replies_of(session, ids)
    return [
        NeedLine(
            need_id=row.id,
            level=row.level,
            ref_id=persons[row.id],
            unit_id=row.unit_id,
            name=names[row.level, persons[row.id]],
            item=row.item,
            nature=row.nature,
            voice=row.voice,
            shown=shown_of(row),
            cause_level=row.cause_level,
            words=row.words,
            found_on=row.found_on,
            quarter_end=row.quarter_end,
            decision=next(iter(decisions.get(row.id, [])), None),
            reply=next(iter(replies.get(row.id, [])), None),
            may_decide_from=decision_day(row),
        )
        for row in rows
    ]


def decision_day(row: NeedRow) -> date:
    """From when a need may be decided: the officer it is about reads it first."""
    is_about_officer = row.level == "officer" and row.voice != "officer"
    return decided_from(row.found_on, row.officer_saw_on, is_about_officer=is_about_officer)


def shown_of(row: NeedRow) -> ShownGap | None:
    """What may be shown of its figures; None for a proposal."""
    if row.gap is None or row.low is None or row.high is None:
        return None
    return shown_gap(gap=row.gap, low=row.low, high=row.high, n=row.n, reliability=row.reliability)


def _names(
    session: Session, agency_id: int, officer_ids: Collection[int]
) -> dict[tuple[str, int], str]:
    named = {
        "officer": counters.officers_named(session, officer_ids),
        "counter": queries.counter_names(session, agency_id=agency_id),
        "unit": queries.unit_names(session, agency_id=agency_id),
    }
    return {(level, key): name for level, own in named.items() for key, name in own.items()}
