"""Work of the program that a rig interrupts: how it begins, what it does, what must hold after it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from feedback_app import instance
from feedback_app.config import Settings
from feedback_app.domain.backups import read_name
from feedback_app.files import copies as files
from feedback_app.services.site import Site, open_site, system_clock
from feedback_app.services.upkeep import backup, clock, daily_backup, restore, retention
from feedback_app.services.upkeep.schema import (
    rebuild_tallies,
    tally_differences,
    upgrade_schema,
)
from feedback_app.services.upkeep.wrong_files import settings_of_office, settings_to_migrate
from feedback_app.storage import bulk
from feedback_app.storage.db import DatabaseError, open_database
from feedback_app.storage.models import Rating
from tests.ground.backups import keys_of
from tests.ground.office import add_ratings, build_office, rating_row, screening_row
from tests.rigs.faults.server import FAULTS, say_nothing
from tests.storage.older_office import ANSWERS, fill, upgrade_to

CONTROL = "nothing is synced"
RATINGS, OLD, YOUNG = 300, "kenari-lama", "kenari-muda"
OLD_DAYS = 15  # upkeep keeps 14; before 16 nothing can be left, says mend_strays
HOSTS = ("loket.example", "suara.example")


@dataclass(frozen=True)
class Work:
    """`prepare` fills the folder once; `run` does the work there and says what a person is told."""

    prepare: Callable[[Path], None]
    run: Callable[[Path], str]
    check: Callable[[Path], list[str]]
    promised: Callable[[Path, str], list[str]]


def run_in_child(name: str, folder: Path, control: str, done: Any, said: Any) -> None:
    """The work in a process of its own; at its end `done` is set, `said` holds what it said."""
    say_nothing()
    if control:
        FAULTS["synchronous=OFF"]()
        os.fsync = lambda _file: None  # type: ignore[assignment]
    try:
        said.value = (WORKS[name].run(folder) or "done").encode()[:299]
    except BaseException as error:
        said.value = f"{type(error).__name__}: {error}".encode()[:299]
        raise
    done.set()


def environment(folder: Path) -> dict[str, str]:
    """An office in a folder, its copies beside it."""
    (folder / "stick").mkdir(exist_ok=True)
    return {"INSTANCE_DIR": str(folder / "instance"), "BACKUP_TO": str(folder / "stick")}


@contextmanager
def opened(folder: Path) -> Iterator[Site]:
    """The office as a script opens it."""
    with contextlib.redirect_stderr(io.StringIO()):  # which folder is read, each time
        site = open_site(settings_of_office(environment(folder)))
    try:
        yield site
    finally:
        site.db.close()


def filled(folder: Path) -> None:
    """An office with answers of two weeks, and marks that are past their time."""
    site = open_site(settings_to_migrate(environment(folder)))
    upgrade_schema(site)
    office = build_office(site)
    add_ratings(site, office, RATINGS)
    with site.db.transaction() as tx:
        for mark, days in ((OLD, OLD_DAYS), (YOUNG, 1)):
            row = rating_row(office) | {"for_officer": True, "day": site.today()}
            at = system_clock() - timedelta(days=days)
            bulk.add_rows(tx, "rating", [row])
            bulk.add_rows(tx, "screening", [screening_row(row, at=at) | {"device_key": mark}])
        clock.note_upkeep(tx, site)
    rebuild_tallies(site)
    site.db.empty_wal()
    site.db.close()


def migrate(folder: Path) -> str:
    """What each start does; says the key of the cards."""
    site = open_site(settings_to_migrate(environment(folder)))
    upgrade_schema(site)
    site.db.close()
    return site.settings.place_key.hex()


def has_key(folder: Path, told: str) -> list[str]:
    """Cards are printed with it a minute later."""
    kept = folder / "instance" / "keys" / "place"
    if not kept.exists() or kept.read_text().strip() != told:
        return ["the key of the cards is another"]
    return []


def is_whole(folder: Path, *, ratings: int) -> list[str]:
    """Answers, tally, triggers."""
    with opened(folder) as site:
        faults = []
        with site.db.read() as session:
            there = session.scalar(select(func.count()).select_from(Rating)) or 0
        if there != ratings:
            faults.append(f"{there} answers of {ratings}")
        if tally_differences(site):
            faults.append("the tally differs from a recount")
        if ratings:
            with suppress(DatabaseError), site.db.transaction() as tx:
                tx.execute(text("UPDATE rating SET tier = 'x'"))
                faults.append("answers may be changed")
        return faults


def older(folder: Path) -> None:
    """A filled office of revision 0011."""
    settings = Settings.from_environment(environment(folder))
    db = open_database(settings.database_url)
    upgrade_to(db, "0011")
    fill(db.engine)
    db.empty_wal()
    db.close()


def keep_up(folder: Path) -> str:
    """Delete and write anew."""
    with opened(folder) as site:
        retention.run_daily(site)
    return ""


def is_kept_up(folder: Path) -> list[str]:
    """What is past its time is nowhere, what is not is there."""
    faults = is_whole(folder, ratings=RATINGS + 2)
    inside = b"".join(path.read_bytes() for path in (folder / "instance").glob("suara_loket*"))
    if OLD.encode() in inside:
        faults.append("marks past their time are in the file")
    if YOUNG.encode() not in inside:
        faults.append("marks that are not old are gone")
    return faults


def back_up(folder: Path) -> str:
    """The daily backup, its drill."""
    with opened(folder) as site:
        done = daily_backup.run(site)
    if done.outcome != "proven":
        raise RuntimeError(f"{done.outcome}: {done.reason}")
    return ""


def copies_are_whole(folder: Path) -> list[str]:
    """Each file that bears a copy's name."""
    faults = []
    for path in (folder / "stick").iterdir():
        if read_name(path.name):
            try:
                files.digest_of(path)
            except Exception as error:
                faults.append(f"{path.name}: {error}")
    return faults


def copied(folder: Path) -> None:
    """A filled office with one copy and its keys on the stick."""
    filled(folder)
    with opened(folder) as site:
        backup.back_up(site, backup.Order(folder / "stick", None, 3))


def bring_back(folder: Path) -> str:
    """Restore beside the old office, unless it stands there already."""
    new = folder / "new"
    if not new.exists():
        (copy,) = [path for path in (folder / "stick").iterdir() if read_name(path.name)]
        with opened(folder) as site:
            restore.restore_into_folder(copy, keys_of(site), new, clock=system_clock)
    return ""


def came_back(folder: Path) -> list[str]:
    """The restored folder is an office."""
    there = folder / "of-new"
    there.mkdir(exist_ok=True)
    (folder / "new").rename(there / "instance")
    return is_whole(there, ratings=RATINGS + 2)


def change_settings(folder: Path) -> str:
    """Many changes of one setting."""
    path = folder / "instance" / instance.FILE
    for number in range(60):
        instance.write(path, {"TRUSTED_HOSTS": HOSTS[number % 2]})
    return HOSTS[1]


def settings_stand(folder: Path) -> list[str]:
    """One of the two values, and no half file."""
    kept = instance.read(folder / "instance" / instance.FILE).get("TRUSTED_HOSTS")
    return [] if kept in HOSTS else [f"settings say {kept}"]


def nothing(_folder: Path) -> None:
    """An empty folder is the beginning."""


WORKS = {
    "first start": Work(nothing, migrate, lambda folder: is_whole(folder, ratings=0), has_key),
    "migration": Work(
        older, migrate, lambda folder: is_whole(folder, ratings=len(ANSWERS)), has_key
    ),
    "upkeep": Work(filled, keep_up, is_kept_up, lambda folder, _told: is_kept_up(folder)),
    "backup": Work(
        copied, back_up, copies_are_whole, lambda folder, _told: copies_are_whole(folder)
    ),
    "restore": Work(
        copied,
        bring_back,
        came_back,
        lambda folder, _told: [] if (folder / "new").exists() else ["the restored folder is gone"],
    ),
    "settings": Work(
        lambda folder: (folder / "instance").mkdir(),
        change_settings,
        settings_stand,
        lambda folder, _told: settings_stand(folder),
    ),
}
