"""Clients that fetch a form and send it, over and over: flows a second, and how long POSTs take."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from feedback_app.domain.elements import ALL_KEYS

TOKEN = re.compile(rb'name="(token|csrf_token)"[^>]* value="([^"]+)"')
COOKIE = re.compile(rb"[Ss]et-[Cc]ookie: ([^;\r]+)")
LENGTH = re.compile(rb"[Cc]ontent-[Ll]ength: (\d+)")
# Most people are content; nobody sends a comment, whose text would be the crowd's own work.
VALUES, WEIGHTS = "4321", (50, 35, 10, 5)
PHONES = 2000
LATE_MS = 5.0  # a sleep ends so much later on a busy machine; more is a wait for a free line


@dataclass
class Seen:
    """What a crowd saw in its time; POSTs in milliseconds."""

    flows: int = 0
    seconds: float = 0.0
    posts: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """The time within which this share of the POSTs was answered."""
        ordered = sorted(self.posts)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Client:
    """One kept connection; each flow is another citizen: no cookie is carried on."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """Status, headers and body."""
        self._socket.sendall(head.encode() + b"\r\n" + body)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        headers, _, content = received.partition(b"\r\n\r\n")
        found = LENGTH.search(headers)
        while found and len(content) < int(found[1]):
            content += self._more()
        return int(headers[9:12]), headers, content

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        return part

    def flow(self, path: str, chance: random.Random, seen: Seen) -> None:
        """Fetch the form and send it, in a browser of its own."""
        phone = f"Mozilla/5.0 (Linux; Android 14; Phone {chance.randrange(PHONES)})"
        common = f"Host: 127.0.0.1\r\nUser-Agent: {phone}\r\nAccept-Language: id\r\n"
        common += "Accept-Encoding: gzip, deflate\r\n"
        status, headers, page = self.ask(f"GET {path} HTTP/1.1\r\n{common}")
        if b"ncoding: gzip" in headers:
            page = zlib.decompress(page, wbits=31)
        token = TOKEN.search(page)
        if token is None:
            seen.statuses[status] += 1
            return
        answers = chance.choices(VALUES, WEIGHTS, k=len(ALL_KEYS))
        pairs = [f"{token[1].decode()}={token[2].decode()}"]
        pairs += [f"{key}={value}" for key, value in zip(ALL_KEYS, answers, strict=True)]
        body = "&".join([*pairs, "comment="]).encode()
        cookie = COOKIE.search(headers)
        carried = f"Cookie: {cookie[1].decode()}\r\n" if cookie else ""
        form = "Content-Type: application/x-www-form-urlencoded\r\n"
        began = time.perf_counter()
        status, _headers, _page = self.ask(
            f"POST {path} HTTP/1.1\r\n{common}{carried}{form}Content-Length: {len(body)}\r\n", body
        )
        seen.posts.append(1000 * (time.perf_counter() - began))
        seen.statuses[status] += 1
        seen.flows += status == 303


def look_once(port: int, paths: list[str]) -> None:
    """Fetch each form once: what a program draws only once after its start is told apart."""
    client = Client(port)
    for path in paths:
        client.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n")


def crowd(port: int, paths: list[str], *, clients: int, seconds: float, seed: int) -> Seen:
    """So many clients for so long, each as fast as it is served."""
    until = time.perf_counter() + seconds
    parts = [Seen() for _ in range(clients)]

    def run(number: int) -> None:
        chance = random.Random(1000 * seed + number)  # noqa: S311 (which answers)
        client = Client(port)
        while time.perf_counter() < until:
            client.flow(chance.choice(paths), chance, parts[number])

    return _together(run, parts)


def callers(
    port: int, paths: list[str], *, a_second: float, seconds: float, seed: int, lines: int = 16
) -> Seen:
    """So many flows a second on average, at chance instants, however slow the server is.

    An open loop: who finds every line taken waits for one, and the wait counts as his POST's time.
    """
    chance = random.Random(seed)  # noqa: S311 (when they come)
    due, instants = 0.0, list[float]()
    while (due := due + chance.expovariate(a_second)) < seconds:
        instants.append(due)
    parts, began = [Seen() for _ in range(lines)], time.perf_counter()
    coming, turn = iter(instants), threading.Lock()

    def run(number: int) -> None:
        own = random.Random(1000 * seed + number)  # noqa: S311 (which answers)
        client = Client(port)
        while True:
            with turn:
                at = next(coming, None)
            if at is None:
                return
            time.sleep(max(0.0, began + at - time.perf_counter()))
            late_ms = 1000 * (time.perf_counter() - began - at)
            client.flow(own.choice(paths), own, parts[number])
            if late_ms > LATE_MS:
                parts[number].posts[-1] += late_ms

    return _together(run, parts)


def _together(run: Callable[[int], None], parts: list[Seen]) -> Seen:
    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(parts))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = Seen(seconds=time.perf_counter() - began)
    for part in parts:
        seen.flows += part.flows
        seen.posts += part.posts
        seen.statuses += part.statuses
    return seen
