"""A person decides of a need, with a reason; nothing happens without that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from feedback_app.domain.need_words import DECIDED, DECISIONS, LONGEST
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.needs.lines import decision_day
from feedback_app.services.needs.page import account_names
from feedback_app.services.site import Site
from feedback_app.services.survey.follow_up import Origin, record_plan
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedDecision, NeedRow
from feedback_app.storage.queries import needs as queries
from feedback_app.storage.queries import places

MENDED_BY = timedelta(days=60)  # the supervisor changes it to what can be kept


@dataclass(frozen=True, slots=True)
class Told:
    """What HR says: one of DECISIONS, why, and which decision (number) stood on the page."""

    kind: str
    reason: str
    seen: int


def decide(site: Site, viewer: Viewer, need_id: int, told: Told) -> None:
    """Keep a decision; of two at once the second is told, and nothing of theirs is kept.

    "Mend" becomes a follow-up plan of the unit at once.
    """
    reason = checked_words(told.reason, "reason", "Tulis alasannya, supaya dapat dibaca kembali.")
    if told.kind not in DECISIONS:
        raise FieldFaultError("kind", "Pilih salah satu keputusan.")
    with site.db.transaction() as tx:
        row = queries.need_to_change(tx, need_id, agency_id=viewer.agency_id)
        if row is None:
            raise NotThereError
        _may_be_decided(site, row)
        number = _next_number(tx, viewer, row, seen=told.seen)
        tx.add(
            NeedDecision(
                agency_id=viewer.agency_id,
                need_id=need_id,
                number=number,
                kind=told.kind,
                reason=reason,
                nature=row.nature,
                gap=row.gap,
                account_id=viewer.account_id,
                made_at=site.now(),
            )
        )
        log_act(
            tx,
            site,
            viewer,
            "decide_need",
            str(need_id),
            {"decision": told.kind, "element": row.item, "level": row.level, "note": reason},
        )
        if told.kind == "mend":
            _hand_over(tx, site, viewer, row, reason)


def checked_words(text: str, field: str, missing: str) -> str:
    """The text without blanks around it; FieldFaultError when empty or too long."""
    words = text.strip()
    if not words:
        raise FieldFaultError(field, missing)
    if len(words) > LONGEST:
        raise FieldFaultError(
            field,
            "Paling banyak %(most)s huruf; tulisan ini %(n)s huruf. Ringkaskan, lalu kirim lagi.",
            most=LONGEST,
            n=len(words),
        )
    return words


def _may_be_decided(site: Site, row: NeedRow) -> None:
    day = decision_day(row)
    if site.today() < day:
        raise FieldFaultError(
            "kind",
            "Petugasnya berhak membaca dahulu. Keputusan dapat diambil mulai %(day)s, "
            "atau begitu ia membacanya.",
            day=f"{day:%d-%m-%Y}",
        )


def _next_number(tx: Session, viewer: Viewer, row: NeedRow, *, seen: int) -> int:
    decisions = queries.decisions_of(tx, [row.id]).get(row.id, [])
    standing = decisions[0].number if decisions else 0
    if standing != seen:
        names = account_names(tx, viewer.agency_id)
        raise FieldFaultError(
            "seen",
            "%(name)s sudah lebih dahulu memutuskan: %(decision)s (%(reason)s). Keputusan Anda "
            "belum disimpan. Baca dahulu, lalu kirim lagi bila tetap perlu.",
            name=names[decisions[0].account_id],
            decision=DECIDED[decisions[0].kind],
            reason=decisions[0].reason,
        )
    return standing + 1


def _hand_over(tx: Session, site: Site, viewer: Viewer, row: NeedRow, reason: str) -> None:
    values = {
        "element": row.item,
        "cause": "Kebutuhan dari penilaian warga: penyebabnya cara kerja atau tempat.",
        "action": reason,
        "due": site.today() + MENDED_BY,
        "responsible": "Atasan unit",
        "status": "planned",
        "note": "",
    }
    counter_id = row.ref_id if row.level == "counter" else None
    unit_id, counter_id = places.in_charge(tx, row.unit_id, counter_id)
    record_plan(tx, site, viewer, Origin(unit_id, counter_id=counter_id, need_id=row.id), values)
