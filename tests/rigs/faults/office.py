"""A small office on SQLite or on a PostgreSQL that syncs, to be put on any disk and opened again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from feedback_app.config import Settings
from feedback_app.demo.load import load_demo
from feedback_app.services.site import Clock, Site, open_site, system_clock
from feedback_app.services.upkeep.schema import upgrade_schema
from tests.ground.office import build_office
from tests.ground.postgres import find_binaries

ENGINES = ("sqlite", "postgresql")
DATABASE = "rig"
# Small, so that a rig meets checkpoints and new segments too; commits wait for the disk.
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "60",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "16MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "checkpoint_timeout": "30s",
}


@dataclass
class Postgres:
    """One server over a data folder; its socket lies in a folder of its own, outside."""

    data: Path
    options: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Make the socket's folder: a socket's path has 107 bytes at most."""
        self.socket = Path(tempfile.mkdtemp(prefix="slrig"))
        self.log = self.socket / "log"
        self.identity = _identity()
        if "user" in self.identity:
            os.chown(self.socket, self.identity["user"], self.identity["group"])

    def own(self) -> None:
        """Make the empty data folder, reachable through the temporary folders that it lies in."""
        self.data.mkdir(mode=0o700)
        for parent in self.data.parents:
            if parent == Path(tempfile.gettempdir()):
                break
            parent.chmod(parent.stat().st_mode | 0o011)
        if "user" in self.identity:
            os.chown(self.data, self.identity["user"], self.identity["group"])

    def run(self, program: str, *arguments: str | Path) -> None:
        """One of PostgreSQL's programs, as the user that owns the data."""
        command = [str(word) for word in (find_binaries() / program, *arguments)]
        subprocess.run(
            command, check=True, capture_output=True, cwd=self.socket, **self._surroundings()
        )

    def start(self) -> None:
        """Start, and wait until it answers; after a crash it recovers first."""
        options = POSTGRES_OPTIONS | dict(self.options) | {"unix_socket_directories": self.socket}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(find_binaries() / "postgres"), "-D", str(self.data), *words],
                stdout=log,
                stderr=log,
                cwd=self.socket,
                start_new_session=True,
                **self._surroundings(),
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until it takes connections; RuntimeError when it does not within a minute."""
        for _ in range(600):
            try:
                self.say("SELECT 1")
            except psycopg.Error:
                if self.process is None or self.process.poll() is not None:
                    raise RuntimeError(f"PostgreSQL stopped: {self._last_words()}") from None
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("PostgreSQL did not get ready")

    def say(self, *statements: str) -> list[Any]:
        """Run statements as its owner, each alone; the first value that each gives, or None."""
        told = []
        with psycopg.connect(
            dbname="postgres", user="tests", host=str(self.socket), autocommit=True
        ) as connection:
            for statement in statements:
                done = connection.execute(statement.encode())
                row = done.fetchone() if done.description else None
                told.append(row[0] if row else None)
        return told

    def stop(self) -> None:
        """The usual stop, which ends open connections."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)

    def kill(self) -> None:
        """All its processes at once, as a power cut does."""
        if self.process is not None:
            for number in _with_children(self.process.pid):
                _send(number, signal.SIGKILL)
            self.process.wait(timeout=30)

    def close(self) -> None:
        """End it and remove the socket's folder."""
        self.kill()
        shutil.rmtree(self.socket, ignore_errors=True)

    def url(self, database: str = DATABASE) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://tests@/{database}?host={self.socket}"

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-500:]

    def _surroundings(self) -> dict[str, Any]:
        where = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.socket)}
        return {"env": where, **self.identity}


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _with_children(number: int) -> list[int]:
    """The process and its children; PostgreSQL's have no children of their own."""
    try:
        listed = Path(f"/proc/{number}/task/{number}/children").read_text()
    except OSError:
        listed = ""
    return [number, *(int(word) for word in listed.split())]


def _send(number: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, what)


class HasUrl(Protocol):
    """A PostgreSQL, or two."""

    def url(self, database: str = DATABASE) -> str:
        """For SQLAlchemy."""


@dataclass
class Elsewhere:
    """A server that another process started: where its socket is."""

    socket: Path

    def url(self, database: str = DATABASE) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://tests@/{database}?host={self.socket}"


@dataclass
class OfficeFolder:
    """Everything one office keeps in one folder: `instance`, and `pg` on PostgreSQL."""

    folder: Path
    engine: str
    options: Mapping[str, str] = field(default_factory=dict)
    postgres: HasUrl | None = None

    @property
    def instance(self) -> Path:
        """Database and keys."""
        return self.folder / "instance"

    def start(self) -> None:
        """Start its database server, if it has one."""
        if self.engine == "postgresql":
            self.postgres = Postgres(self.folder / "pg", self.options)
            self.postgres.start()

    @property
    def server(self) -> Postgres | None:
        """Its PostgreSQL, where this process started one."""
        return self.postgres if isinstance(self.postgres, Postgres) else None

    def environment(self, port: int) -> dict[str, str]:
        """Settings for a server: one proxy in front, so that each citizen has an own address."""
        url = self.postgres.url() if self.postgres else ""
        return {
            "INSTANCE_DIR": str(self.instance),
            "DATABASE_URL": url,
            "PORT": str(port),
            "BASE_URL": "",
            "PROXY_HOPS": "1",
        }

    @contextmanager
    def site(self, clock: Clock = system_clock) -> Iterator[Site]:
        """The office opened from here, to look into it."""
        site = open_site(Settings.from_environment(self.environment(8000)), clock=clock)
        try:
            yield site
        finally:
            site.db.close()

    def close(self) -> None:
        """End its database server."""
        if self.server is not None:
            self.server.close()


def build(folder: Path, engine: str, *, ratings: int = 0) -> OfficeFolder:
    """Make the office, or the demo with so many ratings, stop everything: a folder to copy."""
    made = OfficeFolder(folder, engine)
    if engine == "postgresql":
        server = Postgres(folder / "pg")
        server.own()
        server.run("initdb", "-D", server.data, "-U", "tests", "-A", "trust", "-E", "UTF8")
        server.start()
        server.say(f"CREATE DATABASE {DATABASE}")
        made.postgres = server
    with made.site() as site:
        upgrade_schema(site)
        if ratings:
            load_demo(site, progress=lambda items: items, rating_count=ratings)
        else:
            build_office(site)
    if made.server is not None:
        made.server.stop()
        made.close()
        made.postgres = None
    return made


def copy_to(office: OfficeFolder, folder: Path) -> OfficeFolder:
    """The same office elsewhere, owners kept."""
    subprocess.run(["cp", "-a", f"{office.folder}/.", folder], check=True)
    return OfficeFolder(folder, office.engine)
