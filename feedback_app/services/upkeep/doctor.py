"""What is unsafe or neglected in a deployment, each with what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from feedback_app.config import Locations, Settings, locations
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.second_factor import NEEDS_SECOND_FACTOR
from feedback_app.instance import is_loopback
from feedback_app.services.access.secrets import is_sealed_by_newest
from feedback_app.services.citizen.daily_key import KEPT_DAYS
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import clock, closed_files, retention, schema
from feedback_app.services.upkeep.backup_state import backup_state
from feedback_app.services.upkeep.wrong_files import faults_of, say_what_is_read
from feedback_app.storage import revision
from feedback_app.storage.db import DatabaseError
from feedback_app.storage.health import health_of
from feedback_app.storage.queries import agencies, audit, second_factors
from feedback_app.version import VERSION

Level = Literal["ok", "warn", "bad"]

LEAST_FREE_BYTES = 1_000_000_000
CLOCK_SLACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: how it is, what was found, what to do ('' when nothing)."""

    level: Level
    what: str
    found: str
    advice: str = ""


def examine_office(*, deep: bool) -> list[Sign]:
    """Look at the office of this environment, and make, mend or change nothing.

    Files that do not belong together are told, and then all that can be looked at without them.
    """
    say_what_is_read()
    where = locations()
    faults = faults_of(where)
    are_open = bool(closed_files.open_keys(where))  # settings refuse them; a start closes them
    if not faults and not are_open:
        return examine(open_site(Settings.from_environment()), deep=deep)
    signs = [Sign("ok", "version", VERSION)]
    for fault in faults:
        said = ". ".join(words.rstrip(".") for words in fault.words)
        is_schema = fault.kind in ("not_set_up", "older_schema", "newer_schema")
        signs.append(Sign("bad", "schema" if is_schema else "files", said))
    return [*signs, *_disk(where), *_rights(where)]


def examine(site: Site, *, deep: bool) -> list[Sign]:
    """Look at everything; `deep` also recounts every rating."""
    signs = [Sign("ok", "version", VERSION), *_address(site), *_files(site)]
    for look in (_database, _data, _tallies) if deep else (_database, _data):
        try:
            signs += look(site)
        except (NotSavedError, DatabaseError) as error:
            said = str(error).partition("\n")[0]
            advice = "start it, or check DATABASE_URL; a damaged file: restore a backup"
            signs.append(Sign("bad", "database", said, advice))
            break
    return signs


def _address(site: Site) -> Iterator[Sign]:
    settings = site.settings
    if settings.is_https:
        yield Sign("ok", "TLS", settings.base_url)
    elif settings.has_loopback_address:
        found = f"{settings.base_url} reaches this machine only: no cards, no links"
        yield Sign("warn", "TLS", found, "scripts/settings.py base_url=https://…")
    else:
        yield Sign(
            "bad",
            "TLS",
            f"{settings.base_url} is not encrypted",
            "put a proxy with TLS in front and set BASE_URL to https",
        )
    yield _proxy(settings)


def _proxy(settings: Settings) -> Sign:
    """HOST and PROXY_HOPS against the address: this program does no TLS itself."""
    if settings.is_https and not settings.proxy_hops:
        found = "an https address and no proxy counted: no HSTS, and all phones look like one"
        return Sign("bad", "proxy", found, "scripts/settings.py proxy_hops=1, then restart")
    if settings.proxy_hops and not is_loopback(settings.host):
        found = f"HOST {settings.host} lets others pass by the proxy and write what it would"
        return Sign("warn", "proxy", found, "HOST=127.0.0.1, or a firewall (a container's network)")
    reached = settings.has_loopback_address or settings.is_https or not is_loopback(settings.host)
    if not reached:
        found = f"HOST {settings.host}, so that {settings.base_url} reaches nobody"
        return Sign("bad", "proxy", found, "scripts/settings.py host=0.0.0.0, or a proxy in front")
    return Sign("ok", "proxy", f"{settings.proxy_hops} in front, listening on {settings.host}")


def _disk(where: Locations) -> Iterator[Sign]:
    folder = next(
        path
        for path in (where.instance_dir, *where.instance_dir.parents)
        if os.access(path, os.X_OK)
    )
    free = shutil.disk_usage(folder).free
    size = f"{free / 1e9:.1f} GB free in {folder}"
    if free < LEAST_FREE_BYTES:
        yield Sign("bad", "disk", size, "make room: a full disk turns citizens away")
    else:
        yield Sign("ok", "disk", size)


def _rights(where: Locations) -> Iterator[Sign]:
    keys = closed_files.open_keys(where)
    others = [path for path in closed_files.open_to_others(where) if path not in keys]
    for name, paths in (("keys", keys), ("rights", others)):
        if paths:
            names = ", ".join(str(path) for path in paths[:3])
            advice = f"chmod -R go= {where.instance_dir}, or start the program again: it does so"
            yield Sign("bad", name, f"others may read {names}", advice)
        else:
            yield Sign("ok", name, "readable by their owner only")


def _files(site: Site) -> Iterator[Sign]:
    where = Locations(site.settings.database_url, site.settings.instance_dir)
    folder = where.instance_dir
    yield from _disk(where)
    yield from _rights(where)
    oldest = (site.today() - timedelta(days=KEPT_DAYS - 1)).isoformat()
    stale = [path for path in (folder / "keys" / "daily").glob("*") if path.name < oldest]
    if stale:
        yield Sign(
            "warn",
            "daily keys",
            f"{len(stale)} older than {KEPT_DAYS} days",
            "they go with the next rating; delete them now if none comes",
        )


def _database(site: Site) -> Iterator[Sign]:
    found = health_of(site.db)
    if found.faults:
        yield Sign("bad", "database", f"{found.engine}: {'; '.join(found.faults)}", "see ADR 2")
    else:
        yield Sign("ok", "database", found.engine)
    if schema.is_ready(site):
        yield Sign("ok", "schema", "newest")
    else:
        found_revision = revision.current(site.db) or "none"
        yield Sign(
            "bad", "schema", f"{found_revision}, not {revision.newest()}", "scripts/migrate.py"
        )
    if found.clock is not None and abs(site.now() - found.clock) > CLOCK_SLACK:
        yield Sign(
            "bad",
            "clock",
            f"{abs(site.now() - found.clock)} apart from the database server's",
            "set both by NTP: attribution and codes depend on it",
        )


def _data(site: Site) -> Iterator[Sign]:
    if not schema.is_ready(site):
        return
    overdue = retention.overdue(site)
    with site.db.read() as session:
        newest = audit.newest_instant(session)
        is_demo = agencies.any_is_demo(session)
    if overdue:
        yield Sign(
            "bad",
            "retention",
            "past their time: " + ", ".join(f"{n} rows of {name}" for name, n in overdue.items()),
            "run scripts/daily_upkeep.py daily",
        )
    else:
        yield Sign("ok", "retention", "nothing is kept past its time")
    if found := clock.doubt(site):
        said = f"it is stopped: {found.now} is doubted, known is {found.known}"
        yield Sign("bad", "upkeep", said, "set the clock, or confirm the date on the admin's home")
    if newest is not None and newest > site.now() + CLOCK_SLACK:
        yield Sign("bad", "clock", f"the last act was written at {newest}, later than now", "NTP")
    yield from _second_steps(site)
    yield _backup(site)
    if is_demo and site.settings.is_this_machine_only:
        found_demo = "made-up data with public log-ins, which work on this machine only"
        yield Sign("warn", "demo", found_demo, "an office has a folder of its own: run.py --office")
    elif is_demo:
        found_demo = "made-up data on a server that others can reach; its log-ins are off"
        yield Sign("bad", "demo", found_demo, "rename this folder, then python3 run.py --office")


def _backup(site: Site) -> Sign:
    state = backup_state(site)
    if state.proven is None:
        found = "never proven" if state.is_set_up else "none was ever made"
        why = state.trouble.words[1] if state.trouble else "set BACKUP_TO, on another disk"
        return Sign("warn", "backup", found, f"{why} (runbook)")
    found = f"of {state.proven.taken_at:%Y-%m-%d %H:%M} UTC, proven in {state.proven.seconds:.0f} s"
    if state.trouble is not None:
        level: Level = "bad" if state.level == "bad" else "warn"
        return Sign(level, "backup", found, state.trouble.words[1])
    if state.level != "ok":
        level = "bad" if state.level == "bad" else "warn"
        return Sign(level, "backup", found, "scripts/backup.py, then scripts/restore.py --drill")
    if state.same_disk:
        return Sign("warn", "backup", f"{found}, on the office's own disk", "use another disk")
    return Sign("ok", "backup", found)


def _second_steps(site: Site) -> Iterator[Sign]:
    with site.db.read() as session:
        names = second_factors.names_without_factor(session, sorted(NEEDS_SECOND_FACTOR))
        sealed = [row.sealed_secret for row in second_factors.all_factors(session)]
    if names:
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        found = f"{len(names)} HR, inspectorate or admin accounts have none: {shown}"
        yield Sign("warn", "second step", found, "they set it up at their next log-in")
    else:
        yield Sign("ok", "second step", "everybody who needs one has one")
    stale = sum(not is_sealed_by_newest(site, text) for text in sealed)
    if stale:
        found = f"{stale} second steps are not under the newest key"
        yield Sign("warn", "old keys", found, "scripts/reseal.py, before the old key goes")


def _tallies(site: Site) -> Iterator[Sign]:
    if not schema.is_ready(site):
        return
    differences = schema.tally_differences(site)
    if differences:
        found = f"{differences} rows differ from a recount"
        yield Sign("bad", "tallies", found, "scripts/rebuild_tallies.py, and tell the developers")
    else:
        yield Sign("ok", "tallies", "equal a recount")


def worst(signs: list[Sign]) -> Level:
    """The worst of all."""
    for level in ("bad", "warn"):
        if any(sign.level == level for sign in signs):
            return level
    return "ok"
