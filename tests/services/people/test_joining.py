"""One person entered twice: figures follow from this quarter on, and nothing can be subtracted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import create_account
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.impact.panel import read_cells
from feedback_app.services.officer.figures import own_batches
from feedback_app.services.people.joining import (
    join_officers,
    joining_of,
    part_officers,
    parting_of,
)
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Account, Officer, OfficerJoin, Shift
from feedback_app.storage.queries import joins, officer_room
from tests.conftest import SteppedClock
from tests.ground.office import PASSWORD, TODAY, Office, add_comment, add_ratings, rating_row

NEW_YEAR = datetime(2027, 1, 12, 5, 0, tzinfo=UTC)
SPRING = datetime(2027, 4, 12, 5, 0, tzinfo=UTC)


@pytest.fixture
def admin(site: Site, office: Office) -> Viewer:
    """Dina, as services know her."""
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "dina")).one()
    return Viewer(row.id, office.agency_id, "dina", "Dina", Role.ADMIN, frozenset(), None)


def answers(site: Site, office: Office, who: str, day: date, n: int, **more: Any) -> None:
    named = {"officer_id": office.officer.get(who), "day": day, "visit_day": day}
    add_ratings(site, office, n // 2, **dict.fromkeys(ALL_KEYS, 4) | named | more)
    add_ratings(site, office, n - n // 2, **named | more)


def join(site: Site, admin: Viewer, office: Office, old: str, new: str) -> None:
    pair = office.officer[old], office.officer[new]
    seen = joining_of(site, admin, *pair).seen
    join_officers(site, admin, *pair, seen=seen)


def shown(site: Site, office: Office, who: str) -> dict[str, int]:
    """Forms behind each batch that has figures, by quarter."""
    return {batch.key: batch.n for batch in own_batches(site, office.officer[who]) if batch.items}


def test_from_this_quarter_on_two_rows_are_one_part_and_before_it_two(
    site: Site, office: Office, admin: Viewer, clock: SteppedClock
) -> None:
    answers(site, office, "Sari", date(2026, 8, 5), 30)
    answers(site, office, "Andi", date(2026, 8, 6), 30)
    answers(site, office, "Sari", date(2026, 10, 6), 14)
    answers(site, office, "Andi", date(2026, 11, 3), 6)
    before = shown(site, office, "Andi")
    join(site, admin, office, "Sari", "Andi")
    assert before == {"2026-t3": 30}
    assert shown(site, office, "Andi") == {
        "2026-t3": 60
    }  # both were shown: their sum tells nothing
    clock.at = NEW_YEAR
    assert shown(site, office, "Andi") == {"2026-t3": 60, "2026-t4": 20}


def test_a_joining_never_shows_what_was_withheld(site: Site, office: Office, admin: Viewer) -> None:
    """Sari's four of a shown quarter would be the difference of two looks."""
    for month in (7, 8, 9):
        answers(site, office, "Andi", date(2026, month, 9), 12)
        answers(site, office, "", date(2026, month, 9), 12, attribution="unknown")
    answers(site, office, "Sari", date(2026, 8, 9), 4)
    before = own_batches(site, office.officer["Andi"])
    assert shown(site, office, "Andi") == {"2026-t3": 36}
    join(site, admin, office, "Sari", "Andi")
    assert own_batches(site, office.officer["Andi"]) == before


def test_a_wrong_joining_is_taken_back_and_its_quarters_stay_together(
    site: Site, office: Office, admin: Viewer, clock: SteppedClock
) -> None:
    answers(site, office, "Sari", date(2026, 10, 6), 14)
    answers(site, office, "Andi", date(2026, 11, 3), 14)
    join(site, admin, office, "Sari", "Andi")
    clock.at = NEW_YEAR
    assert shown(site, office, "Andi") == {"2026-t4": 28}
    answers(site, office, "Sari", date(2027, 1, 5), 12)
    answers(site, office, "Andi", date(2027, 1, 6), 16)
    with site.db.read() as session:
        join_id = session.scalars(select(OfficerJoin.id)).one()
    assert parting_of(site, admin, join_id).until_day == date(2027, 1, 1)
    assert part_officers(site, admin, join_id) == office.officer["Sari"]
    clock.at = SPRING
    assert shown(site, office, "Andi") == {"2026-t4": 28, "2027-t1": 16}
    assert shown(site, office, "Sari") == {"2027-t1": 12}
    with pytest.raises(NotThereError):
        parting_of(site, admin, join_id)


def test_a_joining_undone_in_its_own_quarter_never_was(
    site: Site, office: Office, admin: Viewer, clock: SteppedClock
) -> None:
    answers(site, office, "Sari", date(2026, 10, 6), 14)
    answers(site, office, "Andi", date(2026, 11, 3), 14)
    join(site, admin, office, "Sari", "Andi")
    with site.db.read() as session:
        join_id = session.scalars(select(OfficerJoin.id)).one()
    part_officers(site, admin, join_id)
    clock.at = NEW_YEAR
    assert shown(site, office, "Andi") == {"2026-t4": 14}
    assert shown(site, office, "Sari") == {"2026-t4": 14}


def test_impact_takes_all_months_as_one_person(site: Site, office: Office, admin: Viewer) -> None:
    answers(site, office, "Sari", date(2026, 8, 5), 12)
    answers(site, office, "Andi", date(2026, 8, 6), 12)
    join(site, admin, office, "Sari", "Andi")
    with site.db.read() as session:
        cells = read_cells(
            session, agency_id=office.agency_id, first=date(2026, 8, 1), last=date(2026, 8, 31)
        )
    assert cells.officers == (str(office.officer["Andi"]),)
    assert cells.counts[:, 0].sum() == 24
    assert len(cells.counts) == 1  # equal cells are added up


def test_comments_of_before_do_not_swell_a_batch_that_was_shown(
    site: Site, office: Office, admin: Viewer
) -> None:
    with site.db.transaction() as tx:
        for who, day in (("Sari", date(2026, 8, 5)), ("Andi", TODAY), ("Sari", TODAY)):
            row = rating_row(office) | {
                "officer_id": office.officer[who],
                "day": day,
                "for_officer": True,
            }
            add_comment(tx, row, f"Terima kasih {who} {day}")
    join(site, admin, office, "Sari", "Andi")
    with site.db.read() as session:
        found = officer_room.remarks_about(session, office.officer["Andi"])
    assert sorted(remark.text for remark in found) == [
        f"Terima kasih Andi {TODAY}",
        f"Terima kasih Sari {TODAY}",
    ]


def test_coming_shifts_and_the_account_go_along_and_come_back(
    site: Site, office: Office, admin: Viewer
) -> None:
    day = TODAY + timedelta(days=3)
    row = {
        "agency_id": office.agency_id,
        "officer_id": office.officer["Sari"],
        "counter_id": office.counter["A1"],
        "starts_at": local_instant(day, time(8)),
        "ends_at": local_instant(day, time(12)),
        "recorded_at": site.now(),
        "withdrawn_at": None,
    }
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "shift", [row])
    join(site, admin, office, "Sari", "Andi")
    assert standing(site, day) == [office.officer["Andi"]]
    assert owner_of(site, "oki") == office.officer["Andi"]
    with site.db.read() as session:
        assert session.get_one(Officer, office.officer["Sari"]).retired_on == TODAY
        join_id = session.scalars(select(OfficerJoin.id)).one()
        assert joins.rows_of(session, office.officer["Andi"]) == (
            office.officer["Andi"],
            office.officer["Sari"],
        )
    part_officers(site, admin, join_id)
    assert standing(site, day) == [office.officer["Sari"]]
    assert owner_of(site, "oki") == office.officer["Sari"]
    with site.db.read() as session:
        assert session.get_one(Officer, office.officer["Sari"]).retired_on is None


def standing(site: Site, day: date) -> list[int]:
    with site.db.read() as session:
        rows = session.scalars(select(Shift).where(Shift.withdrawn_at.is_(None)))
        since = local_instant(day, time(0))
        return [row.officer_id for row in rows if row.starts_at >= since]


def owner_of(site: Site, username: str) -> int | None:
    with site.db.read() as session:
        return session.scalars(select(Account.officer_id).where(Account.username == username)).one()


def test_what_cannot_be_one_person_is_refused_in_words(
    site: Site, office: Office, admin: Viewer
) -> None:
    sari, andi, dewi = (office.officer[name] for name in ("Sari", "Andi", "Dewi"))
    with pytest.raises(FieldFaultError, match="data yang sama"):
        joining_of(site, admin, sari, sari)
    with pytest.raises(FieldFaultError, match="waktu yang sama, 24-11-2026"):
        joining_of(site, admin, sari, dewi)  # A1 from 8 to 13 and A2 from 8 to 16
    with pytest.raises(NotThereError):
        joining_of(site, admin, sari, 999_999)
    create_account(
        site,
        agency_id=office.agency_id,
        username="andi",
        name="Andi",
        role=Role.OFFICER,
        unit_ids=frozenset(),
        password=PASSWORD,
        officer_id=andi,
    )
    with pytest.raises(FieldFaultError, match="punya akun"):
        joining_of(site, admin, sari, andi)
    supervisor = Viewer(1, office.agency_id, "a", "A", Role.SUPERVISOR, frozenset(), None)
    with pytest.raises(NotThereError):
        joining_of(site, supervisor, sari, andi)


def test_the_second_of_two_people_sees_that_something_changed(
    site: Site, office: Office, admin: Viewer
) -> None:
    sari, andi = office.officer["Sari"], office.officer["Andi"]
    seen = joining_of(site, admin, sari, andi).seen
    with site.db.transaction() as tx:
        tx.get_one(Officer, andi).name = "Andi Lain"
    with pytest.raises(ChangedMeanwhileError):
        join_officers(site, admin, sari, andi, seen=seen)
    join(site, admin, office, "Sari", "Andi")
    with pytest.raises(FieldFaultError, match="sudah digabung"):
        joining_of(site, admin, sari, office.officer["Dewi"])
