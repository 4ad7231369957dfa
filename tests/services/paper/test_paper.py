"""A sheet counts once, gains nothing by being keyed again, and is forgotten after the check."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from feedback_app.domain.causes import unpacked
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.paper import batch_mark
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.paper import answers, batches, checks, sheets
from feedback_app.services.paper.sheets import Keyed
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    AuditEntry,
    Case,
    CaseRating,
    Comment,
    PaperBatch,
    PaperSheet,
    Rating,
    Screening,
    Tally,
    Verdict,
)
from feedback_app.storage.queries import paper as paper_queries
from feedback_app.storage.queries import visit_codes as code_queries
from feedback_app.storage.queries.counters import remarks_at_counters
from feedback_app.storage.verdicts import Change, Standing, append_verdicts, standings
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office
from tests.ground.paper import batch, entry, key, number_of, sheet_row, viewer_of, visit_code

DAY = timedelta(days=1)


@pytest.fixture
def alice(site: Site, office: Office) -> Viewer:
    """Supervises unit A and keys first."""
    return viewer_of(site, "alice")


@pytest.fixture
def bob(site: Site, office: Office) -> Viewer:
    """Supervises unit A as well."""
    return viewer_of(site, "bob")


def ratings(site: Site) -> list[Rating]:
    with site.db.read() as session:
        return list(session.scalars(select(Rating)))


def counted(site: Site, **wanted: object) -> int:
    """Answers in the tally with these keys."""
    with site.db.read() as session:
        question = select(func.coalesce(func.sum(Tally.c.n), 0))
        return int(session.scalar(question.where(*(Tally.c[k] == v for k, v in wanted.items()))))


def standing(site: Site, rating_id: str) -> Standing:
    with site.db.read() as session:
        (found,) = standings(session, [rating_id])
        return found


def fault_of(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(FieldFaultError) as caught:
        act()
    return caught.value.field, str(caught.value)


def test_a_sheet_becomes_one_answer_of_the_tier_paper(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 7, entry(office, officer="Sari", sex="female", waktu=1), comment="Baik")
    (row,) = ratings(site)
    assert (row.tier, row.state, row.day) == ("paper", "held", TODAY)
    assert (row.officer_id, row.attribution) == (office.officer["Sari"], "chosen")
    assert not row.for_officer  # paper alone proves no visit
    assert (row.waktu, row.sex, row.service_id) == (1, "female", office.service["ktp"])
    assert counted(site, tier="paper", for_officer=0, state="held") == 1
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Screening)) == 0
        assert session.scalars(select(Comment.text)).one() == "Baik"
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts[-2:] == ["add_paper_batch", "key_sheet"]
    assert tally_differences(site) == 0


def test_an_officer_who_was_not_there_that_day_is_not_taken_over(
    site: Site, office: Office, alice: Viewer
) -> None:
    key(site, alice, batch(site, office, alice), 1, entry(office, officer="Dewi"))  # sat at A2
    (row,) = ratings(site)
    assert (row.officer_id, row.attribution) == (None, "unknown")


def test_a_visit_code_makes_it_a_visit_and_is_spent(
    site: Site, office: Office, alice: Viewer
) -> None:
    made, code = batch(site, office, alice), visit_code(site, office)
    key(site, alice, made, 1, entry(office, officer="Sari"), visit=code)
    key(site, alice, made, 2, entry(office, officer="Sari", waktu=2), visit=code)  # spent by now
    first, second = sorted(ratings(site), key=lambda row: row.tier, reverse=True)
    assert (first.tier, first.state, first.for_officer) == ("visit", "held", True)
    assert (second.tier, second.state, second.for_officer) == ("paper", "held", False)
    with site.db.read() as session:
        case = session.scalars(select(Case)).one()
        held = session.scalars(select(CaseRating.rating_id)).one()
        counts = code_queries.counts_of_units(session, [office.unit["A"]], first=TODAY, last=TODAY)
    assert (case.kind, case.rules, case.size, held) == ("held", "bad_code", 1, second.id)
    assert [row.redeemed for row in counts] == [1]
    assert tally_differences(site) == 0


def test_a_code_of_another_unit_keeps_the_answer_on_paper_and_holds_it(
    site: Site, office: Office, alice: Viewer
) -> None:
    code = visit_code(site, office, unit="B")
    key(site, alice, batch(site, office, alice), 1, entry(office, officer="Sari"), visit=code)
    (row,) = ratings(site)
    assert (row.tier, row.state, row.for_officer) == ("paper", "held", False)
    assert counted(site, state="held") == 1


def test_guessing_codes_on_paper_is_delayed_and_nothing_is_kept(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice, size=40)
    codes = [visit_code(site, office, unit="B") for _ in range(31)]
    for running, code in enumerate(codes[:30], start=1):
        key(site, alice, made, running, entry(office), visit=code)
    with pytest.raises(TooManyGuessesError):
        key(site, alice, made, 31, entry(office), visit=codes[30])
    assert sheet_row(site, made, 31).state == "printed"
    assert len(ratings(site)) == 30


@pytest.mark.parametrize(
    ("typed", "field"),
    [("AA 021 X", "sheet"), ("", "sheet"), ("AB001X", "sheet"), ("9999", "sheet")],
)
def test_unknown_numbers_are_told(
    site: Site, office: Office, alice: Viewer, typed: str, field: str
) -> None:
    made = batch(site, office, alice)
    keyed = Keyed(typed, entry(office), NONE_GIVEN, "")
    assert fault_of(lambda: sheets.key_sheet(site, alice, made, keyed))[0] == field
    never = number_of(site, alice, made, 21)
    keyed = Keyed(never, entry(office), NONE_GIVEN, "")
    assert "tidak pernah dicetak" in fault_of(lambda: sheets.key_sheet(site, alice, made, keyed))[1]
    assert ratings(site) == []


def test_batches_of_other_units_are_not_there(site: Site, office: Office, alice: Viewer) -> None:
    made = batch(site, office, alice)
    charlie, dina = viewer_of(site, "charlie"), viewer_of(site, "dina")
    number = number_of(site, alice, made, 1)
    keyed = Keyed(number, entry(office), NONE_GIVEN, "")
    for act in (
        lambda: sheets.key_sheet(site, charlie, made, keyed),
        lambda: sheets.void_sheet(site, charlie, made, number, reason="lost", note=""),
        lambda: checks.draw_sample(site, charlie, made),
        lambda: checks.batch_view(site, charlie, made),
        lambda: batches.forms_pdf(site, charlie, made),
        lambda: batch(site, office, charlie),
        lambda: sheets.key_sheet(
            site, alice, made, Keyed(number, entry(office, counter="B1"), NONE_GIVEN, "")
        ),
    ):
        with pytest.raises(NotThereError):
            act()
    assert batches.batch_page(site, charlie, page=1).total == 0
    assert batches.batch_page(site, dina, page=9).total == 1
    sheets.key_sheet(site, dina, made, keyed)  # an admin may
    assert len(ratings(site)) == 1


def test_a_counter_must_give_the_service(site: Site, office: Office, alice: Viewer) -> None:
    other = {"counter_id": office.counter["A2"], "service_id": office.service["kk"]}
    assert fault_of(lambda: batch(site, office, alice, **other))[0] == "counter"
    for size in (0, 501):
        assert fault_of(lambda size=size: batch(site, office, alice, size=size))[0] == "size"


def test_a_sheet_is_keyed_once(site: Site, office: Office, alice: Viewer, bob: Viewer) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    key(site, alice, made, 1, entry(office))  # the same sending once more: no second answer
    assert len(ratings(site)) == 1
    for viewer, changed in ((alice, entry(office, waktu=1)), (bob, entry(office))):
        told = fault_of(lambda v=viewer, c=changed: key(site, v, made, 1, c))[1]
        assert "sudah diketik" in told
    assert counted(site) == 1


def test_causes_and_facts_of_a_sheet_are_kept_where_the_answer_is_low(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice)
    ticked = entry(office, waktu=2, causes=(2, 18, 19), visits_needed="2", ready_on_time="no")
    key(site, alice, made, 1, ticked)
    (row,) = ratings(site)
    assert [cause.key for cause in unpacked(row.causes)] == ["antre_lama", "jaringan_mati"]
    assert (row.visits_needed, row.ready_on_time) == ("2", "no")
    assert sheet_row(site, made, 1).entry["causes"] == "2 18 19"  # as on the sheet, to compare
    assert tally_differences(site) == 0


def test_one_sheet_keyed_by_many_at_once_counts_once(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice)

    def send(value: int) -> bool:
        try:
            key(site, alice, made, 1, entry(office, waktu=value))
        except FieldFaultError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(send, [1, 2, 3, 4] * 6))
    (row,) = ratings(site)
    assert 1 <= sum(done) <= 6  # the winner's own value may come again
    assert sheet_row(site, made, 1).rating_id == row.id
    assert tally_differences(site) == 0


def test_void_sheets_are_not_keyed_until_the_note_is_taken_back(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice)
    number = number_of(site, alice, made, 3)
    sheets.void_sheet(site, alice, made, number, reason="lost", note="tercecer")
    assert "dicatat batal" in fault_of(lambda: key(site, alice, made, 3, entry(office)))[1]
    (line,) = checks.batch_view(site, alice, made).void
    assert (line.shown, line.reason, line.note) == (number, "lost", "tercecer")
    sheets.restore_sheet(site, alice, made, number)
    key(site, alice, made, 3, entry(office))
    told = fault_of(lambda: sheets.void_sheet(site, alice, made, number, reason="torn", note=""))
    assert "sudah diketik" in told[1]
    odd = fault_of(lambda: sheets.void_sheet(site, alice, made, number, reason="x", note=""))
    assert odd[0] == "reason"
    assert "tidak dicatat" in fault_of(lambda: sheets.restore_sheet(site, alice, made, number))[1]


def test_days_that_cannot_be(
    site: Site, office: Office, alice: Viewer, clock: SteppedClock
) -> None:
    made = batch(site, office, alice)
    for day, told in (
        (TODAY + timedelta(days=1), "belum tiba"),
        (TODAY - timedelta(days=1), "belum dicetak"),
        (TODAY - timedelta(days=61), "60 hari"),
        (date.max, "belum tiba"),
        (date.min, "60 hari"),
    ):
        field, words = fault_of(lambda day=day: key(site, alice, made, 1, entry(office, day=day)))
        assert (field, told in words) == ("day", True)
    clock.at += timedelta(days=61)
    late = fault_of(lambda: key(site, alice, made, 1, entry(office)))
    assert "60 hari" in late[1]
    assert ratings(site) == []


def test_days_that_are_over_do_not_move_by_a_sheet(
    site: Site, office: Office, alice: Viewer, bob: Viewer, clock: SteppedClock
) -> None:
    """The answer keeps its visit's day; the tally has it under the day the check was finished."""
    made = batch(site, office, alice)
    clock.at += timedelta(days=12)
    key(site, alice, made, 1, entry(office), comment="Ramah")
    assert counted(site, state="counted") == 0
    clock.at += timedelta(days=1)
    checks.draw_sample(site, alice, made)
    again(site, bob, made, 1, entry(office))
    (row,) = ratings(site)
    assert row.day == TODAY
    finished = TODAY + timedelta(days=13)
    assert counted(site, state="counted", day=finished) == counted(site, state="counted") == 1
    with site.db.read() as session:
        a1 = [office.counter["A1"]]
        (remark,) = remarks_at_counters(session, a1, first=finished, last=finished)
        november = TODAY.replace(day=1)
        assert remarks_at_counters(session, a1, first=november, last=TODAY.replace(day=30)) == []
    assert (remark.text, remark.month) == ("Ramah", finished.replace(day=1))
    assert tally_differences(site) == 0


def test_a_check_that_nobody_finishes_ends_after_a_fortnight_and_counts_for_the_unit(
    site: Site, office: Office, alice: Viewer, bob: Viewer, clock: SteppedClock
) -> None:
    made, code = batch(site, office, alice), visit_code(site, office)
    key(site, alice, made, 1, entry(office, officer="Sari"), visit=code)
    key(site, alice, made, 2, entry(office), visit=visit_code(site, office, unit="B"))
    assert checks.batch_view(site, alice, made).counts_by == TODAY + timedelta(days=14)
    checks.draw_sample(site, alice, made)
    clock.at += timedelta(days=14)
    assert checks.count_overdue(site) == 0
    clock.at += timedelta(minutes=1)
    assert checks.count_overdue(site) == 1  # the other waits for two people
    assert counted(site, state="counted", tier="visit", for_officer=0) == 1
    assert counted(site, state="held") == 1
    view = checks.batch_view(site, alice, made)
    assert (view.waiting, view.missed, view.counts_by, view.rate) == ((), 2, None, None)
    assert sheet_row(site, made, 1).entry is None
    assert checks.count_overdue(site) == 0
    told = fault_of(lambda: again(site, bob, made, 1, entry(office, officer="Sari")))
    assert "tidak termasuk" in told[1]
    assert tally_differences(site) == 0


def test_sheets_of_a_check_that_ended_by_itself_are_not_drawn(
    site: Site, office: Office, alice: Viewer, clock: SteppedClock
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    clock.at += timedelta(days=15)
    assert checks.count_overdue(site) == 1
    assert "kedua kali" in fault_of(lambda: checks.draw_sample(site, alice, made))[1]
    key(site, alice, made, 2, entry(office))
    assert checks.draw_sample(site, alice, made) == 1


def test_a_corrected_sheet_counts_once(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made, code = batch(site, office, alice), visit_code(site, office)
    key(site, alice, made, 1, entry(office, waktu=1), visit=code, comment="Lama")
    with pytest.raises(NotThereError):
        sheets.correct_sheet(site, bob, made, 1, entry(office, waktu=4), comment="Lama")
    same = entry(office, waktu=1)
    told = fault_of(lambda: sheets.correct_sheet(site, alice, made, 1, same, comment="Lama"))
    assert "Belum ada isian" in told[1]
    right = entry(office, officer="Sari", waktu=4)
    sheets.correct_sheet(site, alice, made, 1, right, comment="Lama sekali")
    assert counted(site, state="held", waktu_4=1) == 1
    assert counted(site, state="held") == 1
    assert counted(site, state="aside") == 1
    new = standing(site, sheet_row(site, made, 1).rating_id)
    assert (new.rating["tier"], new.state, new.for_officer) == ("visit", "held", True)
    with site.db.read() as session:
        verdict = session.scalars(select(Verdict)).one()
        comments = {row.id: (row.text, row.state) for row in session.scalars(select(Comment))}
    assert "dibetulkan" in verdict.reason
    assert comments[sheet_row(site, made, 1).comment_id] == ("Lama sekali", "held")
    assert sorted(comments.values()) == [("Lama", "aside"), ("Lama sekali", "held")]
    with pytest.raises(NotThereError):  # once
        sheets.correct_sheet(site, alice, made, 1, entry(office), comment="")
    assert tally_differences(site) == 0


def test_a_held_sheet_stays_held_in_its_case_when_corrected(
    site: Site, office: Office, alice: Viewer
) -> None:
    made, code = batch(site, office, alice), visit_code(site, office, unit="B")
    key(site, alice, made, 1, entry(office, waktu=1), visit=code)
    old = sheet_row(site, made, 1).rating_id
    sheets.correct_sheet(site, alice, made, 1, entry(office, waktu=4), comment="")
    new = sheet_row(site, made, 1).rating_id
    assert standing(site, new).state == "held"
    assert standing(site, old).state == "aside"
    with site.db.read() as session:  # whoever decides the case decides about the right one
        assert session.scalars(select(CaseRating.rating_id)).all() == [new]
    assert tally_differences(site) == 0


def test_an_answer_set_aside_by_a_verdict_is_not_brought_back(
    site: Site, office: Office, alice: Viewer
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    with site.db.transaction() as tx:
        aside = Change(sheet_row(site, made, 1).rating_id, "aside", False, TODAY)
        append_verdicts(tx, [aside], reason="perkara", at=site.now(), case_id=None)
    right = entry(office, waktu=4)
    told = fault_of(lambda: sheets.correct_sheet(site, alice, made, 1, right, comment=""))
    assert "diputus" in told[1]
    assert counted(site, state="counted") == 0


def test_a_sheet_that_two_people_decided_about_is_checked_and_stays_as_decided(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office, waktu=1), visit=visit_code(site, office, unit="B"))
    rating_id = sheet_row(site, made, 1).rating_id
    with site.db.transaction() as tx:
        change = Change(rating_id, "counted", for_officer=False, counted_on=TODAY)
        append_verdicts(tx, [change], reason="perkara", at=site.now(), case_id=None)
    checks.draw_sample(site, alice, made)
    assert not again(site, bob, made, 1, entry(office, waktu=4))
    assert checks.settle(site, bob, made, 1, right={"waktu": 4}) == 1  # the slip is measured
    assert standing(site, rating_id).state == "counted"
    assert counted(site) == counted(site, waktu_1=1) == 1


def keyed_and_drawn(site: Site, office: Office, viewer: Viewer, *, size: int = 12) -> int:
    made = batch(site, office, viewer, size=size)
    for running in range(1, size + 1):
        key(site, viewer, made, running, entry(office, officer="Sari", waktu=1 + running % 4))
    checks.draw_sample(site, viewer, made)
    return made


def again(site: Site, viewer: Viewer, made: int, running: int, sheet: Any) -> bool:
    number = number_of(site, viewer, made, running)
    return checks.key_again(site, viewer, made, number, sheet)


def test_the_second_entry_is_anothers_and_what_was_keyed_is_then_forgotten(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = keyed_and_drawn(site, office, alice)
    view = checks.batch_view(site, bob, made)
    drawn = [line.number for line in view.waiting]
    assert len(drawn) == 5
    assert not any(line.is_own for line in view.waiting)
    (missed, *_rest) = [n for n in range(1, 13) if n not in drawn]
    first = entry(office, officer="Sari", waktu=1 + drawn[0] % 4)
    assert "akun lain" in fault_of(lambda: again(site, alice, made, drawn[0], first))[1]
    assert "tidak termasuk" in fault_of(lambda: again(site, bob, made, missed, first))[1]
    for running in drawn[:-1]:
        assert again(site, bob, made, running, entry(office, officer="Sari", waktu=1 + running % 4))
    assert "dua kali" in fault_of(lambda: again(site, bob, made, drawn[0], first))[1]
    wrong = entry(office, officer="Sari", waktu=1 + (drawn[-1] + 1) % 4, sex="male")
    assert not again(site, bob, made, drawn[-1], wrong)
    assert "dua kali" in fault_of(lambda: again(site, bob, made, drawn[-1], wrong))[1]
    found = checks.difference(site, bob, made, drawn[-1])
    assert found.names == ("waktu", "sex")
    with pytest.raises(NotThereError):
        checks.difference(site, alice, made, drawn[-1])
    old = sheet_row(site, made, drawn[-1]).rating_id
    right = {"waktu": found.second["waktu"], "sex": None}  # each was wrong once
    with pytest.raises(FieldFaultError, match="akun lain"):
        checks.settle(site, alice, made, drawn[-1], right=right)
    assert checks.settle(site, bob, made, drawn[-1], right=right) == 1
    assert standing(site, old).state == "aside"
    assert counted(site, state="counted") == 12
    assert tally_differences(site) == 0

    view = checks.batch_view(site, alice, made)
    assert view.rate is not None
    assert (view.rate.wrong, view.rate.fields) == (1, 5 * 22)  # the counter is printed
    assert view.wrong == (("waktu", 1),)
    assert (view.waiting, view.differing) == ((), ())
    over_all = batches.batch_page(site, alice, page=1).rate
    assert over_all == view.rate
    with site.db.read() as session:
        kept = session.scalars(select(PaperSheet).where(PaperSheet.batch_id == made)).all()
    assert all((s.entry, s.second, s.rating_id) == (None, None, None) for s in kept)
    with pytest.raises(NotThereError):
        sheets.sheet_to_correct(site, alice, made, 1)


def test_nothing_is_forgotten_while_one_sheet_waits(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = keyed_and_drawn(site, office, alice)
    drawn = [line.number for line in checks.batch_view(site, bob, made).waiting]
    for running in drawn[:-1]:
        again(site, bob, made, running, entry(office, officer="Sari", waktu=1 + running % 4))
    assert sheet_row(site, made, drawn[-1]).entry is not None


def test_the_draw_is_by_chance_and_made_once(site: Site, office: Office, alice: Viewer) -> None:
    made = batch(site, office, alice)
    assert "Belum ada" in fault_of(lambda: checks.draw_sample(site, alice, made))[1]
    made = keyed_and_drawn(site, office, alice, size=60)
    drawn = {line.number for line in checks.batch_view(site, alice, made).waiting}
    assert len(drawn) == 6
    assert drawn != set(range(1, 7))  # 1 in 50 million by chance
    assert "sudah diambil" in fault_of(lambda: checks.draw_sample(site, alice, made))[1]


def test_a_sheet_that_comes_after_the_check_is_kept_and_checked(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    checks.draw_sample(site, alice, made)
    again(site, bob, made, 1, entry(office))
    key(site, alice, made, 2, entry(office))
    assert [line.number for line in checks.batch_view(site, bob, made).waiting] == [2]
    again(site, bob, made, 2, entry(office))
    assert sheet_row(site, made, 2).entry is None
    assert counted(site) == 2


def while_the_last_check_closes(
    site: Site, office: Office, bob: Viewer, made: int, last: int, act: Callable[[], object]
) -> None:
    """Run `act` from when the check's end has looked at the sheets until it is committed."""
    looked, acted = threading.Event(), threading.Event()
    real = paper_queries.forget_entries

    def slow(tx: Session, batch_id: int) -> None:
        looked.set()
        acted.wait(1)  # until `act` is through, or waits for the lock as it should
        real(tx, batch_id)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as threads:
        patch.setattr(paper_queries, "forget_entries", slow)
        check = threads.submit(again, site, bob, made, last, entry(office))
        assert looked.wait(5)
        try:
            threads.submit(act).result()
        finally:
            acted.set()
            check.result()


def test_a_sheet_keyed_while_the_check_closes_is_checked_as_well(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    checks.draw_sample(site, alice, made)
    while_the_last_check_closes(
        site, office, bob, made, 1, lambda: key(site, alice, made, 9, entry(office))
    )
    assert [line.number for line in checks.batch_view(site, bob, made).waiting] == [9]
    assert counted(site, state="held") == 1
    again(site, bob, made, 9, entry(office))
    assert counted(site, state="counted") == 2
    assert tally_differences(site) == 0


def test_a_sheet_is_not_corrected_once_the_check_has_closed(
    site: Site, office: Office, alice: Viewer, bob: Viewer
) -> None:
    made = batch(site, office, alice)
    for running in (1, 2, 3, 4):
        key(site, alice, made, running, entry(office))
    checks.draw_sample(site, alice, made)
    waiting = [line.number for line in checks.batch_view(site, bob, made).waiting]
    for running in waiting[:-1]:
        again(site, bob, made, running, entry(office))
    mended = entry(office, waktu=1)

    def correct() -> None:
        number = waiting[-1]
        with pytest.raises(FieldFaultError, match="sudah diputus atau dihitung"):
            sheets.correct_sheet(site, alice, made, number, mended, comment="")

    while_the_last_check_closes(site, office, bob, made, waiting[-1], correct)
    assert counted(site, state="counted") == 4
    assert counted(site) == 4
    assert tally_differences(site) == 0


def test_a_check_that_closes_while_midnight_passes_counts_its_answers(
    site: Site,
    office: Office,
    alice: Viewer,
    bob: Viewer,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = batch(site, office, alice)
    key(site, alice, made, 1, entry(office))
    checks.draw_sample(site, alice, made)
    midnight = local_instant(TODAY + DAY, time(0))
    clock.at = midnight - timedelta(seconds=1)

    def over_midnight(number: int) -> str:
        clock.at = midnight
        return batch_mark(number)

    monkeypatch.setattr(answers, "batch_mark", over_midnight)
    again(site, bob, made, 1, entry(office))
    assert counted(site, state="counted", day=TODAY) == 1
    assert tally_differences(site) == 0


def test_a_sample_is_drawn_once_by_many_at_once(site: Site, office: Office, alice: Viewer) -> None:
    made = batch(site, office, alice)
    for running in range(1, 7):
        key(site, alice, made, running, entry(office))

    def draw(_nth: int) -> int:
        try:
            return checks.draw_sample(site, alice, made)
        except FieldFaultError:
            return 0

    with ThreadPoolExecutor(8) as threads:
        drawn = sum(threads.map(draw, range(8)))
    assert len(checks.batch_view(site, alice, made).waiting) == drawn


def test_numbers_of_batches_never_repeat(site: Site, office: Office, alice: Viewer) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: batch(site, office, alice, size=2), range(12)))
    with site.db.read() as session:
        numbers = session.scalars(select(PaperBatch.number)).all()
    assert sorted(numbers) == list(range(1, 13))
    assert len(set(made)) == 12


def test_a_charge_at_a_free_service_is_told_to_the_inspectorate(
    site: Site, office: Office, alice: Viewer
) -> None:
    key(site, alice, batch(site, office, alice), 1, entry(office, biaya=2))
    with site.db.read() as session:
        case = session.scalars(select(Case)).one()
    assert (case.kind, case.size) == ("fee", 1)


def test_an_empty_sheet_is_no_answer(site: Site, office: Office, alice: Viewer) -> None:
    made = batch(site, office, alice)
    nothing = entry(office, **dict.fromkeys(entry(office).answers))
    assert "kosong" in fault_of(lambda: key(site, alice, made, 1, nothing))[1]
    key(site, alice, made, 1, entry(office, biaya=None))  # one question left out is
    (row,) = ratings(site)
    assert row.biaya is None


def test_a_broken_save_leaves_nothing_behind(
    site: Site, office: Office, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer, its code and the sheet's state are one transaction."""
    made, code = batch(site, office, alice), visit_code(site, office)

    def broken(*_args: object, **_values: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(sheets, "log_act", broken)
        with pytest.raises(RuntimeError):
            key(site, alice, made, 1, entry(office), visit=code)
    assert ratings(site) == []
    assert sheet_row(site, made, 1).state == "printed"
    key(site, alice, made, 1, entry(office), visit=code)
    assert ratings(site)[0].tier == "visit"
