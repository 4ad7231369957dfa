"""How much memory a web process holds after many mixed requests, of citizens and of staff.

Example: .venv/bin/python bench/memory.py --requests 20000
PSS from /proc/PID/smaps_rollup: pages that processes share are divided among them. Linux only.
A made-up office, the server as it ships; --root measures another checkout.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from feedback_app.demo.office import DEMO_PASSWORD
from feedback_app.domain.elements import ALL_KEYS

CLIENTS = 4
SAMPLES = 10
IDLE_S = 75  # after which no helper process should be left
# Of a thousand requests: a citizen's form and its POST and receipt are three.
CITIZENS = 600
PUBLIC = 180
STAFF = 180
EXPORTS = 34
DOCUMENTS = 5
STUDIES = 1
PUBLIC_PAGES = (
    "/",
    "/hasil/",
    "/hasil/disdukcapil-contoh/kantor",
    "/hasil/disdukcapil-contoh/rimbo",
    "/privasi",
    "/v",
    "/masuk",
    "/static/site.css",
)
STAFF_PAGES = (
    ("atasan", "/staf/loket/"),
    ("atasan", "/staf/loket/?periode=365"),
    ("atasan", "/staf/loket/L1"),
    ("atasan", "/staf/loket/L2"),
    ("atasan", "/staf/skm/"),
    ("atasan", "/staf/skm/1"),
    ("petugas", "/staf/saya/"),
    ("kepegawaian", "/staf/pelatihan/"),
    ("kepegawaian", "/staf/pelatihan/jp"),
    ("kepegawaian", "/staf/dampak/"),
    ("admin", "/staf/admin/"),
    ("admin", "/staf/admin/kartu"),
    ("admin", "/staf/catatan/"),
    ("inspektorat", "/staf/perkara/"),
    ("inspektorat", "/staf/perkara/penyaringan"),
)
FILES = (
    ("atasan", "/staf/loket/unduh.csv"),
    ("atasan", "/staf/loket/unduh.xlsx"),
    ("atasan", "/staf/loket/L2/unduh.xlsx"),
    ("kepegawaian", "/staf/pelatihan/jp/unduh.xlsx"),
    ("kepegawaian", "/staf/dampak/unduh.xlsx"),
    ("admin", "/staf/catatan/unduh.xlsx"),
)
PRINTED = (
    ("atasan", "/staf/skm/1/laporan.pdf"),
    ("atasan", "/staf/skm/1/laporan.docx"),
    ("atasan", "/staf/skm/1/poster-a4.pdf"),
    ("atasan", "/staf/skm/1/olah-data.xlsx"),
    ("admin", "/staf/admin/kartu.pdf"),
)
PEOPLE = ("atasan", "petugas", "kepegawaian", "admin", "inspektorat")


@dataclass
class Visitor:
    """One browser: a connection and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open nothing yet."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, text and Location."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for is_last in (False, True):
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                break
            except (http.client.HTTPException, OSError):
                self._connection.close()
                if is_last:
                    return 0, "", ""
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content.decode("utf-8", "replace"), answer.getheader("Location") or ""


class Town:
    """Everybody who sends requests, until so many are sent."""

    def __init__(self, port: int, places: list[str], wanted: int) -> None:
        """Log staff in."""
        self._port, self._places, self._wanted = port, places, wanted
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self.sent = 0
        self._sessions = {name: self._logged_in(name).cookies for name in PEOPLE}

    def run(self, until: int) -> None:
        """Send until so many have been sent in all."""
        threads = [threading.Thread(target=self._send, args=(until, n)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, until: int, number: int) -> None:
        chance = random.Random(1000 * until + number)  # noqa: S311 (which page comes next)
        visitors = {name: Visitor(self._port, dict(c)) for name, c in self._sessions.items()}
        citizen = Visitor(self._port)
        kinds = ("citizen", "public", "staff", "export", "document", "study")
        weights = (CITIZENS / 3, PUBLIC, STAFF, EXPORTS, DOCUMENTS, STUDIES)
        while self.sent < until:
            kind = chance.choices(kinds, weights)[0]
            if kind == "citizen":
                self._rate(citizen, chance)
            elif kind == "public":
                self._note(kind, citizen.ask("GET", chance.choice(PUBLIC_PAGES)))
            elif kind == "study":
                self._study(visitors["kepegawaian"], chance)
            else:
                pages = {"staff": STAFF_PAGES, "export": FILES, "document": PRINTED}[kind]
                name, path = chance.choice(pages)
                self._note(kind, visitors[name].ask("GET", path))

    def _rate(self, citizen: Visitor, chance: random.Random) -> None:
        place = chance.choice(self._places)
        page = citizen.ask("GET", place)
        self._note("form", page)
        found = re.search(r'name="token" value="([^"]+)"', page[1])
        if found is None:
            return
        answers = {key: str(chance.randint(1, 4)) for key in ALL_KEYS}
        answers |= {"token": found[1], "served_by": "not_sure"}
        if chance.random() < 0.2:
            answers["comment"] = "Antrean panjang, petugas ramah. " * chance.randint(1, 4)
        sent = citizen.ask("POST", place, answers)
        self._note("post", sent)
        if sent[0] == 303:
            self._note("receipt", citizen.ask("GET", urlsplit(sent[2]).path))

    def _study(self, hr: Visitor, chance: random.Random) -> None:
        if chance.random() < 0.7:
            self._note("study", hr.ask("GET", "/staf/dampak/hitung?petugas=8&bulan=4"))
            return
        form = {"csrf_token": _csrf(hr.ask("GET", "/staf/dampak/")[1]), "horizon": "4"}
        self._note("study", hr.ask("POST", "/staf/dampak/", form))

    def _logged_in(self, name: str) -> Visitor:
        visitor = Visitor(self._port)
        form = {"username": name, "password": DEMO_PASSWORD}
        form["csrf_token"] = _csrf(visitor.ask("GET", "/masuk")[1])
        status, _text, location = visitor.ask("POST", "/masuk", form)
        if status not in (302, 303) or location.endswith("/masuk"):
            sys.exit(f"{name} cannot log in: {status}")
        return visitor

    def _note(self, kind: str, answer: tuple[int, str, str]) -> None:
        with self._lock:
            self.sent += 1
            self.statuses[kind, answer[0]] += 1


def main() -> None:
    """Print what each process holds, as requests go on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--root", type=Path, default=ROOT)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        environment = os.environ | {"INSTANCE_DIR": folder, "PORT": str(_free_port())}
        with _served(chosen.root.resolve(), environment) as (server, places):
            print(f"requests {0:>6}:", _held(server.pid), flush=True)
            town = Town(int(environment["PORT"]), places, chosen.requests)
            for part in range(1, SAMPLES + 1):
                town.run(chosen.requests * part // SAMPLES)
                print(f"requests {town.sent:>6}:", _held(server.pid), flush=True)
            time.sleep(IDLE_S)
            print(f"{IDLE_S} s of rest:   ", _held(server.pid))
            for (kind, status), count in sorted(town.statuses.items()):
                print(f"{kind:<10}{status:>4}{count:>8}")


@contextmanager
def _served(
    root: Path, environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], list[str]]]:
    """The server with the demo in a fresh folder, and the paths of the counters' forms."""
    python = str(root / ".venv" / "bin" / "python")
    for words in (("migrate.py",), ("demo_data.py",)):
        command = [python, str(root / "scripts" / words[0]), *words[1:]]
        subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)
    listed = subprocess.run(
        [python, str(root / "scripts" / "print_qr_cards.py"), "--list"],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    places = [urlsplit(line.split("\t")[2]).path for line in listed.stdout.splitlines()]
    command = [python, str(root / "scripts" / "serve.py")]
    with subprocess.Popen(command, cwd=root, env=environment, start_new_session=True) as server:
        try:
            visitor = Visitor(int(environment["PORT"]))
            while visitor.ask("GET", "/healthz")[0] != 200:
                time.sleep(0.05)
            yield server, places
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def _held(main_pid: int) -> str:
    """PSS in MB: the main process, the web process, and processes below that."""
    (worker,) = _children(main_pid) or [0]
    helpers = [_pss(pid) for pid in _children(worker)]
    both = f"main {_pss(main_pid):.0f} MB, web {_pss(worker):.0f} MB"
    load = f"(load {os.getloadavg()[0]:.1f})"
    return f"{both}, helpers {[round(h) for h in helpers]} {load}"


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return sorted(found)


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
