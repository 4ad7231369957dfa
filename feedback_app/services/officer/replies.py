"""An officer's reply to a closed batch, and the supervisor's page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from feedback_app.domain.disclosure import mask
from feedback_app.domain.survey import Span, title
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.officer.signed_in import (
    batch_keyed,
    batches_of_viewer,
    own_officer,
    span_of_batch,
)
from feedback_app.services.site import Site
from feedback_app.storage.models import OfficerReply
from feedback_app.storage.queries import officer_room

LONGEST_REPLY = 1000
PAGE_LINES = 20


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A standing reply as a supervisor reads it: private numbers are masked."""

    officer: str
    unit: str
    title: tuple[str, str]
    made_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """One page of them."""

    lines: tuple[ReplyLine, ...]
    total: int
    page: int
    pages: int


def write_reply(site: Site, viewer: Viewer, key: str, *, text: str) -> None:
    """Append the officer's words to the newest published batch; older words stay in the table."""
    written = text.strip().replace("\r\n", "\n")
    if not written:
        raise FieldFaultError("text", "Tulis tanggapan Anda.")
    if len(written) > LONGEST_REPLY:
        raise FieldFaultError("text", "Tanggapan paling banyak 1.000 huruf.")
    if "\x00" in written:
        raise FieldFaultError("text", "Tanggapan memuat huruf yang tidak dapat disimpan.")
    batches = batches_of_viewer(site, viewer)
    batch = batch_keyed(batches, key)
    if batch is not batches[0]:
        raise FieldFaultError(
            "text", "Periode berikutnya sudah terbit; tanggapan ini tidak dapat diubah lagi."
        )
    span = span_of_batch(batch)
    with site.db.transaction() as tx:
        officer = own_officer(tx, viewer)
        tx.add(
            OfficerReply(
                agency_id=officer.agency_id,
                officer_id=officer.id,
                account_id=viewer.account_id,
                first_day=span.first,
                last_day=span.last,
                text=written,
                made_at=site.now(),
            )
        )
        log_act(tx, site, viewer, "reply_to_batch", f"{officer.id} {key}")


def unit_replies(site: Site, viewer: Viewer, *, page: int) -> ReplyPage:
    """Replies of the officers of the viewer's units, newest first."""
    with site.db.read() as session:
        total, _none = officer_room.replies_in_units(session, viewer.unit_ids, limit=0, offset=0)
        pages = max(1, ceil(total / PAGE_LINES))
        page = min(max(page, 1), pages)
        _total, rows = officer_room.replies_in_units(
            session, viewer.unit_ids, limit=PAGE_LINES, offset=(page - 1) * PAGE_LINES
        )
    lines = tuple(
        ReplyLine(
            officer=row.officer,
            unit=row.unit,
            title=title(Span(row.reply.first_day, row.reply.last_day)),
            made_at=row.reply.made_at,
            text=mask(row.reply.text, names=()),
        )
        for row in rows
    )
    return ReplyPage(lines, total, page, pages)
