"""The officer's own room: progress against the own past, thanks, and what it all rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.appeals import Cell, Made, deadline, is_corrected, published_on, within
from feedback_app.domain.disclosure import MIN_GROUP, Batch, comment_batches
from feedback_app.domain.disclosure.blocks import PARTS_DELAY
from feedback_app.domain.interval import Mean
from feedback_app.domain.officer_words import Before, first_sentence
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import Span, short_title, span_of, title
from feedback_app.domain.texts import Words
from feedback_app.domain.thanks import is_thanks
from feedback_app.domain.tiers import TIERS
from feedback_app.services.access.people import Viewer
from feedback_app.services.lots.pages import OwnLot, own_lots
from feedback_app.services.officer.figures import OfficerBatch
from feedback_app.services.officer.planned import PlannedYear, own_plans
from feedback_app.services.officer.signed_in import (
    appeals_made,
    batch_keyed,
    batches_of_viewer,
    own_officer,
    span_of_batch,
)
from feedback_app.services.officer.suggestion import QuietDay, Suggestion, quiet_day, suggest
from feedback_app.services.site import Site
from feedback_app.services.trainings.after_course import asked_in
from feedback_app.services.trainings.hours import OfficerHistory, own_history
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Officer, OfficerReply
from feedback_app.storage.queries import joins, officer_room
from feedback_app.storage.queries.after_course import CourseTaken
from feedback_app.storage.queries.happenings import instrument_changes
from feedback_app.storage.queries.officer_room import Seen

RECENT_VIEWS = 5
THANKS_SHOWN = 3  # batches of thanks


@dataclass(frozen=True, slots=True)
class Basis:
    """What a quarter's answers about the officer came from."""

    counters: tuple[str, ...]
    tiers: tuple[str, ...]
    another: float | None  # share of answers at these counters that named another officer


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch as its officer sees it; without figures once too little was taken out of it.

    `changed_on` is the day in it from which the form asked other questions.
    """

    batch: OfficerBatch
    short: str
    changed_on: date | None
    is_corrected: bool
    reply: OfficerReply | None
    appeals: int


@dataclass(frozen=True, slots=True)
class Room:
    """Everything on the room's first page; `batches` run from new to old.

    `newest` is the last batch that has figures; `waiting` counts answers of quarters not yet out;
    `may_appeal` is about the newest one, with figures or without; `coming` names the quarter whose
    figures come next.
    """

    officer: Officer
    batches: tuple[BatchView, ...]
    newest: OfficerBatch | None
    basis: Basis | None
    waiting: TooFew
    coming: tuple[str, str]
    thanks: tuple[Batch, ...]
    history: OfficerHistory
    seen: tuple[Seen, ...]
    appeals: tuple[Case, ...]
    may_appeal: bool
    quiet: QuietDay | None


@dataclass(frozen=True, slots=True)
class Start:
    """What the room begins with: one sentence and what comes next; everything else is behind it.

    `sentence` is None where no figure stands yet, or the figure is only told as a band. `waiting`
    counts answers up to yesterday's close, for the figure that comes out on `coming_on`.
    """

    officer: Officer
    sentence: Words | None
    newest: OfficerBatch | None
    waiting: TooFew
    coming: tuple[str, str]
    coming_on: date
    thanks: str
    history: OfficerHistory
    suggestion: Suggestion | None
    quiet: QuietDay | None
    lots: tuple[OwnLot, ...]
    plans: tuple[PlannedYear, ...]
    asked: tuple[CourseTaken, ...]  # courses to answer about


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch's own page."""

    view: BatchView
    basis: Basis
    published_on: date
    may_reply: bool
    last_day_to_appeal: date
    may_appeal: bool


def own_room(site: Site, viewer: Viewer) -> Room:
    """The room of the viewer's own officer; NotThereError when the account has none."""
    batches = batches_of_viewer(site, viewer)
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        cells = officer_room.cells_of_officer(session, officer.id, since=_oldest(batches))
        appeals = officer_room.appeals_of(session, officer.id)
        views = _views(session, officer, batches, appeals_made(session, appeals))
        told = [view.batch for view in views if view.batch.items and not view.is_corrected]
        newest = told[0] if told else None
        _total, seen = officer_room.who_saw(session, officer.id, limit=RECENT_VIEWS, offset=0)
        return Room(
            officer=officer,
            batches=views,
            newest=newest,
            basis=None if newest is None else _basis(session, newest, cells),
            waiting=_waiting(cells, batches),
            coming=title(_coming(site.today())),
            thanks=_thanks(site, session, officer),
            history=own_history(session, officer, year=site.today().year),
            seen=tuple(seen),
            appeals=tuple(appeals),
            may_appeal=bool(batches) and site.today() <= deadline(span_of_batch(batches[0])),
            quiet=quiet_day(session, joins.rows_of(session, officer.id), today=site.today()),
        )


def own_start(site: Site, viewer: Viewer) -> Start:
    """The room's first page; NotThereError when the account has no officer."""
    batches = batches_of_viewer(site, viewer)
    today = site.today()
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        made = appeals_made(session, officer_room.appeals_of(session, officer.id))
        told = [one for one in batches if one.items and not is_corrected(span_of_batch(one), made)]
        newest = told[0] if told else None
        cells = officer_room.cells_of_officer(session, officer.id, since=_oldest(batches))
        closed = [cell for cell in cells if cell.day < today]
        history = own_history(session, officer, year=today.year)
        thanks = _thanks(site, session, officer)
        rows = joins.rows_of(session, officer.id)
        lots = tuple(own_lots(session, officer.id, today=today))
        own_days = {x.row.training.id: x.day for x in lots if x.state != "called_off"}
        return Start(
            officer=officer,
            sentence=_sentence(told),
            newest=newest,
            waiting=_waiting(closed, batches),
            coming=title(_coming(today)),
            coming_on=published_on(_coming(today)),
            thanks=thanks[0].texts[0] if thanks else "",
            history=history,
            suggestion=suggest(session, officer, newest, history, today=today, own_days=own_days),
            quiet=quiet_day(session, rows, today=today),
            lots=lots,
            plans=own_plans(session, officer, today=today),
            asked=tuple(asked_in(session, site, viewer)),
        )


def _sentence(told: Sequence[OfficerBatch]) -> Words | None:
    """The newest figure beside that of a year before, or of the quarter before it."""
    if not told or not isinstance(told[0].mean, Mean):
        return None
    newest = told[0]
    first = span_of_batch(newest).first
    earlier = {span_of_batch(one).first: one for one in told[1:]}
    year_ago = earlier.get(first.replace(year=first.year - 1))
    before = year_ago or (told[1] if told[1:] else None)
    if before is None or not isinstance(before.mean, Mean):
        return first_sentence(told[0].mean, None)
    name: Words = (
        ("tahun lalu", "last year") if before is year_ago else title(span_of_batch(before))
    )
    return first_sentence(told[0].mean, Before(before.mean, name))


def own_batch(site: Site, viewer: Viewer, key: str) -> BatchPage:
    """One closed batch of the viewer's own officer; NotThereError for any other."""
    batches = batches_of_viewer(site, viewer)
    batch = batch_keyed(batches, key)
    span = span_of_batch(batch)
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        made = appeals_made(session, officer_room.appeals_of(session, officer.id))
        (view,) = _views(session, officer, [batch], made)
        cells = officer_room.cells_of_officer(session, officer.id, since=span.first)
        return BatchPage(
            view=view,
            basis=_basis(session, batch, cells),
            published_on=published_on(span),
            may_reply=batch is batches[0],
            last_day_to_appeal=deadline(span),
            may_appeal=site.today() <= deadline(span),
        )


def _views(
    session: Session, officer: Officer, batches: Sequence[OfficerBatch], made: Sequence[Made]
) -> tuple[BatchView, ...]:
    replies = officer_room.newest_replies(session, officer.id)
    days = instrument_changes(session, agency_id=officer.agency_id)
    views = []
    for batch in batches:
        span = span_of_batch(batch)
        views.append(
            BatchView(
                batch=batch,
                short=short_title(span),
                changed_on=next((day for day in days if span.first < day <= span.last), None),
                is_corrected=is_corrected(span, made),
                reply=replies.get(span.first),
                appeals=sum(1 for one in made if one.what.span == span),
            )
        )
    return tuple(views)


def _oldest(batches: Sequence[OfficerBatch]) -> date:
    """The first day that a page asks about; of five years a room shows one."""
    return min((span_of_batch(batch).first for batch in batches), default=date.min)


def _waiting(cells: Sequence[Cell], batches: Sequence[OfficerBatch]) -> TooFew:
    """How many answers (no more than that) came in after the newest batch."""
    newest = batches[0].last if batches else date.min
    return TooFew(n=sum(cell.n for cell in cells if cell.day > newest), needed=MIN_GROUP)


def _coming(today: date) -> Span:
    """The quarter of today, or the one before while its figures are not out yet."""
    day = today - PARTS_DELAY
    return span_of("quarter", year=day.year, part=(day.month + 2) // 3)


def _basis(session: Session, batch: OfficerBatch, cells: Sequence[Cell]) -> Basis:
    span = span_of_batch(batch)
    own = within(cells, span)
    names = officer_room.counter_names(session, {cell.counter_id for cell in own})
    total, another = officer_room.answers_at_counters(
        session, list(names), first=span.first, last=span.last
    )
    tiers = {cell.tier for cell in own}
    return Basis(
        counters=tuple(sorted(names.values())),
        tiers=tuple(tier for tier in TIERS if tier in tiers),
        another=another / total if total >= MIN_GROUP else None,
    )


def _thanks(site: Site, session: Session, officer: Officer) -> tuple[Batch, ...]:
    """The newest batches of thanks; colleagues' names and everybody's numbers are masked."""
    remarks = [
        remark
        for remark in officer_room.remarks_about(session, officer.id)
        if is_thanks(remark.text)
    ]
    names = officer_room.other_officers_names(session, officer)
    seed = site.keys_for("comment order")[-1].hex()
    batches = comment_batches(remarks, today=site.today(), seed=seed)[:THANKS_SHOWN]
    return tuple(batch.masked(names) for batch in batches)
