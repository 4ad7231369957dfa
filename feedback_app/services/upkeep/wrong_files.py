"""Whether the files of an office belong together, before anything opens, makes or changes one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from feedback_app import instance
from feedback_app.config import (
    KEY_NAMES,
    UNUSED,
    Locations,
    Settings,
    SettingsError,
    locations,
    read_keys,
)
from feedback_app.domain.wrong_files import Kind, WrongFile
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.closed_files import close_to_others
from feedback_app.services.upkeep.fingerprint import office_fingerprint, secret_fingerprint
from feedback_app.storage import peek, revision
from feedback_app.storage.peek import Seen
from feedback_app.storage.queries.office_marks import CARDS, SECRET

Keys = tuple[bytes, ...]
Faulty = Literal["missing", "wrong_key_file", "unreadable_key"]
# What is no reason to stop: who migrates mends an older schema and may wait, and a process that
# answers is started again while its database is away, so it must not end because of that.
MIGRATES: frozenset[Kind] = frozenset(("older_schema", "not_set_up", "busy"))
ANSWERS: frozenset[Kind] = MIGRATES | {"away"}
KEYS_ARE_LOST: frozenset[Kind] = frozenset(
    ("missing_place", "missing_secret", "other_cards", "other_secret")
)
OF_STATE: dict[str, Kind] = {
    "folder": "folder_database",
    "unreadable": "unreadable_database",
    "unwritable": "unwritable",
    "damaged": "damaged_database",
    "half": "half_database",
    "foreign": "foreign_database",
    "away": "away",
    "busy": "busy",
}
LOOK_AGAIN_S = 0.3


class WrongFilesError(SettingsError):
    """The files are not those of one office; `faults` says which, the message in both languages."""

    def __init__(self, faults: list[WrongFile]) -> None:
        """Say everything that is wrong, first in Indonesian, then in English."""
        self.faults = faults
        said = [fault.words for fault in faults]
        lines = [f"Suara Loket tidak dijalankan. {words[0]}" for words in said]
        lines += [f"Suara Loket does not start. {words[1]}" for words in said]
        super().__init__("\n".join(lines))


def open_office(environ: Mapping[str, str] | None = None) -> Site:
    """The office of this environment, for a script; SettingsError where something is wrong."""
    return open_site(settings_of_office(environ))


def say_what_is_read(environ: Mapping[str, str] | None = None) -> None:
    """Tell on stderr which folder is read, and where the environment overrules its settings."""
    env = os.environ if environ is None else environ
    found = instance.chosen(env)
    lines = [found.words]
    with suppress(instance.SettingsFileError):  # whoever reads it next says so, and stops
        lines += [
            f"{name}: lingkungan mengalahkan {found.file.name} / the environment overrules it"
            for name in instance.overruled(env)
        ]
    print("\n".join(lines), file=sys.stderr, flush=True)


def settings_of_office(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of an office that is whole and up to date; SettingsError says what is not."""
    say_what_is_read(environ)
    return _settings(environ, frozenset())


def settings_to_keep(environ: Mapping[str, str]) -> Settings:
    """The same of an environment with settings that are about to be kept; nothing is said."""
    return _settings(environ, frozenset())


def settings_to_migrate(environ: Mapping[str, str] | None = None) -> Settings:
    """The same where an older schema, no office yet and a locked database are no reason to stop."""
    say_what_is_read(environ)
    return _settings(environ, MIGRATES)


def settings_to_answer(environ: Mapping[str, str] | None = None) -> Settings:
    """The same for a process that answers: a database that is away comes back (503 till then)."""
    return _settings(environ, ANSWERS)


def settings_with_other_keys(environ: Mapping[str, str] | None = None) -> Settings:
    """The same where this database's own keys are lost for good; what is missing is made."""
    say_what_is_read(environ)
    return _settings(environ, KEYS_ARE_LOST)


def _settings(environ: Mapping[str, str] | None, no_reason: frozenset[Kind]) -> Settings:
    where = locations(environ)
    faults = [fault for fault in faults_of(where) if fault.kind not in no_reason]
    if faults:
        raise WrongFilesError(faults)
    close_to_others(where)
    settings = Settings.from_environment(environ)
    close_to_others(where)  # what the first start has just made
    return settings


def faults_of(where: Locations) -> list[WrongFile]:
    """What is wrong, looked at twice: another process may just be making its first files."""
    faults = list(_faults(where))
    if any(fault.kind in ("busy", "away") for fault in faults) or not faults:
        return faults
    time.sleep(LOOK_AGAIN_S)
    return list(_faults(where))


def database_name(where: Locations) -> str:
    """How people call the database: its file, or server and name without a password."""
    if where.database_file:
        return str(where.database_file)
    parts = urlsplit(where.database_url)
    server = f" ({parts.hostname})" if parts.hostname else ""
    return f"PostgreSQL {parts.path.lstrip('/')}{server}"


def _faults(where: Locations) -> Iterator[WrongFile]:
    # os.path never raises: what lies in a closed folder is simply not seen.
    needed = os.R_OK | os.W_OK | os.X_OK
    for folder in (where.instance_dir, where.keys):
        if os.path.exists(folder) and not os.path.isdir(folder):  # noqa: PTH110, PTH112
            yield WrongFile("no_folder", str(folder))
            return
        is_closed = folder == where.instance_dir and not os.access(folder, needed)
        if is_closed and os.path.exists(folder):  # noqa: PTH110
            yield WrongFile("unwritable", str(folder))
            return
    keys = {name: _key_file(where.keys / name) for name in KEY_NAMES}
    are_unused = os.path.exists(where.keys / UNUSED)  # noqa: PTH110
    seen = peek.look_at(where.database_url, where.database_file)
    yield from _faults_of_keys(where, keys)
    yield from _faults_of_database(where, seen)
    yield from _faults_together(where, keys, seen, are_unused=are_unused)


def _key_file(path: Path) -> Keys | Faulty:
    try:
        return read_keys(path)
    except FileNotFoundError:
        return "missing"
    except (SettingsError, IsADirectoryError):
        return "wrong_key_file"
    except OSError:
        return "unreadable_key"


def _faults_of_keys(where: Locations, keys: Mapping[str, Keys | Faulty]) -> Iterator[WrongFile]:
    for name, found in keys.items():
        if found in ("wrong_key_file", "unreadable_key"):
            yield WrongFile(found, str(where.keys / name))


def _faults_of_database(where: Locations, seen: Seen) -> Iterator[WrongFile]:
    file = database_name(where)
    if seen.state in OF_STATE:
        yield WrongFile(OF_STATE[seen.state], file, {"told": seen.told})
    elif seen.state == "absent" and where.database_file is None:
        yield WrongFile("no_such_database", file, {"told": seen.told})
    elif seen.state == "office" and seen.revision not in revision.known():
        yield WrongFile("newer_schema", file, {"revision": seen.revision})
    elif seen.state == "office" and seen.revision != revision.newest():
        yield WrongFile("older_schema", file, {"revision": seen.revision})


def _faults_together(
    where: Locations, keys: Mapping[str, Keys | Faulty], seen: Seen, *, are_unused: bool
) -> Iterator[WrongFile]:
    """Whether keys and database are there together, and each other's."""
    file = database_name(where)
    if seen.state in ("absent", "empty"):
        there = [name for name, found in keys.items() if found != "missing"]
        if there and not are_unused:
            kind: Kind = "missing_database" if seen.state == "absent" else "empty_database"
            yield WrongFile(kind, file, {"keys": str(where.keys)})
        else:
            yield WrongFile("not_set_up", file)
        return
    if seen.state != "office" or not seen.has_data:
        return
    if seen.has_demo and where.is_office:
        yield WrongFile("demo_in_office", file, {"folder": str(where.instance_dir)})
    kinds: dict[str, Kind] = {"place": "missing_place", "secret": "missing_secret"}
    for name, kind in kinds.items():
        if keys[name] == "missing":
            yield WrongFile(kind, str(where.keys / name))
    yield from _others_keys(where, keys, seen.marks)


def _others_keys(
    where: Locations, keys: Mapping[str, Keys | Faulty], marks: Mapping[str, str]
) -> Iterator[WrongFile]:
    """A database from before these marks has none: `migrate` then takes the keys beside it."""
    place, secret = keys["place"], keys["secret"]
    values = {"database": database_name(where)}
    if CARDS in marks and isinstance(place, tuple) and office_fingerprint(place[0]) != marks[CARDS]:
        yield WrongFile("other_cards", str(where.keys / "place"), values)
    known = {text for name, text in marks.items() if name.startswith(SECRET)}
    if known and isinstance(secret, tuple) and known.isdisjoint(map(secret_fingerprint, secret)):
        yield WrongFile("other_secret", str(where.keys / "secret"), values)
