"""How far the figures can be trusted: what was held, set aside, decided in time, appealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import Any

from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.screening import RULES
from feedback_app.domain.strictness import (
    SMALLEST,
    AppealYear,
    Decided,
    Few,
    RuleCount,
    appeal_years,
    in_time,
    rule_counts,
)
from feedback_app.services.public.kept import stamp_now
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Case
from feedback_app.storage.queries import agencies, strictness
from feedback_app.storage.queries.past_changes import past_changes

MONTHS = 12
APPEAL_YEARS = 5


@dataclass(frozen=True, slots=True)
class AgencyTrust:
    """One agency's totals."""

    name: str
    code: str
    received: int
    counted: int
    held: int
    aside: int
    rules: tuple[RuleCount, ...]
    in_time: int
    settled: int
    appeals: tuple[AppealYear, ...]


@dataclass(frozen=True, slots=True)
class TrustPage:
    """The last twelve whole months, both days included, agency by agency."""

    first: date
    last: date
    agencies: tuple[AgencyTrust, ...]


def trust_page(site: Site) -> TrustPage:
    """Totals of every agency over whole months, so that two looks in a month show the same.

    Kept until something changes months that are over: a decision, a sheet of paper.
    """
    first, last = _months(site.today())
    stamp = stamp_now(site)  # for names
    with site.db.read() as session:
        question = ("trust", first, last, stamp, past_changes(session))
        return site.closed.get(question, lambda: _trust_page(session, first=first, last=last))


def _trust_page(session: Session, *, first: date, last: date) -> TrustPage:
    by_state = strictness.answers_by_state(session, first=first, last=last)
    found = (
        _of_agency(session, agency, by_state.get(agency.id, {}), first=first, last=last)
        for agency in agencies.agencies(session)
    )
    return TrustPage(first, last, tuple(found))


def _months(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    number = last.year * 12 + last.month - MONTHS
    return date(number // 12, number % 12 + 1, 1), last


def _of_agency(
    session: Session, agency: Agency, by_state: Mapping[str, int], *, first: date, last: date
) -> AgencyTrust:
    held = _cases(session, agency, "held", first=first, last=last)
    since = date(last.year - APPEAL_YEARS + 1, 1, 1)
    appeals = _cases(session, agency, "appeal", first=since, last=last)
    good, settled = in_time(held)
    return AgencyTrust(
        name=agency.name,
        code=agency.code,
        received=sum(by_state.values()),
        counted=by_state.get("counted", 0),
        held=by_state.get("held", 0),
        aside=by_state.get("aside", 0),
        rules=rule_counts(held),
        in_time=good,
        settled=settled,
        appeals=appeal_years(appeals, as_of=last),
    )


def _cases(
    session: Session, agency: Agency, kind: str, *, first: date, last: date
) -> list[Decided]:
    found = strictness.cases_opened(
        session,
        agency.id,
        kind=kind,
        since=local_instant(first, time.min),
        until=local_instant(last + timedelta(days=1), time.min),
    )
    return [_decided(case) for case in found]


def _decided(case: Case) -> Decided:
    return Decided(
        rules=case.rules,
        size=case.size,
        opened_on=local_day(case.opened_at),
        due_on=case.due_on,
        closed_on=None if case.closed_at is None else local_day(case.closed_at),
        outcome=case.outcome,
    )


def as_document(page: TrustPage) -> dict[str, Any]:
    """The page for machines; null stands for a count from 1 to 4."""
    return {
        "first_day": page.first.isoformat(),
        "last_day": page.last.isoformat(),
        "null_means": f"1-{SMALLEST - 1}",
        "rules": {name: {"id": words[0], "en": words[1]} for name, words in RULES.items()},
        "agencies": [_told(asdict(agency)) for agency in page.agencies],
    }


def _told(value: Any) -> Any:
    if isinstance(value, Few) or value == {"below": SMALLEST}:
        return None
    if isinstance(value, dict):
        return {key: _told(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_told(inner) for inner in value]
    return value
