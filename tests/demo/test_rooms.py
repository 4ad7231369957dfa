"""The made-up office's rooms are not empty: cases, appeals, devices, and the public's trust page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select

from feedback_app import create_app
from feedback_app.demo.people import viewer_named
from feedback_app.demo.plans import PATHS
from feedback_app.demo.stories import OLD, RECENT
from feedback_app.demo.trainings import TRAININGS
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases.decisions import case_page, case_view, give_opinion
from feedback_app.services.devices.register import device_page
from feedback_app.services.lots.minutes import minutes_file
from feedback_app.services.lots.pages import lots_page
from feedback_app.services.needs.overview import overview as needs_overview
from feedback_app.services.office.cards import card_lines
from feedback_app.services.officer.certificates import certificate_file, certificate_page
from feedback_app.services.officer.replies import unit_replies
from feedback_app.services.officer.room import own_room
from feedback_app.services.paper.batches import batch_page
from feedback_app.services.plan.runs import candidates
from feedback_app.services.plan.year import year_page
from feedback_app.services.public.results import unit_results
from feedback_app.services.public.strictness import trust_page
from feedback_app.services.site import Site
from feedback_app.services.upkeep.retention import overdue
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, Rating, Tally
from feedback_app.storage.queries.surveys import units_with_agencies

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, tuesday: Callable[[Path], Site]
) -> Iterator[Site]:
    site = tuesday(tmp_path_factory.mktemp("demo"))
    yield site
    site.db.close()


def viewer(site: Site, username: str) -> Viewer:
    return viewer_named(site, username, unit_ids=frozenset())


def lines(site: Site, kind: str, *, is_open: bool) -> dict[tuple[str, ...], list[int]]:
    """Numbers of cases by the rules they met."""
    found: dict[tuple[str, ...], list[int]] = {}
    inspector = viewer(site, "inspektorat")
    for line in case_page(site, inspector, kind=kind, is_open=is_open, page=1).lines:
        found.setdefault(line.rules, []).append(line.case_id)
    return found


def test_no_counters_form_is_heavier_than_6_kb(site: Site) -> None:
    client = create_app(site.settings).test_client()
    asked = {"Accept-Encoding": "gzip"}
    for line in card_lines(site):
        for lang in ("id", "en"):
            page = client.get(f"{line.url}?lang={lang}", headers=asked)
            assert page.status_code == 200
            assert len(page.data) <= 6_000, (line.code, lang)


def test_every_story_is_held_by_the_rule_it_is_about(site: Site) -> None:
    with site.db.read() as session:
        rows = session.execute(select(Case.rules, Case.size).where(Case.kind == "held")).all()
    assert sorted(tuple(row) for row in rows) == sorted(
        (story.rule, story.held) for story in (*OLD, *RECENT)
    )


def test_cases_of_several_rules_wait_at_two_counters(site: Site) -> None:
    inspector = viewer(site, "inspektorat")
    found = case_page(site, inspector, kind="held", is_open=True, page=1).lines
    assert {line.rules for line in found} == {("same_device",), ("burst",), ("same_text",)}
    assert len({line.counter for line in found}) == 2
    assert all(0 <= line.days_left <= 14 for line in found)
    marks = case_view(site, inspector, found[0].case_id).marks
    assert marks is not None
    assert marks.first_at is not None


def test_one_was_set_aside_and_one_counted_by_two_people(site: Site) -> None:
    closed = lines(site, "held", is_open=False)
    inspector = viewer(site, "inspektorat")
    for rule, outcome in (("staff_device", "aside"), ("outside_hours", "counted")):
        # numbers of cases are drawn by chance; older ones of the same rule may have run out
        views = [case_view(site, inspector, case_id) for case_id in closed[(rule,)]]
        (decided,) = [view for view in views if view.line.outcome == outcome]
        assert len({opinion.name for opinion in decided.opinions}) == 2


def test_somebody_felt_pressed_and_somebody_told_of_a_charge(site: Site) -> None:
    assert len(lines(site, "pressed", is_open=True)) == 1
    assert len(lines(site, "fee", is_open=True)) == 1


def test_the_officer_has_an_open_a_rejected_and_an_upheld_appeal_and_a_reply(site: Site) -> None:
    room = own_room(site, viewer(site, "petugas"))
    assert sorted(str(appeal.outcome) for appeal in room.appeals) == ["None", "rejected", "upheld"]
    assert any(batch.reply for batch in room.batches)
    supervisor = viewer_named(site, "atasan", unit_ids=frozenset(_units(site)))
    assert unit_replies(site, supervisor, page=1).total == 1


def _units(site: Site) -> list[int]:
    with site.db.read() as session:
        return list(session.scalars(select(Case.unit_id)))


def test_a_display_and_a_kiosk_are_in_use_and_answers_came_through_them(site: Site) -> None:
    devices = device_page(site, viewer(site, "admin"), page=1).lines
    assert {(device.kind, device.state) for device in devices} == {
        ("display", "in_use"),
        ("kiosk", "in_use"),
    }
    since = site.today() - timedelta(days=25)
    question = select(Rating.tier, func.count()).where(Rating.day >= since).group_by(Rating.tier)
    with site.db.read() as session:
        by_tier = {row[0]: row[1] for row in session.execute(question)}
    assert by_tier["display"] > 0
    assert by_tier["kiosk"] > 0


def test_one_paper_batch_was_checked_and_one_waits(site: Site) -> None:
    waiting, checked = batch_page(site, viewer(site, "admin"), page=1).lines
    assert (checked.keyed, checked.void, checked.to_check) == (12, 1, 0)
    assert checked.checked >= 5
    assert (waiting.keyed, waiting.row.batch.drawn_at) == (7, None)
    with site.db.read() as session:
        rows = session.execute(
            select(Tally.c.state, func.sum(Tally.c.n))
            .where(Tally.c.tier == "paper")
            .group_by(Tally.c.state)
        )
        assert {row[0]: row[1] for row in rows} == {"counted": 12, "held": 7}


def test_the_trust_page_has_numbers(site: Site) -> None:
    (agency,) = trust_page(site).agencies
    assert {rule.rule for rule in agency.rules} == {story.rule for story in OLD}
    assert all(isinstance(rule.held, int) for rule in agency.rules)
    assert 0 < agency.in_time < agency.settled  # one was not decided in time
    assert agency.aside > 0
    assert sum(1 for year in agency.appeals if year.made) > 0


def test_nothing_is_kept_beyond_its_time_and_the_tally_is_right(site: Site) -> None:
    assert not overdue(site)
    assert tally_differences(site) == 0


def test_the_second_inspector_can_close_what_the_first_began(
    tmp_path: Path, tuesday: Callable[[Path], Site]
) -> None:
    site = tuesday(tmp_path)  # a copy of its own: what it closes the others find open
    (case_id,) = lines(site, "held", is_open=True)[("same_device",)]
    second = viewer(site, "inspektorat2")
    before = case_view(site, second, case_id)
    assert before.may_decide
    assert [opinion.outcome for opinion in before.opinions] == [None]  # not to be read yet
    reason = "Saya sependapat: satu perangkat mengirim semuanya."
    assert give_opinion(site, second, case_id, outcome="aside", reason=reason) == "aside"
    assert tally_differences(site) == 0
    site.db.close()


def test_no_measure_is_both_under_way_and_done(site: Site) -> None:
    with site.db.read() as session:
        units = units_with_agencies(session)
    for unit, agency in units:
        plans = unit_results(site, agency.code, unit.code, "").plans
        assert {plan.status for plan in plans} == {"done", "running", "planned"}
        assert len({plan.action for plan in plans}) == len(plans)


def test_needs_of_every_state_are_there(site: Site) -> None:
    found = needs_overview(site, viewer(site, "kepegawaian"), only="", item="")
    lines = [line for group in found.groups for line in group.lines]
    assert {line.nature for line in lines} == {"training", "process", "ask"}
    mended = [line for line in lines if line.decision and line.decision.kind == "mend"]
    assert [(line.level, line.item) for line in mended] == [("counter", "kecepatan")]
    (contradicted,) = [line for line in lines if line.reply]
    assert (contradicted.nature, contradicted.item) == ("training", "perilaku")
    assert {line.voice for line in found.proposals} == {"officer", "supervisor"}
    assert "inseparable" in {one.nature for one in found.waiting}
    good, empty = (next(t for t in TRAININGS if t.code == code) for code in ("prima", "etika"))
    assert not empty.effects
    assert len(set(good.officers) & set(empty.officers)) == 3


def test_the_plans_room_is_filled_and_says_that_it_is_made_up(site: Site) -> None:
    """A plan with what came, a draft with paths that cost nothing, a lot, a certificate."""
    hr = viewer(site, "kepegawaian")
    last = year_page(site, hr, 2025, number=None)
    assert last.holds == 1
    assert any(one.came is not None for one in last.expected)
    assert sum(line.spent for line in last.money) > 0
    draft = candidates(site, hr, 2027).lines
    free = {line.training.code for line in draft if not line.price}
    assert free == {"elearning", *(path[0] for path in PATHS)}
    states = {state for _row, state in lots_page(site, hr)}
    assert states == {"drawn", "frozen"}
    drawn = next(row.lot.id for row, state in lots_page(site, hr) if state == "drawn")
    officer = viewer(site, "petugas")
    own = certificate_page(site, officer).own
    (standing,) = [one for one in own if one.withdrawn_at is None]
    assert len(own) == 2  # the other was withdrawn after an appeal
    papers = [minutes_file(site, hr, drawn), certificate_file(site, officer, standing.id)]
    for paper in papers:
        text = pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
        assert "DATA CONTOH" in text
