"""Ordinary answers, saved together: the same rows, rules and cases as on the way that can do all,
with several processes too, and whatever is not ordinary goes that way."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from feedback_app.config import Settings
from feedback_app.domain.causes import CAUSES
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.rating import Served
from feedback_app.services.citizen import quick_rating
from feedback_app.services.citizen.arriving import Submission, open_form
from feedback_app.services.citizen.place import open_place
from feedback_app.services.citizen.rating import submit_rating
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage import sqlite
from feedback_app.storage.models import Case, Rating, Screening, Verdict
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LONG = "Petugas ramah, cepat, dan sabar menjelaskan syarat kepada ibu saya yang sudah tua."


def form(site: Site, place: str, **told: Any) -> Submission:
    """An ordinary form, opened now."""
    found = Submission(
        place_code=place,
        token=open_form(site, open_place(site, place)),
        service_id=None,
        served=Served("not_sure", None, None),
        visit_purpose=None,
        answers={key: 1 + n % 4 for n, key in enumerate(ALL_KEYS)},
        causes=(),
        visit_facts={},
        bands={},
        comment="",
        visit=NONE_GIVEN,
        is_pressed=False,
        is_charged=False,
        language="id",
        device=secrets.token_hex(4),
        network="",
        device_secret="",
        from_staff_browser=False,
    )
    return replace(found, **told)


@pytest.fixture
def other_way(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on nothing is ordinary."""
    return lambda: monkeypatch.setattr(quick_rating, "is_ordinary", lambda _arriving: False)


def everything(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """All that an answer leaves behind, without what is drawn by chance."""
    names = {"id", "rating_id", "receipt", "body_digest", "comment_id", "case_id"}
    found = {}
    for table in (
        "rating",
        "comment",
        "screening",
        "tally",
        "detail_tally",
        "case_file",
        "verdict",
    ):
        with site.db.read() as session:
            rows = session.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608
            kept = [tuple(v for k, v in row.items() if k not in names) for row in rows]
        found[table] = sorted(kept, key=repr)
    return found


def a_morning(site: Site, office: Office, place: str, clock: SteppedClock) -> None:
    """Honest answers, signs, a crowd that is held, one long comment twice."""
    sari = office.officer["Sari"]
    told: list[dict[str, Any]] = [
        {"served": Served("officer", sari, "today"), "service_id": office.service["kk"]},
        {"comment": LONG, "bands": {"sex": "female"}, "visit_purpose": "apply"},
        {"comment": LONG, "is_pressed": True},
        {"is_charged": True, "causes": (CAUSES[0],), "visit_facts": {"visits_needed": "2"}},
        {"served": Served("another", None, "day_before"), "language": "en"},
        {"from_staff_browser": True},
        *({} for _ in range(8)),
    ]
    for number, one in enumerate(told):
        clock.at += timedelta(minutes=11 if number < 6 else 1)
        submit_rating(site, form(site, place, device=f"phone {number}", **one))


def test_both_ways_leave_the_very_same_behind(
    settings: Settings,
    site: Site,
    office: Office,
    place: str,
    clock: SteppedClock,
    other_way: Callable[[], None],
    tmp_path: Any,
) -> None:
    empty = tmp_path / "other.db"
    copied = sqlite.library.connect(site.db.engine.url.database)
    copied.execute("VACUUM INTO ?", (str(empty),))
    copied.close()
    began = clock.at
    a_morning(site, office, place, clock)
    clock.at, other = (
        began,
        open_site(replace(settings, database_url=f"sqlite:///{empty}"), clock=clock),
    )
    other_way()
    a_morning(other, office, place, clock)
    found = everything(site)
    for table, rows in everything(other).items():
        assert found[table] == rows, table
    assert len(found["case_file"]) >= 4  # same text, staff's browser, crowd, signs
    assert tally_differences(site) == 0
    other.db.close()


@pytest.fixture
def second(settings: Settings, clock: SteppedClock) -> Iterator[Site]:
    """The same office in another process: nothing in memory is shared."""
    site = open_site(settings, clock=clock)
    yield site
    site.db.close()


def rules(site: Site) -> list[str]:
    with site.db.read() as session:
        return list(session.scalars(select(Screening.rules).order_by(Screening.received_at)))


def test_a_crowd_is_seen_though_half_of_it_came_to_another_process(
    site: Site, second: Site, place: str, clock: SteppedClock
) -> None:
    for number in range(6):
        clock.at += timedelta(seconds=20)
        submit_rating((site, second)[number % 2], form(site, place))
    assert rules(site) == ["", "", "", "burst", "burst", "burst"]


def test_a_commit_that_failed_leaves_no_arrival_in_memory(
    site: Site, place: str, clock: SteppedClock
) -> None:
    submit_rating(site, form(site, place))
    lost = [form(site, place) for _ in range(5)]
    for one in lost:
        clock.at += timedelta(seconds=20)
        site.db.save(lambda _statements, _kept: None)
        whole = site.db._group._connection
        site.db._group._connection = FullDisk(whole)
        with pytest.raises(NotSavedError):
            submit_rating(site, one)
        site.db._group._connection = whole
    clock.at += timedelta(seconds=20)
    submit_rating(site, form(site, place))
    assert rules(site) == ["", ""]


class FullDisk:
    """A connection whose commits find the disk full, as far as the group can tell."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        return FullCursor(self._connection.cursor())


class FullCursor:
    """Its COMMIT is refused and taken back."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "COMMIT":
            self._cursor.execute("ROLLBACK")
            raise sqlite.library.OperationalError("database or disk is full")
        return self._cursor.execute(statement, *values)


def test_the_same_form_again_is_the_same_answer(site: Site, place: str) -> None:
    sent = form(site, place)
    assert submit_rating(site, sent) == submit_rating(site, sent)
    assert len(rules(site)) == 1
    assert tally_differences(site) == 0


def test_midnight_between_the_clocks_stop_and_the_turn_sends_it_the_other_way(
    site: Site, place: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.at = local_instant(TODAY, time(23, 59, 59))
    sent, save = form(site, place), site.db.save

    def after_midnight(write: Any) -> Any:
        clock.at += timedelta(seconds=2)
        return save(write)

    monkeypatch.setattr(site.db, "save", after_midnight)
    submit_rating(site, sent)
    with site.db.read() as session:
        (day,) = session.scalars(select(Rating.day)).all()
        (received,) = session.scalars(select(Screening.received_at)).all()
    assert day == TODAY + timedelta(days=1)
    assert received == local_instant(day, time(0, 0, 1))


def test_a_row_of_one_phone_holds_its_earlier_answers_as_well(
    site: Site, place: str, clock: SteppedClock
) -> None:
    for _ in range(9):
        clock.at += timedelta(seconds=70)
        submit_rating(site, form(site, place, device="one phone"))
    with site.db.read() as session:
        held = session.scalars(select(Verdict.state)).all()
        (size,) = session.scalars(select(Case.size).where(Case.kind == "held")).all()
    assert set(held) == {"held"}
    assert size == len(held) + sum(bool(one) for one in rules(site))
    assert tally_differences(site) == 0


def test_arrivals_in_memory_end_with_their_day(site: Site, place: str, clock: SteppedClock) -> None:
    """A night's answers do not count against the next day's visits."""
    submit_rating(site, form(site, place))
    kept = site.db._group._kept
    (before,) = kept.values()
    clock.at += timedelta(days=1)
    submit_rating(site, form(site, place))
    (after,) = kept.values()
    assert (before.day, after.day) == (TODAY, TODAY + timedelta(days=1))
    assert sum(after.unheld.values()) == 1
