"""Held answers: who decides, what follows, and that the tally follows too; both engines."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from feedback_app import create_app
from feedback_app.domain.codes import place_code
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases import decisions
from feedback_app.services.citizen import holding
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, Rating, Verdict
from feedback_app.storage.models.tally import Tally
from feedback_app.storage.verdicts import Standing, standings
from tests.conftest import Browser, Copied, SteppedClock, fill_with_office, settings_for
from tests.ground.office import TODAY, Office, known_office
from tests.web.test_citizen import opened

Answer = Callable[..., None]
FLOOD = 9  # of one phone; all but the first are held in the end, that one may be another's
HELD = 8
LATER = 4  # held when they came; those between had counted before
FIRST = ("counted", True)


@pytest.fixture
def ina(office: Office) -> Viewer:
    """Of the inspectorate."""
    return Viewer(6, office.agency_id, "ina", "Ina", Role.INSPECTORATE, frozenset(), None)


@pytest.fixture
def ira(office: Office) -> Viewer:
    """A second one (the account is the HR's: any other will do for a name)."""
    return Viewer(5, office.agency_id, "ira", "Ira", Role.INSPECTORATE, frozenset(), None)


def send_row(citizen: Browser, place: str, office: Office, clock: SteppedClock) -> None:
    """Answers in a row from one phone, each opened as soon as the last was sent."""
    for _ in range(FLOOD):
        form = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
        clock.at += timedelta(seconds=20)
        assert citizen.post(f"/q/{place}", data=form | {"biaya": "4"}).status_code == 303
        clock.at += timedelta(seconds=5)


def flooded_office(url: str, folder: Path) -> None:
    fill_with_office(url, folder)
    clock = SteppedClock()
    app = create_app(settings_for(url, folder), clock=clock)
    office = known_office(app.extensions["site"])
    place = place_code(office.number["A1"], 1, key=b"p" * 32)
    send_row(Browser(app.test_client()), place, office, clock)
    app.extensions["site"].db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, copied: Copied, tmp_path: Path) -> Iterator[str]:
    """The row is sent once a run on each engine, to a database that is copied."""
    is_flooded = "flooded" in request.fixturenames
    with copied(flooded_office if is_flooded else fill_with_office, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def flooded(clock: SteppedClock, site: Site) -> None:
    """A row from one phone came already."""
    clock.at += FLOOD * timedelta(seconds=25)


@pytest.fixture
def flood(citizen: Browser, place: str, office: Office, clock: SteppedClock) -> Callable[[], None]:
    """Send a row."""
    return lambda: send_row(citizen, place, office, clock)


def states(site: Site) -> list[tuple[str, bool]]:
    with site.db.read() as session:
        ids = session.scalars(select(Rating.id)).all()
        return sorted((row.state, row.for_officer) for row in standings(session, ids))


def held_case(site: Site) -> Case:
    with site.db.read() as session:
        return session.scalars(select(Case).where(Case.kind == "held")).one()


def test_a_row_from_one_phone_is_held_the_earlier_ones_too(site: Site, flooded: None) -> None:
    assert states(site) == [FIRST] + [("held", True)] * HELD
    assert tally_differences(site) == 0
    case = held_case(site)
    assert (case.rules, case.size, case.due_on) == (
        "same_device",
        HELD,
        TODAY + timedelta(days=14),
    )


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("counted", {FIRST: FLOOD}),
        ("unit_only", {FIRST: 1, ("counted", False): HELD}),
        ("rest_aside", {FIRST: FLOOD - LATER, ("aside", True): LATER}),
        ("aside", {FIRST: 1, ("aside", True): HELD}),
    ],
)
def test_two_who_agree_decide_and_the_tally_follows(
    site: Site,
    flooded: None,
    ina: Viewer,
    ira: Viewer,
    clock: SteppedClock,
    outcome: str,
    expected: dict[tuple[str, bool], int],
) -> None:
    case_id = held_case(site).id
    clock.at += timedelta(days=3)
    reason = "Ada antrean keluarga besar."
    assert decisions.give_opinion(site, ina, case_id, outcome=outcome, reason=reason) is None
    assert states(site) == [FIRST] + [("held", True)] * HELD  # one voice changes nothing
    assert decisions.give_opinion(site, ina, case_id, outcome=outcome, reason=reason) is None
    assert decisions.give_opinion(site, ira, case_id, outcome=outcome, reason=reason) == outcome
    assert Counter(states(site)) == expected
    assert tally_differences(site) == 0
    with site.db.read() as session:
        days = {
            state: set(session.scalars(select(Tally.c.day).where(Tally.c.state == state)))
            for state in ("counted", "aside")
        }
    late = set() if outcome == "aside" else {TODAY + timedelta(days=3)}
    assert days["counted"] == {TODAY} | late  # a day that is over keeps its figures
    assert days["aside"] <= {TODAY}
    with pytest.raises(FieldFaultError, match="sudah diputus"):
        decisions.give_opinion(site, ina, case_id, outcome=outcome, reason=reason)


def test_those_who_disagree_go_on_until_two_hold_the_same(
    site: Site, flooded: None, ina: Viewer, ira: Viewer
) -> None:
    case_id = held_case(site).id
    reason = "Alasan yang cukup panjang."
    decisions.give_opinion(site, ina, case_id, outcome="counted", reason=reason)
    assert decisions.give_opinion(site, ira, case_id, outcome="aside", reason=reason) is None
    assert decisions.give_opinion(site, ina, case_id, outcome="aside", reason=reason) == "aside"


def test_nobody_from_inside_the_unit_decides(
    site: Site, flooded: None, ina: Viewer, office: Office
) -> None:
    case_id = held_case(site).id
    inside = Viewer(
        6, office.agency_id, "x", "X", Role.INSPECTORATE, frozenset({office.unit["A"]}), None
    )
    for viewer, text in ((inside, "luar unit"), (ina, "Tulis alasan")):
        with pytest.raises(FieldFaultError, match=text):
            decisions.give_opinion(site, viewer, case_id, outcome="aside", reason="pendek")
    with pytest.raises(FieldFaultError, match="Pilih salah satu"):
        decisions.give_opinion(site, ina, case_id, outcome="upheld", reason="Cukup panjang ini.")
    stranger = Viewer(6, 999, "x", "X", Role.INSPECTORATE, frozenset(), None)
    with pytest.raises(NotThereError):
        decisions.give_opinion(site, stranger, case_id, outcome="aside", reason="Cukup panjang.")


def test_what_nobody_decides_counts_as_before_and_the_rest_for_the_unit_only(
    site: Site, flooded: None, clock: SteppedClock
) -> None:
    clock.at += timedelta(days=14)
    assert decisions.decide_overdue(site) == 0  # the last day is still a day
    clock.at += timedelta(days=1)
    assert decisions.decide_overdue(site) == 1
    assert Counter(states(site)) == {FIRST: FLOOD - LATER, ("counted", False): LATER}
    assert held_case(site).outcome == "expired"
    assert tally_differences(site) == 0
    assert decisions.decide_overdue(site) == 0


def test_a_case_somebody_looked_at_does_not_grow(
    site: Site, flood: Callable[[], None], ina: Viewer
) -> None:
    flood()
    case_id = held_case(site).id
    decisions.give_opinion(site, ina, case_id, outcome="aside", reason="Satu orang saja ini.")
    flood()
    with site.db.read() as session:
        sizes = session.scalars(select(Case.size).where(Case.kind == "held")).all()
    assert sum(sizes) == HELD + FLOOD
    assert HELD in sizes


def test_a_case_that_somebody_looks_at_just_now_does_not_grow(
    site: Site,
    browse: Callable[[], Browser],
    place: str,
    clock: SteppedClock,
    ina: Viewer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    staff = browse().log_in("alice")  # what this browser sends is held

    def filled_in() -> dict[str, Any]:
        form = opened(staff, place)
        clock.at += timedelta(minutes=10)
        return form

    def send(form: dict[str, Any]) -> None:
        assert staff.post(f"/q/{place}", data=form).status_code == 303

    send(filled_in())
    case_id, second = held_case(site).id, filled_in()
    looked, sent = threading.Event(), threading.Event()
    real = decisions.log_act

    def slow(*args: Any) -> None:
        real(*args)
        looked.set()
        sent.wait(1)  # until the second is in, or waits for the case as it should

    monkeypatch.setattr(decisions, "log_act", slow)
    with ThreadPoolExecutor(2) as threads:
        reason = "Satu orang saja ini."
        opinion = threads.submit(
            decisions.give_opinion, site, ina, case_id, outcome="aside", reason=reason
        )
        assert looked.wait(5)
        threads.submit(send, second).result()
        sent.set()
        opinion.result()
    with site.db.read() as session:
        sizes = session.scalars(select(Case.size).where(Case.kind == "held")).all()
    assert sizes == [1, 1]


def test_an_answer_held_while_midnight_passes_is_saved(
    site: Site,
    flood: Callable[[], None],
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    midnight = local_instant(TODAY + timedelta(days=1), time(0))
    clock.at = midnight - timedelta(minutes=2)
    real = holding.standings

    def over_midnight(*args: Any) -> list[Standing]:
        found: list[Standing] = real(*args)
        if any(row.state == "counted" for row in found):  # it is about to take these along
            clock.at = max(clock.at, midnight)
        return found

    monkeypatch.setattr(holding, "standings", over_midnight)
    flood()
    assert clock.at > midnight
    assert len(states(site)) == FLOOD
    assert tally_differences(site) == 0


def test_a_case_decided_while_midnight_passes_is_decided(
    site: Site,
    flooded: None,
    ina: Viewer,
    ira: Viewer,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case_id = held_case(site).id
    midnight = local_instant(TODAY + timedelta(days=1), time(0))
    clock.at = midnight - timedelta(seconds=10)
    real = decisions._day_counted

    def over_midnight(*args: Any) -> Any:
        clock.at = midnight + timedelta(seconds=1)
        return real(*args)

    monkeypatch.setattr(decisions, "_day_counted", over_midnight)
    for viewer in (ina, ira):
        decisions.give_opinion(site, viewer, case_id, outcome="counted", reason="Antrean panjang.")
    assert {state for state, _for_officer in states(site)} == {"counted"}
    assert tally_differences(site) == 0


def test_the_rules_page_tells_how_many_of_a_case_were_set_aside(
    site: Site, flooded: None, ina: Viewer, ira: Viewer
) -> None:
    case_id = held_case(site).id
    for viewer in (ina, ira):
        decisions.give_opinion(
            site, viewer, case_id, outcome="rest_aside", reason="Antrean panjang."
        )
    assert decisions.rule_totals(site, ina) == [("same_device", HELD, LATER)]


@pytest.mark.every_case
@pytest.mark.parametrize("table", ["rating", "verdict", "case_opinion"])
@pytest.mark.parametrize("act", ["UPDATE {} SET agency_id = agency_id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_an_answer_or_a_verdict(
    site: Site, flooded: None, ina: Viewer, table: str, act: str
) -> None:
    case_id = held_case(site).id
    decisions.give_opinion(site, ina, case_id, outcome="aside", reason="Satu orang saja ini.")
    with pytest.raises(DBAPIError, match="append-only"), site.db.engine.begin() as connection:
        connection.exec_driver_sql(act.format(table))
    with site.db.read() as session:
        assert session.scalar(select(Verdict.rating_id).limit(1)) is not None


def test_pressure_and_charges_are_counted_apart_and_change_no_receipt(
    site: Site, citizen: Browser, place: str, office: Office
) -> None:
    for pressed in ("1", ""):
        form = opened(citizen, place) | {"service": str(office.service["ktp"]), "biaya": "2"}
        form |= {"served_by": f"o{office.officer['Sari']}", "pressed": pressed}
        answer = citizen.post(f"/q/{place}", data=form)
        assert "sudah dihitung" in citizen.get(answer.location).get_data(as_text=True)
    with site.db.read() as session:
        found = session.execute(select(Case.kind, Case.size).order_by(Case.kind)).all()
    assert [tuple(row) for row in found] == [("fee", 2), ("pressed", 1)]
    assert states(site) == [("counted", False), ("counted", True)]


def test_the_inspectorates_pages(browse: Callable[[], Browser], site: Site, flooded: None) -> None:
    ina = browse().log_in("ina")
    listed = ina.get("/staf/perkara/").get_data(as_text=True)
    assert "Beberapa penilaian berturut-turut dari perangkat yang sama" in listed
    path = f"/staf/perkara/{held_case(site).id}"
    page = ina.get(path).get_data(as_text=True)
    assert "1 tanda perangkat" in page
    assert "jaringan" not in page
    assert "4 di antaranya sudah dihitung sebelum ditahan" in page
    token = ina.csrf(path)
    short = ina.post(path, data={"csrf_token": token, "outcome": "aside", "reason": "ya"})
    assert short.status_code == 422
    assert "ya</textarea>" in short.get_data(as_text=True)
    data = {"csrf_token": token, "outcome": "aside", "reason": "Dari satu ponsel saja."}
    assert ina.post(path, data=data).status_code == 302
    assert "Dari satu ponsel saja." in ina.get(path).get_data(as_text=True)
    assert ina.get("/staf/perkara/?jenis=fee").status_code == 200
    assert ina.get("/staf/perkara/?keadaan=selesai&hal=99").status_code == 200
    assert "Beberapa penilaian" in ina.get("/staf/perkara/penyaringan").get_data(as_text=True)
    assert browse().log_in("alice").get(path).status_code == 404


def test_a_second_opinion_that_differs_is_told_what_follows(
    browse: Callable[[], Browser], site: Site, ira: Viewer, flooded: None
) -> None:
    case_id = held_case(site).id
    path = f"/staf/perkara/{case_id}"
    ina = browse().log_in("ina")

    def told(outcome: str) -> str:
        data = {"outcome": outcome, "reason": "Cukup panjang ini.", "csrf_token": ina.csrf(path)}
        assert ina.post(path, data=data).status_code == 302
        return ina.get(path).get_data(as_text=True)

    differs = "Pendapat Anda tercatat dan berbeda dari pendapat sebelumnya."
    assert differs not in told("counted")
    decisions.give_opinion(site, ira, case_id, outcome="aside", reason="Cukup panjang ini.")
    second = told("unit_only")
    assert (
        f"{differs} Kasus tetap terbuka sampai dua orang berpendapat sama, paling lambat 8 Desember 2026."
        in second
    )
    with site.db.transaction() as tx:
        tx.get_one(Case, case_id).due_on = TODAY - timedelta(days=1)
    assert f"{differs} Batas waktunya sudah lewat" in told("counted")
