"""Measure a backup, a drill and a restore of a large office, beside what the machine can do.

Example: .venv/bin/python bench/restore.py --ratings 1000000
With --into postgresql://…/EMPTY_DATABASE it is also brought back there. The limit beside them: the
same database copied by the system, and SQLite's own check of it. Reach: 1,000,000 answers within
60 seconds, recounted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text

from feedback_app.config import Settings, database_url
from feedback_app.domain.backups import Done
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.files.copies import KeyFile
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import backup, restore
from feedback_app.services.upkeep.drill import drill
from feedback_app.services.upkeep.schema import rebuild_tallies, upgrade_schema
from feedback_app.storage.restored import look

DAYS, COUNTERS, SERVICES, OFFICERS = 730, 12, 3, 24  # two officers a counter, by turns


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ratings", type=int, default=1_000_000)
    parser.add_argument("--into", metavar="URL", help="an empty PostgreSQL database")
    parser.add_argument("--folder", type=Path, help="where to work; else here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder or Path.cwd()) as name:
        folder = Path(name)
        site = made(folder / "office", chosen.ratings)
        measure(site, folder, chosen.into)
        site.db.close()


def made(folder: Path, count: int) -> Site:
    """An office with so many answers over two years, written by SQLite itself."""
    folder.mkdir()
    site = open_site(Settings.from_environment({"INSTANCE_DIR": str(folder)}))
    upgrade_schema(site)
    with site.db.transaction() as tx:
        tx.execute(text("INSERT INTO agency (id, code, name, is_demo) VALUES (1, 'd', 'Dinas', 0)"))
        tx.execute(text("INSERT INTO unit (id, agency_id, code, name) VALUES (1, 1, 'u', 'Unit')"))
        for table, n, columns, values in (
            ("service", SERVICES, "code, name, name_en, is_free, minutes", "n, n, n, 1, 5"),
            ("counter", COUNTERS, "code, name, number, card_serial", "n, n, n, 1"),
            ("officer", OFFICERS, "nip, name, display_name, employment", "n, n, n, 'PNS'"),
        ):
            tx.execute(
                text(
                    f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n})"
                    f" INSERT INTO {table} (id, agency_id, unit_id, {columns})"
                    f" SELECT n, 1, 1, {values} FROM c"
                )
            )
        tx.execute(text(ratings(count)))
        tx.execute(
            text(
                "INSERT INTO comment SELECT lower(hex(randomblob(16))), 1, counter_id, NULL, "
                "date(day, 'start of month'), 'counted', 'Petugas ramah, antre lama. ' || id "
                "FROM rating WHERE abs(random()) % 10 = 0"
            )
        )
    rebuild_tallies(site)
    site.db.empty_wal()
    return site


def ratings(count: int) -> str:
    """The statement that makes them: answers 1 to 4 at random, each day and counter alike."""
    keys = ", ".join(ALL_KEYS)
    answers = ", ".join("1 + abs(random()) % 4" for _ in ALL_KEYS)
    return (
        f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) "
        f"INSERT INTO rating (id, agency_id, counter_id, service_id, officer_id, attribution, "
        f"served_by, tier, day, visit_day, {keys}, extra, instrument_version, language, state, "
        f"for_officer) SELECT lower(hex(randomblob(16))), 1, 1 + n % {COUNTERS}, "
        f"1 + n / 7 % {SERVICES}, 1 + n % {OFFICERS}, 'confirmed', 'officer', 'visit', "
        f"date('2024-11-01', (n * {DAYS} / {count}) || ' days'), NULL, {answers}, '{{}}', "
        f"'skm-2017.1', 'id', 'counted', 1 FROM c"
    )


def measure(site: Site, folder: Path, url: str | None) -> None:
    """Each once: they take long enough."""
    original = site.settings.instance_dir / restore.DATABASE
    bare = folder / "bare.db"
    print(f"{original.stat().st_size / 1e6:,.0f} MB, load {os.getloadavg()[0]:.1f}")

    def limit() -> None:
        shutil.copyfile(original, bare)
        with bare.open("rb") as file:
            os.fsync(file.fileno())
        look(bare)

    least = timed("copied and checked, the limit", limit)
    bare.unlink()
    stick = folder / "stick"
    stick.mkdir()
    made_of = []
    timed("backup", lambda: made_of.append(take(site, stick)), least)
    copy = made_of[0]
    print(f"{'':34}packed {copy.stat().st_size / 1e6:,.0f} MB")
    timed("drill", lambda: proven(drill(site, stick)), least)
    keys = KeyFile(site.settings.place_key, site.settings.secret_keys)
    into = folder / "new"
    timed(
        "restored into a folder, recounted",
        lambda: proven(restore.restore_into_folder(copy, keys, into, clock=site.clock)),
        least,
    )
    if url:
        instance = folder / "instance"
        target = database_url({"DATABASE_URL": url}, instance)
        timed(
            "restored into PostgreSQL, recounted",
            lambda: proven(
                restore.restore_into_postgres(
                    copy, keys, target, instance=instance, clock=site.clock
                )
            ),
            least,
        )
        there = open_site(replace(site.settings, database_url=target))
        other = folder / "stick-of-postgresql"
        other.mkdir()
        timed("backup of PostgreSQL", lambda: take(there, other), least)
        timed("drill in PostgreSQL", lambda: proven(drill(there, other)), least)
        there.db.close()


def take(site: Site, folder: Path) -> Path:
    """A backup that was proven."""
    found = backup.back_up(site, backup.Order(folder, None, 3))
    proven(found.done)
    assert found.copy is not None  # noqa: S101
    return found.copy


def proven(done: Done) -> None:
    """Nothing else is a measurement."""
    assert done.outcome == "proven", done  # noqa: S101


def timed(what: str, work: Callable[[], object], least: float = 0.0) -> float:
    """Print how long it took, how much this process computed, and both beside the limit."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    took, cpu = time.perf_counter() - began, time.process_time() - worked
    beside = f"{took / least:6.1f} x the limit" if least else ""
    print(f"{what:36}{took:8.1f} s {cpu:8.1f} s of CPU {beside}", flush=True)
    return took


if __name__ == "__main__":
    main()
