"""The officer's own room: progress against the own past, thanks, and what it all rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.appeals import Cell, Made, deadline, is_corrected, within
from feedback_app.domain.disclosure import MIN_GROUP, Batch, comment_batches, mask, merge_small
from feedback_app.domain.officer_batches import Span
from feedback_app.domain.thanks import is_thanks
from feedback_app.domain.tiers import VERIFIED
from feedback_app.services.accounts import Viewer
from feedback_app.services.officer.own import appeals_made, batch_keyed, own_officer
from feedback_app.services.officer_figures import OfficerBatch, OfficerFigures, closed_batches
from feedback_app.services.site import Site
from feedback_app.services.training_hours import OfficerHistory, own_history
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Officer, OfficerReply
from feedback_app.storage.queries import officer_room
from feedback_app.storage.queries.officer_room import Seen

RECENT_VIEWS = 5
THANKS_SHOWN = 3  # batches of thanks


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a batch's answers: names (counters or tiers) and how many; never below ten."""

    names: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What a batch's figures rest on."""

    counters: tuple[Part, ...]
    tiers: tuple[Part, ...]
    unverified: float  # share of answers that came through the poster
    another: float | None  # share of answers at these counters that named another officer


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch as its officer sees it; without figures once a day was taken out of it."""

    batch: OfficerBatch
    is_corrected: bool
    reply: OfficerReply | None
    appeals: int


@dataclass(frozen=True, slots=True)
class Room:
    """Everything on the room's first page; `newest` is the last batch that still has figures."""

    officer: Officer
    figures: OfficerFigures
    batches: tuple[BatchView, ...]
    newest: OfficerBatch | None
    basis: Basis | None
    thanks: tuple[Batch, ...]
    history: OfficerHistory
    seen: tuple[Seen, ...]
    appeals: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch's own page; `basis` is None once a day was taken out of it."""

    view: BatchView
    basis: Basis | None
    may_reply: bool
    last_day_to_appeal: date
    may_appeal: bool


def own_room(site: Site, viewer: Viewer) -> Room:
    """The room of the viewer's own officer; NotThereError when the account has none."""
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        figures = closed_batches(session, officer, today=site.today())
        cells = officer_room.cells_of_officer(session, officer.id)
        appeals = officer_room.appeals_of(session, officer.id)
        views = _views(session, officer, figures, appeals_made(session, appeals), cells)
        usable = [view.batch for view in views if not view.is_corrected]
        newest = usable[-1] if usable else None
        _total, seen = officer_room.who_saw(session, officer.id, limit=RECENT_VIEWS, offset=0)
        return Room(
            officer=officer,
            figures=figures,
            batches=views,
            newest=newest,
            basis=None if newest is None else _basis(session, newest.span, cells),
            thanks=_thanks(site, session, officer),
            history=own_history(session, officer, year=site.today().year),
            seen=tuple(seen),
            appeals=tuple(appeals),
        )


def own_batch(site: Site, viewer: Viewer, key: str) -> BatchPage:
    """One closed batch of the viewer's own officer; NotThereError for any other."""
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        figures = closed_batches(session, officer, today=site.today())
        batch = batch_keyed(figures, key)
        made = appeals_made(session, officer_room.appeals_of(session, officer.id))
        cells = officer_room.cells_of_officer(session, officer.id)
        views = _views(session, officer, figures, made, cells)
        view = next(view for view in views if view.batch is batch)
        return BatchPage(
            view=view,
            basis=None if view.is_corrected else _basis(session, batch.span, cells),
            may_reply=batch is figures.batches[-1],
            last_day_to_appeal=deadline(batch.span),
            may_appeal=site.today() <= deadline(batch.span),
        )


def _views(
    session: Session,
    officer: Officer,
    figures: OfficerFigures,
    made: Sequence[Made],
    cells: Sequence[Cell],
) -> tuple[BatchView, ...]:
    replies = officer_room.newest_replies(session, officer.id)
    return tuple(
        BatchView(
            batch=batch,
            is_corrected=is_corrected(batch.span, made, cells),
            reply=replies.get(batch.span.first),
            appeals=sum(1 for one in made if one.what.span.first == batch.span.first),
        )
        for batch in figures.batches
    )


def _basis(session: Session, span: Span, cells: Sequence[Cell]) -> Basis:
    own = within(cells, span)
    counters, tiers = _sizes(own, "counter_id"), _sizes(own, "tier")
    names = officer_room.counter_names(session, [int(key) for key in counters])
    total, another = officer_room.answers_at_counters(
        session, list(names), first=span.first, last=span.last_day
    )
    verified = sum(n for tier, n in tiers.items() if tier in VERIFIED)
    return Basis(
        counters=_parts(counters, {str(key): name for key, name in names.items()}),
        tiers=_parts(tiers, {key: key for key in tiers}),
        unverified=1 - verified / sum(tiers.values()),
        another=another / total if total >= MIN_GROUP else None,
    )


def _sizes(cells: Iterable[Cell], by: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for cell in cells:
        key = str(getattr(cell, by))
        sizes[key] = sizes.get(key, 0) + cell.n
    return dict(sorted(sizes.items()))


def _parts(sizes: Mapping[str, int], names: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(
        Part(tuple(names[key] for key in group), sum(sizes[key] for key in group))
        for group in merge_small(sizes, at_least=MIN_GROUP)
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
    return tuple(
        Batch(batch.first, batch.last, tuple(mask(text, names=names) for text in batch.texts))
        for batch in batches
    )
