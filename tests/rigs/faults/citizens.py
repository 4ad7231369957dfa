"""Citizens who rate over HTTP and press again, with the same form, until their receipt is there."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import urllib.parse
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from feedback_app.services.site import Site
from tests.rigs.faults.ledger import Ledger, Sent

HOST = "127.0.0.1"
WITHOUT_S = 600  # a rig that runs beside others' work, with less right to the processor, waits
PAUSE_S = 0.1  # before the form is pressed again
AWAY_S = 0.5  # where nobody listens: sixteen who ask ten times a second took as much as the server
CUT, NOT_THERE = 0, -1
# 500 is a fault, which the rigs count; what dies under a server may make one of its last answers.
# 502 is a proxy's word for a server that died under a request.
EXPECTED = (CUT, NOT_THERE, 303, 422, 429, 500, 502, 503)
TOKEN = re.compile(r'name="token" value="([\w-]+)"')


def place_paths(site: Site) -> list[str]:
    """The address on each printed card, as a path."""
    return [urllib.parse.urlsplit(line.url).path for line in card_lines(site)]


@dataclass
class Crowd:
    """Citizens at a port; each has an address of its own, as a proxy would tell it."""

    port: int
    paths: Sequence[str]
    ledger: Ledger
    name: str
    patience_s: float = 15
    # What a person does at "open too long": press once more, with the form that came back.
    takes_new_token: bool = False
    opens_new_form: bool = False  # a control's fault: each press is of another form
    drops_replies: float = 0  # share of replies that get lost on the way back
    other_port: int = 0  # of a second server on the same office: every second press goes there
    meets_proxy: bool = False  # a real one, which looks at where a request comes from
    waits: list[tuple[float, float, int]] = field(default_factory=list)  # (when, seconds, status)

    def __post_init__(self) -> None:
        """Numbers come from one place."""
        self._numbers = count()
        self._stop, self._closing = threading.Event(), threading.Event()
        self._may_begin = threading.Event()
        self._may_begin.set()
        self._running: list[Future[None]] = []
        self._chance = random.Random(self.name)

    def start(self, citizens: int) -> None:
        """Let so many rate, each one answer after the other."""
        self._seats = ThreadPoolExecutor(citizens)
        self._running = [self._seats.submit(self._rate_on) for _ in range(citizens)]

    def stop(self) -> None:
        """Let go at once; who has no receipt yet stays in the ledger as unanswered."""
        self._stop.set()
        for seat in self._running:
            seat.result()
        self._seats.shutdown()

    def finish(self) -> None:
        """Let everybody come to a receipt, and nobody begin another answer."""
        self._closing.set()
        for seat in self._running:
            seat.result()
        self._seats.shutdown()

    def pause(self) -> None:
        """Nobody begins another answer until `go_on`; those begun are pressed on."""
        self._may_begin.clear()

    def go_on(self) -> None:
        """End of the pause."""
        self._may_begin.set()

    def wait_for(self, receipts: int) -> None:
        """Until so many were given; RuntimeError after ten minutes without."""
        until = time.monotonic() + WITHOUT_S
        while self.count(303) < receipts:
            if time.monotonic() > until:
                raise RuntimeError(f"fewer than {receipts} receipts in {WITHOUT_S} s")
            time.sleep(0.02)

    def count(self, status: int) -> int:
        """How many presses came to this so far."""
        return sum(found == status for _when, _took, found in list(self.waits))

    def rate_once(self) -> Sent:
        """One citizen until the receipt."""
        sent = self.new_answer()
        self.press_until_receipt(sent)
        return sent

    def new_answer(self) -> Sent:
        """What a citizen means to say; nothing is sent yet."""
        number = next(self._numbers)
        answers = {key: str(self._chance.randint(1, 4)) for key in ALL_KEYS}
        sent = Sent(f"{self.name}/{number}", answers, self.paths[number % len(self.paths)])
        self.ledger.add(sent)
        return sent

    def press_until_receipt(self, sent: Sent) -> None:
        """Open the form where it is not open yet; then press until a receipt is there."""
        while not sent.receipt and not self._stop.is_set():
            if not sent.body:
                self._open(sent)
            elif not self._press(sent):
                self._stop.wait(AWAY_S if sent.statuses[-1] == NOT_THERE else PAUSE_S)
                sent.body = "" if self.opens_new_form else sent.body

    def _rate_on(self) -> None:
        while not (self._stop.is_set() or self._closing.is_set()):
            if self._may_begin.wait(PAUSE_S):
                self.rate_once()

    def _open(self, sent: Sent) -> None:
        status, _location, page = self.ask("GET", sent.path, sent)
        found = TOKEN.search(page)
        if status == 200 and found:
            fields = sent.answers | {"comment": sent.mark, "token": found[1]}
            sent.body = urllib.parse.urlencode(fields | {"served_by": "not_sure"})
        else:
            self._stop.wait(AWAY_S if status == NOT_THERE else PAUSE_S)

    def _press(self, sent: Sent) -> bool:
        sent.presses += 1
        began = time.time()
        status, location, page = self.ask("POST", sent.path, sent)
        sent.received_at = time.monotonic()
        self.waits.append((began, time.time() - began, status))
        sent.statuses.append(status)
        if status == 303 and self._chance.random() >= self.drops_replies:
            sent.receipt = location.rsplit("/", 1)[-1]
        elif status == 422 and self.takes_new_token:
            found = TOKEN.search(page)
            fields = urllib.parse.parse_qs(sent.body) | {"token": [found[1] if found else ""]}
            sent.body = urllib.parse.urlencode(fields, doseq=True)
        elif status not in EXPECTED:
            raise RuntimeError(f"{sent.mark}: {status}")
        return bool(sent.receipt)

    def ask(self, method: str, path: str, sent: Sent) -> tuple[int, str, str]:
        """(status, location, page); CUT when no answer came back, NOT_THERE when nobody listens."""
        is_other = bool(self.other_port) and (sent.presses + hash(sent.mark)) % 2
        port = self.other_port if is_other else self.port
        own = (_address_of(sent.mark, net=127), 0) if self.meets_proxy else None
        line = http.client.HTTPConnection(HOST, port, timeout=self.patience_s, source_address=own)
        headers = {"Connection": "close", "X-Forwarded-Proto": "http"} | _who(sent.mark)
        body = sent.body if method == "POST" else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()
        except ConnectionRefusedError:
            return NOT_THERE, "", ""
        except (OSError, http.client.HTTPException):
            return CUT, "", ""
        finally:
            line.close()


def _who(mark: str) -> dict[str, str]:
    """An address and a browser that belong to nobody else."""
    return {"X-Forwarded-For": _address_of(mark, net=10), "User-Agent": f"Rig/{_number_of(mark)}"}


def _address_of(mark: str, *, net: int) -> str:
    """Of 10.0.0.0/8, or of 127.0.0.0/8, all of which are this machine's."""
    number = _number_of(mark)
    return f"{net}.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _number_of(mark: str) -> int:
    return random.Random(mark).randrange(1, (1 << 24) - 1)
