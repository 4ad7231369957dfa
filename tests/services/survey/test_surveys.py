"""A survey from its opening to its revisions, on both engines."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.published import Published
from feedback_app.domain.roles import Role
from feedback_app.domain.skm import TooFew
from feedback_app.domain.survey import Span, span_of
from feedback_app.domain.survey_figures import from_json
from feedback_app.files.survey_facts import SurveyFacts
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.public import open_data, regency, results
from feedback_app.services.site import Site
from feedback_app.services.survey import closing as survey_closing
from feedback_app.services.survey import facts as survey_facts
from feedback_app.services.survey import follow_up
from feedback_app.services.survey import periods as surveys
from feedback_app.services.survey.periods import Settings
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage import bulk
from feedback_app.storage.models import AuditEntry
from feedback_app.storage.queries import surveys as queries
from feedback_app.storage.verdicts import Change, append_verdicts, standings
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office, add_ratings

QUARTERS = [span_of("quarter", year=2026, part=part) for part in (1, 2, 3, 4)]


@pytest.fixture
def alice(office: Office) -> Viewer:
    """Supervises unit A."""
    return Viewer(
        1, office.agency_id, "alice", "Alice", Role.SUPERVISOR, frozenset({office.unit["A"]}), None
    )


def settings(office: Office, span: Span = QUARTERS[3], **changes: Any) -> Settings:
    chosen = Settings(office.unit["A"], span, "1/9", "sarana_8", "month", 100)
    return replace(chosen, **changes)


def closed(site: Site, alice: Viewer, office: Office, span: Span) -> int:
    survey_id = surveys.open_survey(site, alice, settings(office, span))
    survey_closing.close_survey(site, alice, survey_id)
    return survey_id


def set_state(site: Site, count: int, state: str, *, counter_id: int) -> None:
    """A verdict on some of the counter's answers that are not yet so.

    A day that is over keeps its answers in the tally: what leaves does so on the evening of its own
    day, what is counted late stands under today.
    """
    with site.db.transaction() as tx:
        ids = tx.execute(
            text("SELECT id FROM rating WHERE counter_id = :c ORDER BY id"), {"c": counter_id}
        ).scalars()
        others = [row for row in standings(tx, ids.all()) if row.state != state]
        wanted = sorted(others, key=lambda row: row.rating["id"])[:count]
        assert len(wanted) == count
        for row in wanted:
            is_late = state == "counted"
            day = site.today() if is_late else row.counted_on
            change = Change(row.rating["id"], state, row.for_officer, day)
            at = site.now() if is_late else local_instant(day, time(20))
            assert append_verdicts(tx, [change], reason="uji", at=at, case_id=None) == 1
    assert tally_differences(site) == 0


def test_the_target_comes_from_the_books_and_is_kept(
    site: Site, office: Office, alice: Viewer
) -> None:
    with pytest.raises(FieldFaultError, match="jumlah kunjungan belum pernah diimpor"):
        surveys.open_survey(site, alice, settings(office, population=None))
    rows = [
        {
            "agency_id": office.agency_id,
            "day": TODAY - timedelta(days=back),
            "counter_id": office.counter["A1"],
            "service_id": office.service[name],
            "visits": visits,
        }
        for back in range(365)
        for name, visits in (("ktp", 3), ("kk", 1))
    ]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "visit_count", rows)
    survey_id = surveys.open_survey(site, alice, settings(office, population=None, meaning="year"))
    survey, _unit, _agency, _revisions = surveys.survey_of(site, alice, survey_id)
    assert (survey.population_meaning, survey.population, survey.target) == ("year", 1460, 304)
    assert survey.targets == {str(office.service["ktp"]): 228, str(office.service["kk"]): 76}
    surveys.change_survey(site, alice, survey_id, settings(office, population=100, weight="0.11"))
    survey = surveys.survey_of(site, alice, survey_id)[0]
    assert (survey.population, survey.target, survey.weight) == (100, 80, "0.11")
    (choice,) = surveys.unit_choices(site, alice, QUARTERS[3])
    assert choice.visits == {"month": 122, "period": 368, "year": 1460}


def test_closing_counts_complete_forms_once_and_equals_the_tally(
    site: Site, office: Office, alice: Viewer
) -> None:
    some_day = date(2026, 9, 23)
    add_ratings(site, office, 12, day=some_day, perilaku=4, sex="female")
    add_ratings(site, office, 5, day=some_day, service_id=office.service["kk"], counter="A2")
    add_ratings(site, office, 3, day=some_day, waktu=None)
    add_ratings(site, office, 2, day=some_day, state="held")
    add_ratings(site, office, 4, day=date(2026, 10, 1))  # after the period
    add_ratings(site, office, 9, day=some_day, counter="B1")  # another unit
    add_ratings(site, office, 9, day=date(2026, 6, 30))  # before the period
    survey_id = closed(site, alice, office, QUARTERS[2])
    survey, _unit, _agency, (first,) = surveys.survey_of(site, alice, survey_id)
    figures = from_json(first.figures)
    assert (figures.whole.n, figures.partial, figures.held, figures.aside) == (17, 3, 2, 0)
    assert figures.whole.counts["perilaku"] == (0, 0, 5, 12)
    assert {line.name: line.group.n for line in figures.services} == {
        "KTP-el": 12,
        "Kartu Keluarga": 5,
    }
    assert figures.profile["sex"] == {"female": 12, "": 5}
    with site.db.read() as session:
        counters = queries.counter_ids_of_unit(session, office.unit["A"])
        sizes = queries.sizes_between(session, counters, survey.first_day, survey.last_day)
        assert not survey_closing.has_changed(session, survey, first)
    counted = [row for row in sizes if row[3] == "counted"]
    assert sum(row[5] for row in counted) == figures.whole.n
    assert sum(row[6] for row in counted) == figures.whole.total
    assert sum(row[7] for row in counted) == figures.whole.squares
    with pytest.raises(FieldFaultError, match="sudah ditutup"):
        survey_closing.close_survey(site, alice, survey_id)
    with pytest.raises(FieldFaultError, match="tidak dapat diubah"):
        surveys.change_survey(site, alice, survey_id, settings(office))


def test_a_period_with_nobody_or_not_over_cannot_be_closed(
    site: Site, office: Office, alice: Viewer, clock: SteppedClock
) -> None:
    past = surveys.open_survey(site, alice, settings(office, QUARTERS[2]))
    with pytest.raises(FieldFaultError, match="Belum ada formulir lengkap"):
        survey_closing.close_survey(site, alice, past)
    running = surveys.open_survey(site, alice, settings(office, QUARTERS[3]))
    add_ratings(site, office, 3)
    for day in (TODAY, date(2026, 12, 31)):
        clock.at = local_instant(day, time(16))
        with pytest.raises(FieldFaultError, match="belum berakhir"):
            survey_closing.close_survey(site, alice, running)
    clock.at = local_instant(date(2027, 1, 1), time(8))
    survey_closing.close_survey(site, alice, running)


def test_one_answer_closes_but_nothing_is_published(
    site: Site, office: Office, alice: Viewer
) -> None:
    add_ratings(site, office, 1, day=date(2026, 7, 1))
    survey_id = closed(site, alice, office, QUARTERS[2])
    facts = survey_facts.facts_of(site, alice, survey_id)
    assert facts == survey_facts.TooFewForms(1)
    found = results.unit_results(site, "dukcapil", "A", "")
    assert found.result is not None
    assert isinstance(found.result.what, TooFew)
    (row,) = open_data.rows_of_unit(site, "dukcapil", "A")
    assert (row["n"], row["ikm"], row["note"]) == (None, None, "too_few")
    assert regency.regency(site).newest is None


def test_a_later_verdict_changes_nothing_until_it_is_a_numbered_revision(
    site: Site, office: Office, alice: Viewer
) -> None:
    add_ratings(site, office, 10, day=date(2026, 7, 2), waktu=1)
    add_ratings(site, office, 10, day=date(2026, 7, 2), waktu=1, state="held")
    add_ratings(site, office, 20, day=date(2026, 7, 3), counter="A2")
    survey_id = closed(site, alice, office, QUARTERS[2])
    before = results.unit_results(site, "dukcapil", "A", "2026-t3").result
    assert survey_closing.revise_survey(site, alice, survey_id, reason="uji") is None

    set_state(site, 4, "counted", counter_id=office.counter["A1"])
    survey, _unit, _agency, revisions = surveys.survey_of(site, alice, survey_id)
    with site.db.read() as session:
        assert survey_closing.has_changed(session, survey, revisions[-1])
    assert results.unit_results(site, "dukcapil", "A", "2026-t3").result == before
    assert survey_closing.revise_survey(site, alice, survey_id, reason="Putusan 1/2026") == 2
    _survey, _unit, _agency, revisions = surveys.survey_of(site, alice, survey_id)
    assert [(row.number, row.changed, row.reason) for row in revisions[1:]] == [
        (2, 4, "Putusan 1/2026")
    ]
    assert from_json(revisions[0].figures).whole.n == 30  # the first is as it was
    assert [from_json(row.figures).held for row in revisions] == [10, 6]
    old, new = (survey_facts.facts_of(site, alice, survey_id, number=number) for number in (1, 2))
    assert (old.index.n, new.index.n) == (30, 34)  # type: ignore[union-attr]

    public = results.unit_results(site, "dukcapil", "A", "2026-t3").result
    assert public is not None
    assert (public.revision, public.newest) == (1, 2)  # four answers would be found by subtraction
    set_state(site, 6, "counted", counter_id=office.counter["A1"])
    assert survey_closing.revise_survey(site, alice, survey_id, reason="Putusan 2/2026") == 3
    public = results.unit_results(site, "dukcapil", "A", "2026-t3").result
    assert public is not None
    assert isinstance(public.what, Published)
    assert (public.revision, public.what.n, public.what.held) == (3, 40, 0)
    with pytest.raises(NotThereError):
        survey_facts.facts_of(site, alice, survey_id, number=9)


def test_verdicts_that_cancel_each_other_do_not_add_up_to_a_publication(
    site: Site, office: Office, alice: Viewer
) -> None:
    """Five set aside, the same five back and one other aside: eleven acts, one form of difference."""
    add_ratings(site, office, 15, day=date(2026, 7, 2), waktu=1)
    add_ratings(site, office, 15, day=date(2026, 7, 3), waktu=4)
    survey_id = closed(site, alice, office, QUARTERS[2])
    set_state(site, 5, "aside", counter_id=office.counter["A1"])
    survey_closing.revise_survey(site, alice, survey_id, reason="satu")
    set_state(site, 5, "counted", counter_id=office.counter["A1"])
    set_state(site, 1, "aside", counter_id=office.counter["A1"])
    assert survey_closing.revise_survey(site, alice, survey_id, reason="dua") == 3
    public = results.unit_results(site, "dukcapil", "A", "2026-t3").result
    assert public is not None
    assert isinstance(public.what, Published)
    assert (public.revision, public.what.n) == (1, 30)


def test_a_unanimous_part_cannot_be_found_from_its_whole(
    site: Site, office: Office, alice: Viewer
) -> None:
    """Of a quarter, or a unit, that is all alike only the letter is told: no sum may hold it."""
    half = span_of("semester", year=2026, part=1)
    add_ratings(site, office, 12, day=QUARTERS[0].first)
    for waktu in (1, 4):
        add_ratings(site, office, 8, day=QUARTERS[1].first, waktu=waktu)
        add_ratings(site, office, 8, day=QUARTERS[0].first, waktu=waktu, counter="B1")
    for quarter in (*QUARTERS[:2], half):
        closed(site, alice, office, quarter)
    charlie = replace(alice, unit_ids=frozenset({office.unit["B"]}))
    own = settings(office, QUARTERS[0], unit_id=office.unit["B"])
    survey_closing.close_survey(site, charlie, surveys.open_survey(site, charlie, own))
    whole = results.unit_results(site, "dukcapil", "A", "2026-s1").result
    assert whole is not None
    assert isinstance(whole.what, TooFew)
    together = {line.slug: line.units for line in regency.together(site)}
    assert together == {"2026-t2": ("Unit A",), "2026-t1": ("Unit B",)}


def test_a_years_report_is_compared_with_years_and_an_old_revision_with_itself(
    site: Site, office: Office, alice: Viewer, clock: SteppedClock
) -> None:
    clock.at += timedelta(days=60)
    year = span_of("year", year=2026, part=1)
    for place, quarter in enumerate(QUARTERS):
        add_ratings(site, office, 12, day=quarter.first, waktu=1 + place)
        add_ratings(site, office, 12, day=quarter.first)
        closed(site, alice, office, quarter)
    whole = closed(site, alice, office, year)
    facts = survey_facts.facts_of(site, alice, whole)
    assert isinstance(facts, SurveyFacts)
    assert [point.title for point in facts.trend] == ["Tahun 2026"]
    quarter_id = next(
        line.survey.id
        for line in surveys.survey_lines(site, alice)
        if line.title[0] == "Triwulan IV 2026"
    )
    set_state(site, 50, "aside", counter_id=office.counter["A1"])
    survey_closing.revise_survey(site, alice, quarter_id, reason="uji")
    for number in (1, 2):
        old = survey_facts.facts_of(site, alice, quarter_id, number=number)
        if isinstance(old, SurveyFacts):
            assert old.trend[-1].ikm == old.index.ikm
            assert len(old.trend) == 4


def test_a_year_is_the_sum_of_its_quarters_and_waits_for_the_smallest(
    site: Site, office: Office, alice: Viewer, clock: SteppedClock
) -> None:
    clock.at += timedelta(days=60)  # January 2027
    year = span_of("year", year=2026, part=1)
    for quarter, count in zip(QUARTERS, (12, 15, 11, 4), strict=True):
        add_ratings(site, office, count, day=quarter.first)
    for quarter in QUARTERS[:3]:
        closed(site, alice, office, quarter)
    with pytest.raises(FieldFaultError, match="memotong"):
        surveys.open_survey(site, alice, settings(office, year))
    last = surveys.open_survey(site, alice, settings(office, QUARTERS[3]))
    whole = surveys.open_survey(site, alice, settings(office, year))
    with pytest.raises(FieldFaultError, match="Tutup dahulu setiap"):
        survey_closing.close_survey(site, alice, whole)
    survey_closing.close_survey(site, alice, last)
    survey_closing.close_survey(site, alice, whole)
    facts = survey_facts.facts_of(site, alice, whole)
    assert facts.index.n == 42  # type: ignore[union-attr]  (the office sees it)
    public = results.unit_results(site, "dukcapil", "A", "2026").result
    assert public is not None
    assert isinstance(public.what, TooFew)  # else the last quarter could be found by subtraction
    assert len(results.unit_results(site, "dukcapil", "A", "").trend) == 3


def outcomes(act: Callable[[], object], times: int = 8) -> list[str]:
    """What many at once got: 'done', or the name of the refusal."""

    def once(_place: int) -> str:
        try:
            act()
        except FieldFaultError as fault:
            return type(fault).__name__
        return "done"

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(once, range(times)))


def test_many_clicks_open_and_close_once(site: Site, office: Office, alice: Viewer) -> None:
    add_ratings(site, office, 12, day=date(2026, 7, 2))
    opened = outcomes(lambda: surveys.open_survey(site, alice, settings(office, QUARTERS[2])))
    assert opened == ["OverlapError"] * 7 + ["done"]
    (line,) = surveys.survey_lines(site, alice)
    closings = outcomes(lambda: survey_closing.close_survey(site, alice, line.survey.id))
    assert closings == ["FieldFaultError"] * 7 + ["done"]
    set_state(site, 1, "aside", counter_id=office.counter["A1"])
    revised = outcomes(
        lambda: survey_closing.revise_survey(site, alice, line.survey.id, reason="uji")
    )
    assert revised == ["done"] * 8
    assert len(surveys.survey_of(site, alice, line.survey.id)[3]) == 2


def test_packed_answers_are_read_by_key_and_hold_nothing_else(
    site: Site, office: Office, alice: Viewer
) -> None:
    add_ratings(site, office, 11, day=date(2026, 7, 2), sarana=1, pengaduan=4)
    survey_id = closed(site, alice, office, QUARTERS[2])
    _survey, _unit, _agency, (first,) = surveys.survey_of(site, alice, survey_id)
    with site.db.read() as session:
        rows = survey_closing.unpack_answers(queries.answers_of_revision(session, first.id))
    expected = tuple({"sarana": 1, "pengaduan": 4}.get(key, 3) for key in OFFICIAL_KEYS)
    assert rows == [expected] * 11
    turned = "pengaduan,sarana," + ",".join(OFFICIAL_KEYS[:7]) + "\n4,1,3,3,3,3,3,3,3"
    assert survey_closing.unpack_answers(zlib.compress(turned.encode())) == [expected]


def test_plans_are_carried_over_with_their_state(site: Site, office: Office, alice: Viewer) -> None:
    add_ratings(site, office, 12, day=date(2026, 4, 2))
    add_ratings(site, office, 12, day=date(2026, 7, 2))
    first = closed(site, alice, office, QUARTERS[1])
    plan = {
        "element": "waktu",
        "cause": "Antrean; kata Sari Contoh",
        "action": "Loket kedua",
        "due": date(2026, 12, 1),
        "responsible": "Kepala Seksi",
        "status": "planned",
        "note": "",
    }
    follow_up.add_plan(site, alice, first, plan)
    second = closed(site, alice, office, QUARTERS[2])
    own, (carried,) = follow_up.plans_of_survey(site, alice, second)
    assert own == []
    with pytest.raises(FieldFaultError, match="apa yang sudah dilakukan"):
        follow_up.change_plan(site, alice, carried.item.id, plan | {"status": "done"})
    follow_up.change_plan(
        site, alice, carried.item.id, plan | {"status": "done", "note": "Dibuka."}
    )
    facts = survey_facts.facts_of(site, alice, second)
    assert isinstance(facts, SurveyFacts)
    (row,) = facts.carried
    assert (row.status, row.note, row.survey_title) == ("Selesai", "Dibuka.", "Triwulan II 2026")
    assert "Sari" not in row.cause  # no officer's name in a public paper
    follow_up.remove_plan(site, alice, carried.item.id)
    assert results.unit_results(site, "dukcapil", "A", "").plans == ()
    with site.db.read() as session:
        kept = session.query(AuditEntry).filter_by(action="remove_follow_up").one()
    assert kept.detail["action"] == "Loket kedua"


def test_another_units_survey_is_not_there(site: Site, office: Office, alice: Viewer) -> None:
    other = replace(alice, unit_ids=frozenset({office.unit["B"]}))
    survey_id = surveys.open_survey(site, alice, settings(office))
    for act in (
        lambda: surveys.survey_of(site, other, survey_id),
        lambda: surveys.change_survey(site, other, survey_id, settings(office)),
        lambda: surveys.call_off_survey(site, other, survey_id),
        lambda: survey_closing.close_survey(site, other, survey_id),
        lambda: survey_closing.revise_survey(site, other, survey_id, reason="x"),
        lambda: survey_facts.facts_of(site, other, survey_id),
        lambda: surveys.open_survey(site, other, settings(office)),
    ):
        with pytest.raises(NotThereError):
            act()


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "satu triwulan"),
        (date(2026, 10, 5), date(2026, 10, 7), "satu triwulan"),
        (date(2026, 10, 1), date(2026, 12, 30), "satu triwulan"),
        (date(2025, 1, 1), date(2026, 12, 31), "satu triwulan"),
        (date(2016, 1, 1), date(2016, 6, 30), "sejak tahun 2017"),
        (date(2029, 1, 1), date(2029, 3, 31), "paling lambat setahun"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_odd_days_are_refused(
    site: Site, office: Office, alice: Viewer, first: date, last: date, reason: str
) -> None:
    with pytest.raises(FieldFaultError, match=reason):
        surveys.open_survey(site, alice, settings(office, Span(first, last)))


def test_a_service_nobody_rated_and_a_small_one_are_told_without_numbers(
    site: Site, office: Office, alice: Viewer
) -> None:
    day = date(2026, 7, 2)
    add_ratings(site, office, 30, day=day)
    add_ratings(site, office, 2, day=day, service_id=office.service["kk"])
    survey_id = closed(site, alice, office, QUARTERS[2])
    facts = survey_facts.facts_of(site, alice, survey_id)
    assert isinstance(facts, SurveyFacts)
    (line,) = facts.services  # two forms alone could be found from the thirty and the whole
    assert (line.name, line.group.n) == ("KTP-el, Kartu Keluarga", 32)
