"""A clock that is wrong takes nothing out of a copy; one that is right again takes what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import copies, daily_backup, restore, retention
from feedback_app.services.upkeep.clock import UpkeepStoppedError
from feedback_app.services.upkeep.schema import rebuild_tallies
from feedback_app.storage import bulk
from feedback_app.storage.queries import backups
from feedback_app.web import daily
from feedback_app.wiring import create_app
from tests.conftest import SteppedClock
from tests.ground.backups import inside, keep_up, keys_of, take
from tests.ground.office import Office, rating_row, screening_row

DAY = timedelta(days=1)
YEARS_AHEAD = datetime(2099, 11, 25, 5, tzinfo=UTC)
MARK = b"kenari-kemarin"  # a device's, of yesterday


@pytest.fixture
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the instance, as another disk would be."""
    return tmp_path_factory.mktemp("stick")


@pytest.fixture
def marked(site: Site, office: Office) -> Site:
    """An office whose upkeep was done today, with an answer of yesterday."""
    row = rating_row(office) | {"for_officer": True}
    screening = screening_row(row, at=site.now() - DAY) | {"device_key": MARK.decode()}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [row])
        bulk.add_rows(tx, "screening", [screening])
    rebuild_tallies(site)
    keep_up(site)
    return site


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    "wrong", [YEARS_AHEAD, datetime(1970, 1, 1, tzinfo=UTC)], ids=["2099", "1970"]
)
def test_a_wrong_clock_takes_nothing_out_of_copies(
    marked: Site, stick: Path, clock: SteppedClock, wrong: datetime
) -> None:
    take(marked, stick)
    clock.at += DAY
    keep_up(marked)
    take(marked, stick)
    before = content(stick)
    right, clock.at = clock.at, wrong
    copies.age(marked, stick)
    assert content(stick) == before
    clock.at = right + 16 * DAY
    keep_up(marked)
    copies.age(marked, stick)  # the control: a clock that is believed does take it out
    assert {name.stage for name in copies.own_copies(marked, stick)} == {"-lama"}


def test_a_copy_made_under_a_wrong_clock_holds_what_the_office_holds(
    marked: Site, stick: Path, clock: SteppedClock
) -> None:
    good = take(marked, stick).copy
    right, clock.at = clock.at, YEARS_AHEAD
    made = take(marked, stick).copy
    assert made is not None
    assert good is not None
    assert MARK in inside(made)
    assert MARK in inside(good)  # still whole: nobody knows which of the two is the newest
    clock.at = right + DAY
    keep_up(marked)
    newest = take(marked, stick).copy
    assert newest is not None
    stages = [name.stage for name in copies.own_copies(marked, stick)]
    assert stages == ["", "-lama", "-arsip"]  # a copy of a day that is none is past all times
    assert [MARK in inside(path) for path in sorted(stick.glob("*.gz"))].count(True) == 1
    assert MARK in inside(newest)


def test_the_newest_copy_of_a_wrong_day_still_loses_what_is_past_its_time(
    marked: Site, stick: Path, clock: SteppedClock
) -> None:
    right, clock.at = clock.at, YEARS_AHEAD
    made = take(marked, stick).copy
    assert made is not None
    clock.at = right + 16 * DAY
    keep_up(marked)
    copies.age(marked, stick)
    assert MARK not in inside(made)


def test_a_clock_in_doubt_stops_what_deletes_and_not_the_backup(
    marked: Site, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Site] = []
    monkeypatch.setattr(daily_backup, "start", started.append)  # a process of its own
    clock.at = YEARS_AHEAD
    app = create_app(marked.settings, clock=clock)
    daily.keep_up(app)
    app.extensions["site"].db.close()
    assert len(started) == 1


def came_back(site: Site, copy: Path, folder: Path) -> Site:
    """A restore into a folder, opened."""
    done = restore.restore_into_folder(copy, keys_of(site), folder, clock=site.clock)
    assert done.outcome == "proven"
    url = f"sqlite:///{folder / restore.DATABASE}"
    return open_site(
        replace(site.settings, instance_dir=folder, database_url=url), clock=site.clock
    )


def is_marked(folder: Path) -> bool:
    return MARK in (folder / restore.DATABASE).read_bytes()


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    "wrong", [YEARS_AHEAD, datetime(1970, 1, 1, tzinfo=UTC)], ids=["2099", "1970"]
)
def test_a_restore_under_a_wrong_clock_keeps_what_is_not_old(
    marked: Site, stick: Path, clock: SteppedClock, wrong: datetime
) -> None:
    copy = take(marked, stick).copy
    assert copy is not None
    right, clock.at = clock.at, wrong
    there = came_back(marked, copy, stick / "new")
    assert is_marked(stick / "new")
    with pytest.raises(UpkeepStoppedError):
        retention.run_daily(there)
    clock.at = right + 2 * DAY
    retention.run_daily(there)
    assert is_marked(stick / "new")
    with there.db.read() as session:
        restored_at = backups.restored_at(session)
    assert restored_at is not None
    assert restored_at <= clock.at  # else every display's form would be older than the restore
    clock.at = right + 8 * DAY
    retention.run_daily(there)
    clock.at = right + 15 * DAY
    retention.run_daily(there)  # the control: what is past its time does go
    there.db.close()
    assert not is_marked(stick / "new")


def test_a_restore_weeks_later_gives_marks_back_until_the_date_is_confirmed(
    marked: Site, stick: Path, clock: SteppedClock
) -> None:
    """A computer that stood broken for 20 days looks as one whose clock is 20 days ahead."""
    copy = take(marked, stick).copy
    assert copy is not None
    clock.at += 20 * DAY
    there = came_back(marked, copy, stick / "new")
    assert is_marked(stick / "new")
    retention.do_daily_work(there)  # as the admin's press does
    there.db.close()
    assert not is_marked(stick / "new")
