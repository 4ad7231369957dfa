"""P16: who answered from where is found nowhere afterwards: not in the database, files or output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from feedback_app.config import ROOT
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site
from tests.conftest import DemoOn
from tests.ground.backups import inside, take
from tests.ground.browser import wait_until_ready
from tests.storage.on_disk import bytes_kept

pytestmark = [pytest.mark.proof, pytest.mark.both_engines]

ADDRESS = "203.0.113.177"
AGENT = "Canary/7.31 (kenari-ajaib)"
COMMENT = "Kenari bernyanyi di loket"


# Both have the same tables: what one keeps of a visitor the other keeps.
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def site_and_environment(
    request: pytest.FixtureRequest, demo_on: DemoOn, tmp_path: Path
) -> Iterator[tuple[Site, dict[str, str]]]:
    """The demo behind a proxy that tells the visitor's address."""
    folder = tmp_path / "instance"
    with demo_on(request.param, folder, PROXY_HOPS="1", BASE_URL="") as both:
        yield both


def everything_kept(site: Site, folder: Path) -> bytes:
    """All bytes of all files, what copies hold packed, and every cell of every table."""
    kept = bytes_kept(folder)  # the WAL and free pages too
    kept += [inside(copy) for copy in folder.rglob("*.db.gz")]
    with site.db.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            kept.append(repr(rows).encode())
    return b"\n".join(kept)


def send(address: str, url: str, data: dict[str, str] | None = None) -> str:
    """A visitor's request as the proxy passes it on."""
    body = urllib.parse.urlencode(data).encode() if data else None
    request = urllib.request.Request(  # noqa: S310 (our own server)
        address + url,
        data=body,
        headers={"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "X-Forwarded-Proto": "http"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return answer.read().decode()


def test_address_browser_and_token_are_found_nowhere(
    site_and_environment: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    site, environment = site_and_environment
    path = urllib.parse.urlsplit(card_lines(site)[0].url).path
    output = tmp_path / "output.log"
    command = [sys.executable, str(ROOT / "scripts" / "serve.py")]
    address = f"http://127.0.0.1:{environment['PORT']}"
    with (
        output.open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
        ) as server,
    ):
        wait_until_ready(address, server)
        page = send(address, path)
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found is not None
        token = found.group(1)
        answers = dict.fromkeys(ALL_KEYS, "3") | {"token": token, "served_by": "not_sure"}
        sent = send(address, path, answers | {"comment": COMMENT})
        assert "Diterima" in sent
        send(address, "/hasil/")
        server.terminate()
        server.wait(timeout=30)
    (tmp_path / "stick").mkdir()
    copy = take(site, tmp_path / "stick").copy
    assert copy is not None
    assert COMMENT.encode() in inside(copy)
    kept = everything_kept(site, tmp_path)
    assert COMMENT.encode() in kept  # the control: the search does find what is kept
    for canary in (ADDRESS, AGENT, "kenari-ajaib", token):
        assert canary.encode() not in kept, canary


def test_the_search_finds_a_planted_canary(
    site_and_environment: tuple[Site, dict[str, str]], tmp_path: Path
) -> None:
    site, _environment = site_and_environment
    with site.db.engine.begin() as connection:
        connection.execute(text("UPDATE comment SET text = :t"), {"t": f"x {ADDRESS}"})
    assert ADDRESS.encode() in everything_kept(site, tmp_path)
