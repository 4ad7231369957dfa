"""P21: on a bad network no acknowledged answer is lost and none is doubled, without JavaScript.

Example: .venv/bin/python tests/rigs/bad_network.py --cuts 1000 --engine postgresql
A real server process; its visitors come through a proxy that delays everything, loses connections
and cuts sendings at a random byte. Each visitor presses again, with the same form, until the
receipt is there. Exits 1 when an answer is lost, doubled or changed, or when the control, visitors
who open the form anew each time, shows no double.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import random
import re
import sys
import tempfile
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Comment, Rating, Screening
from tests.ground.browser import running_server
from tests.ground.demo_site import demo_site
from tests.ground.postgres import running_postgres

DELAY_S = 0.4  # each way, for every piece that passes
LOST = 0.10  # of connections: taken, never answered
CUT = 0.5  # of the other sendings, half of them on the way there, half on the way back
PATIENCE_S = 5  # then the visitor presses again
VISITORS = 64
PROXY_HOST = "127.0.0.1"
MOST_TRIES = 200  # a visitor who needs more meets a fault, not a bad network


@dataclass
class BadNetwork:
    """A TCP proxy that treats sendings badly, by one seed, and counts what it did."""

    server_port: int
    seed: int
    delay: float = DELAY_S
    silence: float = PATIENCE_S  # how long a lost connection says nothing
    done: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def __post_init__(self) -> None:
        """All fates come from one seed."""
        self.chance = random.Random(self.seed)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from a visitor."""
        self.done["connections"] += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._pass_on(reader, writer)
        finally:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _whole_message(reader)
        await asyncio.sleep(self.delay)
        if self.chance.random() < LOST:
            self.done["lost"] += 1
            await asyncio.sleep(self.silence)
            return
        fate = self._fate_of(request)
        if fate == "cut going":
            request = request[: self.chance.randrange(len(request))]
        server_reader, server_writer = await asyncio.open_connection(PROXY_HOST, self.server_port)
        try:
            server_writer.write(request)
            await server_writer.drain()
            if fate == "cut going":
                await asyncio.sleep(self.delay)
                return
            answer = await _whole_message(server_reader)
        finally:
            server_writer.transport.abort()
        await asyncio.sleep(self.delay)
        if fate == "cut coming":
            answer = answer[: self.chance.randrange(len(answer))]
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _fate_of(self, request: bytes) -> str:
        if not request.startswith(b"POST") or self.chance.random() >= CUT:
            return "passed"
        fate = self.chance.choice(("cut going", "cut coming"))
        self.done[fate] += 1
        return fate

    @property
    def cuts(self) -> int:
        """Sendings cut so far."""
        return self.done["cut going"] + self.done["cut coming"]


async def _whole_message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with its body, so that a cut can fall on any of its bytes."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


@contextmanager
def running(network: BadNetwork) -> Iterator[BadNetwork]:
    """The proxy on a free port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opening = asyncio.start_server(network.take, PROXY_HOST, 0, backlog=512)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result()
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def body_token(body: str) -> str:
    """The token of a form's body: the same one makes pressing again harmless."""
    return urllib.parse.parse_qs(body)["token"][0]


class NoReceiptError(Exception):
    """A visitor pressed again and again and never saw a receipt."""


@dataclass(frozen=True)
class Visitor:
    """A browser without JavaScript whose user presses again."""

    port: int
    path: str
    mark: str  # the comment by which the answer is found again
    answers: dict[str, str]
    makes_new_token: bool = False  # the control's fault

    def rate(self) -> int:
        """Send until the receipt is there; return how often it was pressed."""
        body = self._form()
        for tries in range(1, MOST_TRIES):
            location = self._press(body)
            if location and "Diterima" in self._page(location):
                return tries
            if self.makes_new_token:
                body = self._form()
        raise NoReceiptError(self.mark)

    def _form(self) -> str:
        for _ in range(MOST_TRIES):
            found = re.search(r'name="token" value="([\w-]+)"', self._page(self.path))
            if found:
                fields = self.answers | {"comment": self.mark, "token": found[1]}
                return urllib.parse.urlencode(fields)
        raise NoReceiptError(self.mark)

    def _press(self, body: str) -> str:
        """The receipt's address when the whole answer came back, else nothing."""
        status, location, text = self._ask("POST", self.path, body)
        # 503: not saved within its time. The form came back, so it is pressed again.
        is_given_back = status == 503 and self.mark in text and body_token(body) in text
        if status not in (0, 303) and not is_given_back:
            raise NoReceiptError(f"{self.mark}: {status}")
        return location

    def _page(self, path: str) -> str:
        return self._ask("GET", path, "")[2]

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        """(status, location, text); status 0 when the network failed."""
        line = http.client.HTTPConnection(PROXY_HOST, self.port, timeout=PATIENCE_S)
        headers = {"Connection": "close"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            line.close()


@dataclass(frozen=True)
class Outcome:
    """What was acknowledged, and what the database holds of it."""

    acknowledged: int
    presses: int
    cuts_going: int
    cuts_coming: int
    connections_lost: int
    lost: int
    doubled: int
    changed: int
    differences: int

    def faults(self) -> int:
        """0 is the promise."""
        return self.lost + self.doubled + self.changed + self.differences


def rate_through(
    site: Site, network: BadNetwork, *, cuts: int, visitors: int, makes_new_token: bool
) -> Outcome:
    """Visitors rate until so many sendings were cut; then every answer is looked for."""
    path = urllib.parse.urlsplit(card_lines(site)[1].url).path
    chance, numbers, lock = random.Random(network.seed), count(), threading.Lock()
    run = f"P21 {'control' if makes_new_token else 'run'} {network.seed}"
    sent: dict[str, dict[str, str]] = {}
    presses: list[int] = []

    def visit(_seat: int) -> None:
        while network.cuts < cuts:
            with lock:
                mark = f"{run}/{next(numbers)}"
                sent[mark] = {key: str(chance.randint(1, 4)) for key in ALL_KEYS}
            visitor = Visitor(network.port, path, mark, sent[mark], makes_new_token)
            presses.append(visitor.rate())

    with ThreadPoolExecutor(visitors) as seats:
        list(seats.map(visit, range(visitors)))
    return _compare(site, network, sent, sum(presses))


def _compare(
    site: Site, network: BadNetwork, sent: dict[str, dict[str, str]], presses: int
) -> Outcome:
    columns = [getattr(Rating, key) for key in ALL_KEYS]
    query = (
        select(Comment.text, *columns)
        .join(Screening, Screening.comment_id == Comment.id)
        .join(Rating, Rating.id == Screening.rating_id)
    )
    with site.db.read() as session:
        rows = [tuple(row) for row in session.execute(query) if row[0] in sent]
    found = Counter(mark for mark, *_answers in rows)
    changed = sum([str(a) for a in answers] != list(sent[mark].values()) for mark, *answers in rows)
    return Outcome(
        acknowledged=len(sent),
        presses=presses,
        cuts_going=network.done["cut going"],
        cuts_coming=network.done["cut coming"],
        connections_lost=network.done["lost"],
        lost=sum(found[mark] == 0 for mark in sent),
        doubled=sum(found[mark] > 1 for mark in sent),
        changed=changed,
        differences=tally_differences(site),
    )


@contextmanager
def office(folder: Path, engine: str) -> Iterator[tuple[Site, int]]:
    """A demo office on a real server process; its port."""
    with database(engine) as url, demo_site(folder, database_url=url, ratings=300) as made:
        site, environment = made
        port = int(environment["PORT"])
        with running_server(environment, port):
            yield site, port


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The address of an empty database; SQLite needs none."""
    if engine == "sqlite":
        yield ""
        return
    with running_postgres() as url:
        yield url


def main(arguments: list[str]) -> int:
    """Print the numbers of both runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--seed", type=int, default=21)
    chosen = parser.parse_args(arguments)
    failed = False
    with (
        tempfile.TemporaryDirectory() as folder,
        office(Path(folder), chosen.engine) as (site, port),
    ):
        for is_control, cuts in ((False, chosen.cuts), (True, max(chosen.cuts // 10, 20))):
            with running(BadNetwork(port, chosen.seed)) as network:
                outcome = rate_through(
                    site,
                    network,
                    cuts=cuts,
                    visitors=chosen.visitors,
                    makes_new_token=is_control,
                )
            name = "control, a new form at each press" if is_control else "the same form again"
            click.echo(f"{chosen.engine}, {name}: {outcome}")
            failed |= outcome.doubled == 0 if is_control else outcome.faults() > 0
    click.echo(
        "P21 broken" if failed else "P21 holds: 0 lost, 0 doubled; the control shows doubles"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
