"""What supervisors and officers say of needs: answers to five questions, proposals, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.need_words import ANSWERS, LONGEST, QUESTIONS
from feedback_app.domain.roles import Role
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.needs.decisions import checked_words
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedAnswer, NeedReply, NeedRow
from feedback_app.storage.queries import needs as queries
from feedback_app.storage.queries import trainings


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody thinks is needed: by whom or where, of which element, in words."""

    level: str
    ref_id: int
    unit_id: int
    item: str
    nature: str
    words: str
    training_code: str  # one of the catalogue, or empty


def propose(tx: Session, site: Site, viewer: Viewer, told: Proposal) -> int:
    """Keep a proposal within somebody's transaction, after they were found to be allowed."""
    if told.item not in OFFICER_KEYS:
        raise FieldFaultError("item", "Pilih salah satu dari daftar.")
    if told.nature not in ("training", "process"):
        raise FieldFaultError("nature", "Pilih salah satu dari daftar.")
    words = checked_words(told.words, "words", "Tulis apa yang diperlukan dan mengapa.")
    training = None
    if told.training_code:
        training = trainings.training_coded(tx, told.training_code, agency_id=viewer.agency_id)
        if training is None:
            raise FieldFaultError("training", "Pilih salah satu dari daftar.")
    row = NeedRow(
        agency_id=viewer.agency_id,
        unit_id=told.unit_id,
        voice=viewer.role.value,
        level=told.level,
        ref_id=told.ref_id,
        item=told.item,
        nature=told.nature,
        found_on=site.today(),
        n=0,
        cause_level="",
        words=words,
        training_id=training.id if training else None,
        proposed_by=viewer.account_id,
    )
    tx.add(row)
    tx.flush()
    log_act(tx, site, viewer, "propose_need", str(row.id), {"element": told.item})
    return row.id


def withdraw_proposal(site: Site, viewer: Viewer, need_id: int) -> None:
    """Take an own proposal back; not once it was decided."""
    with site.db.transaction() as tx:
        row = queries.need_to_change(tx, need_id, agency_id=viewer.agency_id)
        if row is None or row.proposed_by != viewer.account_id:
            raise NotThereError
        if queries.decisions_of(tx, [need_id]):
            raise FieldFaultError("words", "Usulan ini sudah diputuskan dan tidak dapat ditarik.")
        row.withdrawn_on = site.today()
        log_act(tx, site, viewer, "withdraw_proposal", str(need_id))


def answer_questions(
    tx: Session, site: Site, viewer: Viewer, row: NeedRow, answers: Mapping[str, str], words: str
) -> None:
    """Keep the five answers of a supervisor or officer to a need that is theirs to answer."""
    for key in QUESTIONS:
        if answers.get(key) not in ANSWERS:
            raise FieldFaultError(key, "Pilih satu jawaban.")
    words = words.strip()
    if len(words) > LONGEST:
        checked_words(words, "words", "")
    tx.add(
        NeedAnswer(
            agency_id=viewer.agency_id,
            need_id=row.id,
            account_id=viewer.account_id,
            role=viewer.role.value,
            answers={key: answers[key] for key in QUESTIONS},
            words=words,
            made_at=site.now(),
        )
    )
    log_act(tx, site, viewer, "answer_need", str(row.id))


def contradict(tx: Session, site: Site, viewer: Viewer, row: NeedRow, text: str) -> None:
    """Keep an officer's words against a need of theirs; what they wrote before stays too."""
    words = checked_words(text, "text", "Tulis mengapa Anda tidak setuju.")
    tx.add(
        NeedReply(
            agency_id=viewer.agency_id,
            need_id=row.id,
            account_id=viewer.account_id,
            text=words,
            made_at=site.now(),
        )
    )
    log_act(tx, site, viewer, "contradict_need", str(row.id))


def supervisors_own(tx: Session, viewer: Viewer, need_id: int) -> NeedRow:
    """A need that a supervisor may read: of the own units; of officers only what is asked.

    A need for training is between the officer and HR until it is planned.
    """
    row = queries.need_to_change(tx, need_id, agency_id=viewer.agency_id)
    if row is None or viewer.role is not Role.SUPERVISOR or row.unit_id not in viewer.unit_ids:
        raise NotThereError
    is_own = row.proposed_by == viewer.account_id
    if row.level == "officer" and not is_own and (row.voice != "data" or row.nature != "ask"):
        raise NotThereError
    return row
