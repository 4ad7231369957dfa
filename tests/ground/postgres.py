"""A PostgreSQL of the tests' own: a Unix socket in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.ground.quick_folder import memory

NEW_WAYS = 150_000  # PostgreSQL 15, which asks how to copy
INITDB = ("-U", "tests", "-A", "trust", "-E", "UTF8", "-N")  # -N: nothing is synced to disk


def find_binaries() -> Path:
    """Where initdb lies; a missing PostgreSQL fails, it is never skipped."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "pg_isready")):
            return folder
    raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")


@contextmanager
def running_postgres(*settings: str) -> Iterator[str]:
    """Start a server with further settings (`-c name=value`); yield its maintenance database."""
    binaries = find_binaries()
    # In memory: a database for each test is some hundred files, five times as quick there.
    # The name is short: a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="slpg", dir=memory()))
    user = _unprivileged_user()
    identity: dict[str, Any] = {}
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    subprocess.run(
        [str(binaries / "initdb"), "-D", str(data), *INITDB],
        check=True,
        capture_output=True,
        cwd=folder,
        env=environment,
        **identity,
    )
    options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "max_connections=200"]
    options += ["-c", "max_wal_size=128MB"]
    options += ["-c", "fsync=off"]  # the tests' own data may be lost; durability has its own rig
    server = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(data), *options, *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        **identity,
    )
    try:
        _wait_until_ready(binaries, folder)
        yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # SIGTERM would wait for open connections
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def on_server(url: str, statement: str) -> None:
    """Make or drop a database; `url` is of the maintenance database."""
    plain = url.replace("+psycopg", "")  # SQLAlchemy's word for the driver
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def database_of(url: str, name: str, template: str) -> Iterator[str]:
    """A copy of the template, dropped at the end; yield its URL."""
    # Copying files costs a third less than writing every page to the log, the way since 15.
    way = " STRATEGY FILE_COPY" if _version(url) >= NEW_WAYS else ""
    on_server(url, f"CREATE DATABASE {name} TEMPLATE {template}{way}")
    yield url.replace("/postgres?", f"/{name}?")
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _version(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.info.server_version


def _unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user to run PostgreSQL as")


def _wait_until_ready(binaries: Path, folder: Path) -> None:
    for _ in range(200):
        asked = subprocess.run(
            [binaries / "pg_isready", "-h", folder, "-q"], check=False, capture_output=True
        )
        if asked.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
