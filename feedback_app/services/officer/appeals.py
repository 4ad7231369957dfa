"""Appeals: what an officer may appeal against, opening one, its second review, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from feedback_app.domain.appeals import (
    GROUNDS,
    KINDS,
    LONGEST_TEXT,
    AppealClass,
    Made,
    Offer,
    apart_from_open,
    deadline,
    is_corrected,
    may_open,
    may_review,
    offered,
    offers,
    second_deadline,
    within,
)
from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.survey import Span, slug, title
from feedback_app.domain.tiers import TIERS
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.holding import new_case
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.happenings.beside import Beside, beside_case
from feedback_app.services.officer.signed_in import (
    appeals_made,
    batch_keyed,
    batches_of_viewer,
    own_officer,
    span_of_batch,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Officer
from feedback_app.storage.queries import cases, officer_room


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen for one batch now; none once the deadline is over."""

    key: str
    title: tuple[str, str]
    offers: tuple[Offer, ...]
    deadline: date
    counters: dict[str, str]  # names by the value of a counter's class


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal as its officer sees it: reasons without the names of those who gave them."""

    case: Case
    title: tuple[str, str]
    kind: str
    value: str
    counter: str
    reasons: tuple[str, ...]
    may_review: bool
    review_until: date | None
    other_round: Case | None
    happenings: tuple[Beside, ...]  # on the days that it is about


def choice_of(site: Site, viewer: Viewer, key: str) -> Choice:
    """The classes of one published batch that an appeal is still taken for."""
    span = span_of_batch(batch_keyed(batches_of_viewer(site, viewer), key))
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        found = _open_offers(site, session, officer, span)
        ids = [int(one.what.value) for one in found if one.what.kind == "counter"]
        names = officer_room.counter_names(session, ids)
    return Choice(
        key=slug(span),
        title=title(span),
        offers=tuple(found),
        deadline=deadline(span),
        counters={str(counter_id): name for counter_id, name in names.items()},
    )


def open_appeal(
    site: Site, viewer: Viewer, key: str, *, class_key: str, grounds: str, text: str
) -> int:
    """Open a case about one class of a batch and put its answers in; return its number."""
    _check_words(grounds, text)
    span = span_of_batch(batch_keyed(batches_of_viewer(site, viewer), key))
    with site.db.transaction() as tx:
        officer = own_officer(tx, viewer)
        officer_room.lock_officer(tx, officer.id)
        if site.today() > deadline(span):
            raise FieldFaultError("what", "Batas waktu keberatan untuk periode ini sudah lewat.")
        what = offered(_open_offers(site, tx, officer, span), class_key)
        if what is None:
            raise FieldFaultError(
                "what", "Pilih salah satu kelompok penilaian yang belum pernah Anda ajukan."
            )
        case = _open_case(tx, site, officer, what, grounds=grounds, text=text, first=None)
        log_act(tx, site, viewer, "open_appeal", what.key)
        return case.id


def open_review(site: Site, viewer: Viewer, case_id: int, *, text: str) -> int:
    """Take a rejected appeal to two other people, once; return the new case's number."""
    with site.db.transaction() as tx:
        officer = own_officer(tx, viewer)
        officer_room.lock_officer(tx, officer.id)
        first, one, made = _own_case(tx, officer, case_id)
        what = one.what
        if not may_review(one, made, today=site.today()):
            raise FieldFaultError("text", "Peninjauan kedua tidak dapat diminta lagi.")
        if offered(_all_offers(tx, officer, what.span, made), what.key) is None:
            raise FieldFaultError(
                "text", "Kelompok penilaian ini kini terlalu kecil untuk ditinjau lagi."
            )
        grounds = str(first.detail["about"]["grounds"])
        _check_words(grounds, text)
        case = _open_case(tx, site, officer, what, grounds=grounds, text=text, first=first)
        log_act(tx, site, viewer, "ask_second_review", what.key)
        return case.id


def appeal_of(site: Site, viewer: Viewer, case_id: int) -> Appeal:
    """One appeal of the viewer's own; NotThereError for any other."""
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        case, one, made = _own_case(session, officer, case_id)
        what = one.what
        counter = ""
        if what.kind == "counter":
            counter = officer_room.counter_names(session, [int(what.value)])[int(what.value)]
        others = [
            other
            for other in officer_room.appeals_of(session, officer.id)
            if other.rules == case.rules and other.id != case.id
        ]
        return Appeal(
            case=case,
            title=title(what.span),
            kind=what.kind,
            value=what.value,
            counter=counter,
            reasons=tuple(officer_room.reasons_for(session, case.id, case.outcome or "")),
            may_review=may_review(one, made, today=site.today()),
            review_until=second_deadline(one.closed_on) if one.closed_on else None,
            other_round=others[0] if others else None,
            happenings=beside_case(session, case),
        )


def barred_reviewers(session: Session, case: Case) -> set[int]:
    """Accounts that may not decide this case: a second review is for two other people."""
    first = case.detail.get("first_case")
    return officer_room.reviewers_of(session, int(first)) if first else set()


def _check_words(grounds: str, text: str) -> None:
    if grounds not in GROUNDS:
        raise FieldFaultError("grounds", "Pilih satu alasan.")
    if not text.strip():
        raise FieldFaultError("text", "Jelaskan alasan Anda dengan singkat.")
    if len(text.strip()) > LONGEST_TEXT:
        raise FieldFaultError("text", "Penjelasan paling banyak 1.000 huruf.")
    if "\x00" in text:
        raise FieldFaultError("text", "Penjelasan memuat huruf yang tidak dapat disimpan.")


def _open_offers(site: Site, session: Session, officer: Officer, span: Span) -> list[Offer]:
    """What may still be appealed against today."""
    made = appeals_made(session, officer_room.appeals_of(session, officer.id))
    found = _all_offers(session, officer, span, made)
    return [one for one in found if may_open(one.what.key, made, span=span, today=site.today())]


def _all_offers(
    session: Session, officer: Officer, span: Span, made: Sequence[Made]
) -> list[Offer]:
    """Classes of a batch; once it was corrected, only further days of absence (no sizes)."""
    cells = officer_room.cells_of_officer(session, officer.id, since=span.first)
    found = offers(span, within(cells, span), present=_days_on_duty(session, officer, span))
    if is_corrected(span, made):
        found = [one for one in found if one.what.kind == "day"]
    return apart_from_open(found, made, within(cells, span))


def _days_on_duty(session: Session, officer: Officer, span: Span) -> set[date]:
    since = local_instant(span.first, time.min)
    until = local_instant(span.last + timedelta(days=1), time.min)
    days: set[date] = set()
    for shift in officer_room.shifts_of_officer(session, officer.id, since=since, until=until):
        day = local_day(shift.starts_at)
        while local_instant(day, time.min) < shift.ends_at:
            days.add(day)
            day += timedelta(days=1)
    return days


def _open_case(
    tx: Session,
    site: Site,
    officer: Officer,
    what: AppealClass,
    *,
    grounds: str,
    text: str,
    first: Case | None,
) -> Case:
    case = new_case(
        tx,
        site,
        agency_id=officer.agency_id,
        unit_id=officer.unit_id,
        counter_id=int(what.value) if what.kind == "counter" else None,
        kind="appeal",
        rules=what.key,
        at=site.now(),
    )
    case.officer_id = officer.id
    days = _days_of(what)
    case.first_day, case.last_day = days
    case.detail = {
        "class": _in_words(tx, what),
        "grounds": GROUNDS[grounds][0],
        "text": text.strip(),
        "about": {  # class_of in own.py reads it back
            "kind": what.kind,
            "value": what.value,
            "first": what.span.first.isoformat(),
            "last": what.span.last.isoformat(),
            "grounds": grounds,
        },
        "round": 1 if first is None else 2,
    } | ({} if first is None else {"first_case": first.id})
    ids = officer_room.answers_of_class(
        tx, officer.id, first=days[0], last=days[1], only=_narrowed(what)
    )
    case.size = cases.add_answers(tx, case, ids)
    return case


def _in_words(session: Session, what: AppealClass) -> str:
    """The class for those who decide, who read Indonesian."""
    value = what.value
    if what.kind == "tier":
        value = TIERS[value][0]
    elif what.kind == "counter":
        value = officer_room.counter_names(session, [int(value)])[int(value)]
    return f"{KINDS[what.kind][0]}: {value}" if value else KINDS[what.kind][0]


def _days_of(what: AppealClass) -> tuple[date, date]:
    if what.kind == "day":
        day = date.fromisoformat(what.value)
        return day, day
    return what.span.first, what.span.last


def _narrowed(what: AppealClass) -> tuple[str, object] | None:
    if what.kind == "tier":
        return "tier", what.value
    if what.kind == "counter":
        return "counter_id", int(what.value)
    return None


def _own_case(
    session: Session, officer: Officer, case_id: int
) -> tuple[Case, Made, Sequence[Made]]:
    found = officer_room.appeals_of(session, officer.id)
    made = appeals_made(session, found)
    for case, one in zip(found, made, strict=True):
        if case.id == case_id:
            return case, one, made
    raise NotThereError
