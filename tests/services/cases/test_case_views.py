"""What the inspectorate reads of a case: never an answer, and nobody's opinion before the own one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases import decisions
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from tests.conftest import Browser, SteppedClock
from tests.ground.office import (
    TODAY,
    Office,
    add_comment,
    add_ratings,
    rating_row,
    screening_row,
)

# What may be read is decided here, not by the engine; test_casework.py decides on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASON = "Alasan yang cukup panjang."


def inspector(office: Office, number: int = 6) -> Viewer:
    """Account 6 is Ina's; another number is another person."""
    return Viewer(number, office.agency_id, "ina", "Ina", Role.INSPECTORATE, frozenset(), None)


def case(site: Site, office: Office, **changes: Any) -> int:
    """An open case of held answers at A1."""
    row: dict[str, Any] = {"agency_id": office.agency_id, "unit_id": office.unit["A"]}
    row |= {"counter_id": office.counter["A1"], "officer_id": None, "kind": "held", "size": 3}
    row |= {"rules": "burst", "first_day": TODAY, "last_day": TODAY, "opened_at": site.now()}
    row |= {"due_on": TODAY + timedelta(days=14), "closed_at": None, "outcome": None, "detail": {}}
    with site.db.transaction() as tx:
        return bulk.add_rows(tx, "case_file", [row | changes])[0]


def answers(site: Site, office: Office, case_id: int, *comments: str) -> None:
    """Put answers with these comments into a case."""
    own = {"agency_id": office.agency_id}
    with site.db.transaction() as tx:
        for text in comments:
            row = rating_row(office) | {"for_officer": True}
            bulk.add_rows(tx, "rating", [row])
            bulk.add_rows(tx, "case_rating", [own | {"case_id": case_id, "rating_id": row["id"]}])
            sent = screening_row(row, at=site.now()) | {"comment_id": add_comment(tx, row, text)}
            bulk.add_rows(tx, "screening", [sent])


def test_what_others_hold_is_read_after_one_has_said_it_oneself(site: Site, office: Office) -> None:
    case_id, first, second = case(site, office), inspector(office), inspector(office, 5)
    decisions.give_opinion(site, first, case_id, outcome="aside", reason=REASON)
    (hidden,) = decisions.case_view(site, second, case_id).opinions
    assert (hidden.outcome, hidden.reason) == (None, None)
    view = decisions.case_view(site, first, case_id)
    assert [(o.outcome, o.reason) for o in view.opinions] == [("aside", REASON)]
    assert view.own_outcome == "aside"
    assert decisions.case_view(site, second, case_id).own_outcome is None
    decisions.give_opinion(site, second, case_id, outcome="counted", reason=REASON)
    decisions.give_opinion(site, second, case_id, outcome="unit_only", reason=REASON)
    view = decisions.case_view(site, second, case_id)
    assert view.own_outcome == "unit_only"  # the newest of the own ones
    assert [o.outcome for o in view.opinions] == ["aside", "counted", "unit_only"]
    third = inspector(office, 4)
    assert {o.outcome for o in decisions.case_view(site, third, case_id).opinions} == {None}
    decisions.give_opinion(site, first, case_id, outcome="unit_only", reason=REASON)
    assert None not in {o.outcome for o in decisions.case_view(site, third, case_id).opinions}


def test_who_may_decide_is_of_the_inspectorate_and_from_outside(site: Site, office: Office) -> None:
    case_id = case(site, office, officer_id=office.officer["Sari"])
    ina = inspector(office)
    people = (
        (ina, True),
        (replace(ina, unit_ids=frozenset({office.unit["B"]})), True),
        (replace(ina, unit_ids=frozenset({office.unit["A"]})), False),
        (replace(ina, officer_id=office.officer["Andi"]), True),
        (replace(ina, officer_id=office.officer["Sari"]), False),
        (replace(ina, role=Role.ADMIN), False),
    )
    for viewer, may in people:
        assert decisions.case_view(site, viewer, case_id).may_decide is may
        if not may:
            with pytest.raises(FieldFaultError, match="luar unit"):
                decisions.give_opinion(site, viewer, case_id, outcome="aside", reason=REASON)
    nobodys = case(site, office)
    assert decisions.case_view(site, ina, nobodys).may_decide
    closed = case(site, office, closed_at=site.now(), outcome="aside")
    assert not decisions.case_view(site, ina, closed).may_decide
    with pytest.raises(NotThereError):
        decisions.case_view(site, replace(ina, agency_id=999), case_id)


def test_a_reason_has_ten_to_five_hundred_letters(site: Site, office: Office) -> None:
    case_id, ina = case(site, office), inspector(office)
    for reason in ("x" * 9, "x" * 501, " " * 20, " " + "x" * 9):
        with pytest.raises(FieldFaultError, match="Tulis alasan"):
            decisions.give_opinion(site, ina, case_id, outcome="aside", reason=reason)
    for reason in ("x" * 10, "x" * 500):
        assert decisions.give_opinion(site, ina, case_id, outcome="aside", reason=reason) is None


def test_only_a_comment_that_came_several_times_is_shown_and_it_is_masked(
    site: Site, office: Office
) -> None:
    text = "Ibu Sari 081234567890 paling ramah"
    same, other = case(site, office, rules="burst,same_text"), case(site, office)
    for case_id in (same, other):
        answers(site, office, case_id, text, text, "dua dua", "tiga tiga", "empat")
    ina = inspector(office)
    shown = decisions.case_view(site, ina, same).texts
    assert len(shown) == 3
    assert not any("Sari" in text or "0812" in text for text in shown)
    assert decisions.case_view(site, ina, other).texts == ()
    nowhere = case(site, office, rules="same_text", counter_id=None)
    answers(site, office, nowhere, text)
    assert decisions.case_view(site, ina, nowhere).texts == ()


def test_a_case_page_says_of_its_answers_what_it_does(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    same, other = case(site, office, rules="burst,same_text"), case(site, office)
    for case_id in (same, other):
        answers(site, office, case_id, *["Antre terlalu lama sekali hari ini."] * 3)
    ina = browse().log_in("ina")
    for case_id, is_shown in ((same, True), (other, False)):
        page = ina.get(f"/staf/perkara/{case_id}").get_data(as_text=True)
        assert ("Antre terlalu lama" in page) is is_shown
        assert ("Hanya saran di atas diperlihatkan" in page) is is_shown
        assert "Nilai yang diberikan tidak diperlihatkan kepada siapa pun" in page


def test_marks_are_told_of_held_answers_only(site: Site, office: Office) -> None:
    ina = inspector(office)
    assert decisions.case_view(site, ina, case(site, office)).marks is not None
    assert decisions.case_view(site, ina, case(site, office, kind="fee", rules="")).marks is None


def test_cases_come_in_pages_of_twenty_five_by_their_deadline(site: Site, office: Office) -> None:
    ina = inspector(office)
    for number in range(26):
        case(site, office, due_on=TODAY + timedelta(days=30 - number), rules="burst,,same_text")
    case(site, office, kind="fee", rules="", counter_id=None)
    case(site, office, closed_at=site.now(), outcome="aside")

    def page(number: int, kind: str = "held", *, is_open: bool = True) -> decisions.CasePage:
        return decisions.case_page(site, ina, kind=kind, is_open=is_open, page=number)

    for asked, given, lines in ((1, 1, 25), (2, 2, 1), (0, 1, 25), (-9, 1, 25), (3, 2, 1)):
        found = page(asked)
        assert (found.total, found.page, found.pages, len(found.lines)) == (26, given, 2, lines)
    first = page(1).lines[0]
    assert (first.days_left, first.unit, first.counter) == (5, "Unit A", "Loket A1")
    assert first.rules == ("burst", "same_text")
    assert page(2).lines[0].days_left == 30
    assert page(1, "anything").total == 27
    (fee,) = page(1, "fee").lines
    assert (fee.counter, fee.rules) == ("", ())
    assert (page(1, "fee").pages, page(1, "appeal").pages) == (1, 1)
    assert [line.outcome for line in page(1, is_open=False).lines] == ["aside"]


def test_each_rule_is_told_with_what_it_held_in_a_year_and_what_was_set_aside(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    case(site, office, rules="burst,same_device", size=4, closed_at=site.now(), outcome="aside")
    case(site, office, rules="burst", size=3, closed_at=site.now(), outcome="counted")
    case(site, office, rules="too_soon", size=20)
    case(site, office, rules="burst", size=100, opened_at=site.now() - timedelta(days=366))
    edge = site.now() - timedelta(days=365)
    case(site, office, rules="same_text", size=1, opened_at=edge)
    told = decisions.rule_totals(site, inspector(office))
    assert told == [
        ("too_soon", 20, 0),
        ("burst", 7, 4),
        ("same_device", 4, 4),
        ("same_text", 1, 0),
    ]


def test_an_upheld_appeal_releases_nothing_that_is_held_for_another_reason(
    site: Site, office: Office
) -> None:
    add_ratings(site, office, 2)
    with site.db.transaction() as tx:
        ids = [row[0] for row in tx.connection().exec_driver_sql("SELECT id FROM rating")]
        held = rating_row(office) | {"state": "held", "for_officer": True}
        bulk.add_rows(tx, "rating", [held])
    case_id = case(site, office, kind="appeal", rules="", size=3)
    with site.db.transaction() as tx:
        rows = [{"case_id": case_id, "agency_id": office.agency_id, "rating_id": i} for i in ids]
        bulk.add_rows(tx, "case_rating", [*rows, rows[0] | {"rating_id": held["id"]}])
    for number in (6, 5):
        decisions.give_opinion(
            site, inspector(office, number), case_id, outcome="upheld", reason=REASON
        )
    with site.db.read() as session:
        stands = {row.rating["id"]: row for row in decisions.standings(session, [*ids, held["id"]])}
    assert {(stands[i].state, stands[i].for_officer) for i in ids} == {("counted", False)}
    assert {stands[i].counted_on for i in ids} == {TODAY}
    assert (stands[held["id"]].state, stands[held["id"]].for_officer) == ("held", True)


def test_after_an_opinion_the_next_case_that_waits_is_one_press_away(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    later, first, closed = (
        case(site, office, due_on=TODAY + timedelta(days=days), closed_at=closed_at)
        for days, closed_at in ((9, None), (3, None), (1, site.now()))
    )
    ina = inspector(office)
    assert decisions.case_view(site, ina, later).following == first
    decisions.give_opinion(site, ina, first, outcome="aside", reason=REASON)
    view = decisions.case_view(site, ina, first)
    assert (view.following, view.waiting) == (later, 1)
    assert decisions.case_view(site, inspector(office, 9), later).following == first
    page = browse().log_in("ina").client.get(f"/staf/perkara/{first}").get_data(as_text=True)
    assert f'href="/staf/perkara/{later}"' in page
    assert f'/staf/perkara/{closed}"' not in page
