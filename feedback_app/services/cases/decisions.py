"""Cases before the inspectorate: read them, say what one holds, decide when two agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from feedback_app.domain import cases as rules
from feedback_app.domain.disclosure import mask
from feedback_app.domain.roles import Role
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters.coverage import crowded_counters
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.happenings.beside import Beside, beside_case
from feedback_app.services.officer.appeals import barred_reviewers
from feedback_app.services.officer.certificates import withdraw_changed
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, CaseOpinion
from feedback_app.storage.queries import cases as queries
from feedback_app.storage.queries import counters, notes
from feedback_app.storage.queries.cases import CaseRow
from feedback_app.storage.verdicts import Change, Standing, append_verdicts, standings

PER_PAGE = 25
COUNTED_SINCE = timedelta(days=365)
SHOWN_TEXTS = 3  # of one long comment that came in several times


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in the list."""

    case_id: int
    kind: str
    unit: str
    counter: str
    rules: tuple[str, ...]
    size: int
    first_day: date
    last_day: date
    due_on: date
    days_left: int
    voices: int
    outcome: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """What one person held; `outcome` and `reason` are None until one may read them."""

    name: str
    outcome: str | None
    reason: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case. Never an answer: those who decide must not know whom it would help."""

    line: CaseLine
    detail: Mapping[str, Any]
    marks: queries.Marks | None
    texts: tuple[str, ...]
    opinions: tuple[OpinionLine, ...]
    own_outcome: str | None
    may_decide: bool
    outcomes: Mapping[str, tuple[str, str]]
    following: int | None  # the next open case on which the viewer has not said anything
    waiting: int  # how many of those there are beside this one
    happenings: tuple[Beside, ...] = ()  # on the days that an appeal is about


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of the list."""

    lines: tuple[CaseLine, ...]
    total: int
    page: int
    pages: int
    crowded: tuple[str, ...]  # counters with more answers than visits can well explain


def case_page(site: Site, viewer: Viewer, *, kind: str, is_open: bool, page: int) -> CasePage:
    """Cases of the viewer's agency; an unknown kind means all."""
    kinds = [kind] if kind in rules.KINDS else list(rules.KINDS)
    with site.db.read() as session:
        total, _none = queries.cases_of_agency(
            session, viewer.agency_id, kinds=kinds, is_open=is_open, limit=0, offset=0
        )
        pages = max(-(-total // PER_PAGE), 1)
        page = min(max(page, 1), pages)
        _total, rows = queries.cases_of_agency(
            session,
            viewer.agency_id,
            kinds=kinds,
            is_open=is_open,
            limit=PER_PAGE,
            offset=(page - 1) * PER_PAGE,
        )
        names = counters.counters_of_agency(session, viewer.agency_id)
        crowded = crowded_counters(session, list(names), site.today())
    return CasePage(
        tuple(_line(site, row) for row in rows),
        total,
        page,
        pages,
        tuple(names[counter_id] for counter_id in names if counter_id in crowded),
    )


def _line(site: Site, row: CaseRow) -> CaseLine:
    case = row.case
    return CaseLine(
        case_id=case.id,
        kind=case.kind,
        unit=row.unit,
        counter=row.counter,
        rules=tuple(name for name in case.rules.split(",") if name),
        size=case.size,
        first_day=case.first_day,
        last_day=case.last_day,
        due_on=case.due_on,
        days_left=(case.due_on - site.today()).days,
        voices=row.opinions,
        outcome=case.outcome,
        closed_at=case.closed_at,
    )


def case_view(site: Site, viewer: Viewer, case_id: int) -> CaseView:
    """One case of the viewer's agency; NotThereError for any other."""
    with site.db.read() as session:
        row = queries.case_of_agency(session, case_id, viewer.agency_id)
        if row is None:
            raise NotThereError
        found = queries.opinions_on(session, case_id)
        own = next((o.outcome for o, _name in found[::-1] if o.account_id == viewer.account_id), "")
        waiting = queries.without_opinion_of(session, viewer.account_id, viewer.agency_id)
        others = [number for number in waiting if number != case_id]
        may_read = bool(own) or row.case.closed_at is not None
        voices = len({opinion.account_id for opinion, _name in found})
        return CaseView(
            line=replace(_line(site, row), voices=voices),
            detail=row.case.detail,
            marks=queries.marks_of(session, case_id) if row.case.kind == "held" else None,
            texts=_texts(session, row.case),
            opinions=tuple(_opinion(o, name, may_read=may_read) for o, name in found),
            own_outcome=own or None,
            may_decide=row.case.closed_at is None and _is_outside(session, viewer, row.case),
            outcomes=rules.OUTCOMES[row.case.kind],
            following=others[0] if others else None,
            waiting=len(others),
            happenings=beside_case(session, row.case) if row.case.kind == "appeal" else (),
        )


def _opinion(opinion: CaseOpinion, name: str, *, may_read: bool) -> OpinionLine:
    """The second voice must be its own: what the first held is read afterwards."""
    return OpinionLine(
        name=name,
        outcome=opinion.outcome if may_read else None,
        reason=opinion.reason if may_read else None,
        made_at=opinion.made_at,
    )


def _texts(session: Session, case: Case) -> tuple[str, ...]:
    """The comment that a case is about; other comments tell too much of single answers."""
    is_about_text = case.kind == "text" or "same_text" in case.rules.split(",")
    if not is_about_text or case.counter_id is None:
        return ()
    names = counters.names_at_counters(session, [case.counter_id])
    texts = dict.fromkeys(queries.comments_of(session, case))
    return tuple(mask(text, names=names) for text in list(texts)[:SHOWN_TEXTS])


def _is_outside(session: Session, viewer: Viewer, case: Case) -> bool:
    """Outside the unit, and in a second review nobody who decided the first time."""
    return (
        viewer.role is Role.INSPECTORATE
        and rules.may_decide(
            case.unit_id,
            own_units=viewer.unit_ids,
            own_officer=viewer.officer_id is not None and viewer.officer_id == case.officer_id,
        )
        and viewer.account_id not in barred_reviewers(session, case)
    )


def give_opinion(
    site: Site, viewer: Viewer, case_id: int, *, outcome: str, reason: str
) -> str | None:
    """Write down what the viewer holds; return the outcome once two people hold the same.

    FieldFaultError when the case is closed, the viewer inside the unit, or something is missing.
    """
    reason = reason.strip()
    with site.db.transaction() as tx:
        row = queries.case_of_agency(tx, case_id, viewer.agency_id, to_change=True)
        if row is None:
            raise NotThereError
        case = row.case
        _check_opinion(tx, viewer, case, outcome, reason)
        tx.add(
            CaseOpinion(
                agency_id=case.agency_id,
                case_id=case.id,
                account_id=viewer.account_id,
                outcome=outcome,
                reason=reason,
                made_at=site.now(),
            )
        )
        tx.flush()
        log_act(tx, site, viewer, "give_opinion", str(case.id), {"kind": case.kind})
        decided = rules.agreed(
            [
                rules.Opinion(opinion.account_id, opinion.outcome)
                for opinion, _name in queries.opinions_on(tx, case.id)
            ]
        )
        if decided is not None:
            moved = close_case(tx, site, case, decided, reason=reason)
            done = {"kind": case.kind, "outcome": decided, "answers": moved}
            log_act(tx, site, viewer, "decide_case", str(case.id), done)
    return decided


def _check_opinion(session: Session, viewer: Viewer, case: Case, outcome: str, reason: str) -> None:
    if case.closed_at is not None:
        raise FieldFaultError("outcome", "Kasus ini sudah diputus.")
    if not _is_outside(session, viewer, case):
        raise FieldFaultError("outcome", "Hanya orang dari luar unit yang dapat memutus.")
    if outcome not in rules.OUTCOMES[case.kind]:
        raise FieldFaultError("outcome", "Pilih salah satu pendapat.")
    if not rules.LEAST_REASON <= len(reason) <= rules.MOST_REASON:
        raise FieldFaultError("reason", "Tulis alasan, 10 sampai 500 huruf.")


def close_case(tx: Session, site: Site, case: Case, outcome: str, *, reason: str) -> int:
    """Close a case and give its answers the standing that follows; return how many changed."""
    site = site.at_one_instant()
    case.outcome, case.closed_at = outcome, site.now()
    if case.kind == "note":
        month = site.today().replace(day=1)
        return notes.give_standing(tx, case.id, rules.note_state(outcome), month=month)
    rows = standings(tx, queries.answers_of(tx, case.id))
    before = queries.counted_until(tx, case.id)
    changes = []
    for row in rows:
        standing = rules.standing_of(
            outcome, for_officer=row.for_officer, had_counted=row.rating["id"] in before
        )
        # an appeal is about what counts; it does not release what is held for another reason
        if standing is None or (outcome == "upheld" and row.state != "counted"):
            continue
        state, for_officer = standing
        changes.append(
            Change(row.rating["id"], state, for_officer, _day_counted(row, state, site.today()))
        )
    moved = {change.rating_id for change in changes}
    told = [row for row in rows if row.state == "counted" and row.rating["id"] in moved]
    withdraw_changed(tx, site, [(row.rating["officer_id"], row.counted_on) for row in told])
    return append_verdicts(tx, changes, reason=reason, at=site.now(), case_id=case.id)


def _day_counted(row: Standing, state: str, today: date) -> date:
    """Under which day the tally keeps it: a late one under today, so that closed days stay."""
    if state != "counted":
        own_day: date = row.rating["day"]
        return own_day
    return row.counted_on if row.state == "counted" else today


def decide_overdue(site: Site) -> int:
    """Held answers that nobody decided in time count for the unit, not for an officer.

    Those that counted until a case took them along count as they did before; held comments are
    then shown with the others.
    """
    with site.db.transaction() as tx:
        late = [
            *queries.overdue(tx, kind="held", today=site.today()),
            *queries.overdue(tx, kind="note", today=site.today()),
        ]
        for case in late:
            close_case(tx, site, case, rules.EXPIRED, reason="tidak diputus dalam 14 hari")
    return len(late)


def rule_totals(site: Site, viewer: Viewer) -> list[tuple[str, int, int]]:
    """(rule, held in the last year, of them set aside), by the order of the rules."""
    with site.db.read() as session:
        rows = queries.rule_counts(session, viewer.agency_id, since=site.now() - COUNTED_SINCE)
    held: dict[str, int] = {}
    aside: dict[str, int] = {}
    for names, size, set_aside in rows:
        for name in names.split(","):
            held[name] = held.get(name, 0) + size
            aside[name] = aside.get(name, 0) + set_aside
    return [(name, held[name], aside[name]) for name in sorted(held, key=lambda n: -held[n])]
