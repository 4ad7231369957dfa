"""Who decides, answers, contradicts and proposes; what each of them may read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from feedback_app.domain.need_words import LONGEST, QUESTIONS
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.needs import own, unit, voices
from feedback_app.services.needs.decisions import Told, decide
from feedback_app.services.needs.page import need_page
from feedback_app.services.site import Site
from feedback_app.storage.db import Base
from feedback_app.storage.models import (
    Account,
    AuditEntry,
    FollowUp,
    NeedAnswer,
    NeedDecision,
    NeedReply,
    NeedRow,
)
from tests.conftest import SteppedClock
from tests.ground.need_rows import add_need
from tests.ground.office import Office

YES = dict.fromkeys(QUESTIONS, "yes")


@pytest.fixture
def need(site: Site, office: Office) -> int:
    """Sari's need for training, found today."""
    return add_need(site, office, level="officer", ref_id=office.officer["Sari"])


def viewer(site: Site, office: Office, name: str, role: Role) -> Viewer:
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == name)).one()
    units = frozenset({office.unit["A"]}) if role == Role.SUPERVISOR else frozenset[int]()
    return Viewer(row.id, office.agency_id, name, row.name, role, units, row.officer_id)


def count(site: Site, model: Any) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_officers_need_is_decided_once_they_read_it_or_a_week_later(
    site: Site, office: Office, need: int, clock: SteppedClock
) -> None:
    hana = viewer(site, office, "hana", Role.HR)
    told = Told("plan", "Diikutkan tahun depan", 0)
    with pytest.raises(FieldFaultError, match="01-12-2026"):
        decide(site, hana, need, told)
    assert count(site, NeedDecision) == 0
    oki = viewer(site, office, "oki", Role.OFFICER)
    mine = own.own_needs(site, oki)
    assert [line.need_id for line in mine.needs] == [need]
    decide(site, hana, need, told)
    found = need_page(site, hana, need)
    assert (found.decisions[0].kind, found.seen) == ("plan", 1)
    other = add_need(site, office, level="officer", ref_id=office.officer["Andi"])
    clock.at += timedelta(days=7)
    decide(site, hana, other, told)


def test_of_two_who_decide_at_once_the_second_is_told_and_keeps_nothing(
    site: Site, office: Office
) -> None:
    need = add_need(site, office, nature="process")
    hana = viewer(site, office, "hana", Role.HR)
    decide(site, hana, need, Told("wait", "Tunggu gedung baru", 0))
    with pytest.raises(FieldFaultError, match=r"Tunggu gedung baru.*belum") as told:
        decide(site, hana, need, Told("mend", "Ganti antrean", 0))
    assert told.value.field == "seen"
    assert (count(site, NeedDecision), count(site, FollowUp)) == (1, 0)
    decide(site, hana, need, Told("mend", "Ganti antrean", 1))
    with site.db.read() as session:
        plan = session.scalars(select(FollowUp)).one()
    assert (plan.need_id, plan.survey_id, plan.counter_id) == (need, None, office.counter["A1"])
    assert (plan.element, plan.action, plan.status) == ("perilaku", "Ganti antrean", "planned")
    alice = viewer(site, office, "alice", Role.SUPERVISOR)
    assert [one.id for one in unit.unit_need(site, alice, need).plans] == [plan.id]


@pytest.mark.parametrize(
    ("kind", "reason", "field"),
    [("plan", " ", "reason"), ("plan", "a" * 10_000, "reason"), ("buy", "Perlu", "kind")],
)
def test_a_decision_without_words_or_with_too_many_is_refused_in_words(
    site: Site, office: Office, kind: str, reason: str, field: str
) -> None:
    need = add_need(site, office, nature="process")
    with pytest.raises(FieldFaultError) as told:
        decide(site, viewer(site, office, "hana", Role.HR), need, Told(kind, reason, 0))
    assert told.value.field == field
    assert (count(site, NeedDecision), count(site, AuditEntry)) == (0, count(site, AuditEntry))


def test_an_officer_contradicts_answers_and_proposes(site: Site, office: Office, need: int) -> None:
    oki = viewer(site, office, "oki", Role.OFFICER)
    with pytest.raises(FieldFaultError, match="10000 huruf"):
        own.contradict(site, oki, need, "a" * 10_000)
    assert count(site, NeedReply) == 0
    own.contradict(site, oki, need, "Loket saya melayani lansia." + "a" * (LONGEST - 27))
    own.answer(site, oki, need, YES | {"did": "no"}, "")
    with pytest.raises(FieldFaultError) as told:
        own.answer(site, oki, need, {"could": "yes"}, "")
    assert told.value.field == "did"
    proposed = own.propose(site, oki, item="informasi", words="Bahasa isyarat", training="")
    found = need_page(site, viewer(site, office, "hana", Role.HR), need)
    assert found.replies[0].text.startswith("Loket saya")
    assert [(one.role, one.answers["did"]) for one in found.answers] == [("officer", "no")]
    assert [line.need_id for line in found.proposals] == [proposed]
    elsewhere = add_need(site, office, level="officer", ref_id=office.officer["Andi"])
    with pytest.raises(NotThereError):
        own.contradict(site, oki, elsewhere, "bukan milik saya")


def test_a_supervisor_reads_places_and_questions_but_no_officers_need_for_training(
    site: Site, office: Office, need: int
) -> None:
    alice = viewer(site, office, "alice", Role.SUPERVISOR)
    asked = add_need(site, office, level="officer", ref_id=office.officer["Andi"], nature="ask")
    place = add_need(site, office, nature="process")
    found = unit.unit_needs(site, alice)
    assert [line.need_id for line in found.places] == [place]
    assert [line.need_id for line in found.asked] == [asked]
    with pytest.raises(NotThereError):
        unit.unit_need(site, alice, need)
    unit.answer(site, alice, asked, YES, "Sering dipanggil ke belakang")
    assert unit.unit_needs(site, alice).asked == ()
    with site.db.transaction() as tx:
        tx.get_one(NeedRow, place).unit_id = office.unit["B"]
    with pytest.raises(NotThereError):
        unit.unit_need(site, alice, place)


def test_a_proposal_is_withdrawn_by_whoever_made_it_until_it_is_decided(
    site: Site, office: Office
) -> None:
    alice, hana = (
        viewer(site, office, "alice", Role.SUPERVISOR),
        viewer(site, office, "hana", Role.HR),
    )
    told = {"item": "kecepatan", "nature": "process", "words": "Printer kedua", "training": ""}
    place = f"counter:{office.counter['A1']}"
    first, second = (unit.propose(site, alice, place=place, **told) for _turn in range(2))
    voices.withdraw_proposal(site, alice, first)
    with pytest.raises(NotThereError):
        need_page(site, hana, first)
    decide(site, hana, second, Told("mend", "Beli printer", 0))
    with pytest.raises(FieldFaultError, match="sudah diputuskan"):
        voices.withdraw_proposal(site, alice, second)
    for changed in ({"item": "cuaca"}, {"nature": "ask"}, {"words": ""}, {"training": "tidakada"}):
        with pytest.raises(FieldFaultError):
            unit.propose(site, alice, place=place, **(told | changed))
    with pytest.raises(FieldFaultError):
        unit.propose(site, alice, place=f"counter:{office.counter['B1']}", **told)


@pytest.mark.every_case
@pytest.mark.parametrize("table", ["need_decision", "need_reply", "need_answer"])
def test_what_people_said_and_decided_is_never_changed(
    site: Site, office: Office, need: int, table: str
) -> None:
    own.contradict(site, viewer(site, office, "oki", Role.OFFICER), need, "Tidak benar.")
    with site.db.transaction() as tx:
        common = {"agency_id": office.agency_id, "need_id": need, "account_id": 1}
        tx.add(NeedAnswer(**common, role="officer", answers=YES, words="", made_at=site.now()))
        tx.add(
            NeedDecision(
                **common, number=1, kind="wait", reason="-", nature="ask", made_at=site.now()
            )
        )
    rows = Base.metadata.tables[table]
    for change in (update(rows).values(account_id=2), delete(rows)):
        with pytest.raises(DBAPIError, match="append-only"), site.db.transaction() as tx:
            tx.execute(change)
