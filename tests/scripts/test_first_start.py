"""An office's first start as people meet it: a terminal, a service without one, settings later on."""

from __future__ import annotations

import contextlib
import html
import os
import pty
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from feedback_app import instance
from feedback_app.config import ROOT
from feedback_app.services.site import open_site
from feedback_app.services.upkeep.wrong_files import settings_of_office
from feedback_app.storage import bulk
from feedback_app.storage.queries import agencies
from tests.ground.browser import free_port
from tests.ground.once import copy_into, made_once
from tests.ground.scripts import Done, run_script

pytestmark = pytest.mark.proof

ANSWERS = ("Dinas Uji", "suara.contoh.go.id", "wita", "Siti Rahmawati", "", "y")


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of an office that is not there yet, on a port of its own."""
    cleared = dict.fromkeys((*instance.NAMES, "INSTANCE_DIR"), "")
    where = cleared | {"INSTANCE_DIR": str(tmp_path / "i"), "DEMO": "0", "PORT": str(free_port())}
    if request.param == "sqlite":
        yield where
        return
    copy: Callable[[str], AbstractContextManager[str]] = request.getfixturevalue("postgres_copy")
    with copy("template1") as url:
        yield where | {"DATABASE_URL": url}


def command(script: str, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "scripts" / script), *arguments]


def run(environment: dict[str, str], script: str, *arguments: str) -> Done:
    return run_script(script, *arguments, environment=os.environ | environment)


def on_terminal(environment: dict[str, str], typed: tuple[str, ...]) -> tuple[int, str]:
    """Answer question by question on a terminal; the exit code and all that stood there.

    '\\x04' is Ctrl+D.
    """
    ours, theirs = pty.openpty()
    script = command("first_start.py")
    where = os.environ | environment
    with subprocess.Popen(
        script, cwd=ROOT, env=where, stdin=theirs, stdout=theirs, stderr=theirs
    ) as asking:
        os.close(theirs)
        shown, asked, rest = "", 0, list(typed)
        while True:
            try:
                shown += os.read(ours, 4096).decode(errors="replace")
            except OSError:  # it has ended
                break
            while rest and shown.count(": ") > asked and shown.rstrip(" ").endswith(":"):
                asked = shown.count(": ")
                answer = rest.pop(0)
                os.write(ours, answer.encode() if answer == "\x04" else f"{answer}\n".encode())
        os.close(ours)
    return asking.returncode, shown


@pytest.fixture
def begin(environment: dict[str, str], shared: Path) -> Callable[[str], None]:
    """An office that was begun on a terminal, at this address: in a file once a run, and copied."""

    def begun(address: str) -> None:
        typed = (ANSWERS[0], address, *ANSWERS[2:])
        if environment.get("DATABASE_URL"):
            on_terminal(environment, typed)
            return

        def make(to: Path) -> None:
            on_terminal(environment | {"INSTANCE_DIR": str(to / "i")}, typed)

        made = made_once(shared / f"begun-{'public' if address else 'here'}", make)
        copy_into(made, Path(environment["INSTANCE_DIR"]).parent)

    return begun


def offices(environment: dict[str, str]) -> list[str]:
    site = open_site(settings_of_office(environment))
    with site.db.read() as session:
        names = [agency.name for agency in agencies.agencies(session)]
    site.db.close()
    return names


@pytest.mark.engine_alike
def test_a_terminal_asks_again_until_every_answer_can_be_used(environment: dict[str, str]) -> None:
    typed = ("", "Dinas Uji", "https://x/y", "suara.contoh.go.id", "gmt", "wita", *ANSWERS[3:])
    code, shown = on_terminal(environment, typed)
    assert code == 0, shown
    assert "Isi nama kantor." in shown
    assert "(Write an address like https://" in shown
    assert "Pilih WIB, WITA, atau WIT." in shown
    assert re.search(r"siti\.rahmawati: https://suara\.contoh\.go\.id/tautan/[\w-]{43}", shown)
    assert offices(environment) == ["Dinas Uji"]
    again = run(environment, "first_start.py")
    assert (again.returncode, "set up already" in again.stderr) == (1, True)


@pytest.mark.engine_alike
@pytest.mark.parametrize(
    "answered",
    [pytest.param(0, marks=pytest.mark.long), 2, pytest.param(5, marks=pytest.mark.long)],
)
def test_a_set_up_that_is_broken_off_leaves_nothing_half(
    environment: dict[str, str], answered: int
) -> None:
    code, shown = on_terminal(environment, (*ANSWERS[:answered], "\x04"))
    assert code == 1
    assert "Nothing was kept" in shown
    assert offices(environment) == []
    assert not (Path(environment["INSTANCE_DIR"]) / "settings.toml").exists()


@contextlib.contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[list[str], subprocess.Popen[str]]]:
    """A start without a terminal, as a service makes it; what it has printed so far."""
    printed: list[str] = []
    with subprocess.Popen(
        command("serve.py", "--set-up"),
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        reader = threading.Thread(target=lambda: printed.extend(server.stdout or ()), daemon=True)
        reader.start()
        try:
            yield printed, server
        finally:
            server.terminate()
            server.wait(timeout=60)


def wait_for(look: Callable[[], object], server: subprocess.Popen[str]) -> object:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if found := look():
                return found
        time.sleep(0.1)
    raise AssertionError("it took too long")


def fetched(where: str, /, **fields: str) -> str:
    data = urllib.parse.urlencode(fields).encode() if fields else None
    with urllib.request.urlopen(where, data, timeout=20) as answer:  # noqa: S310 (our own)
        return html.unescape(str(answer.read().decode()))


@pytest.mark.engine_alike
def test_a_service_asks_on_a_page_and_then_serves_the_office(environment: dict[str, str]) -> None:
    home = f"http://127.0.0.1:{environment['PORT']}/"
    with serving(environment) as (printed, server):
        pattern = re.compile(r"enter the code: ([0-9A-Z-]{14})")
        code = wait_for(lambda: pattern.search("".join(printed)), server)
        assert isinstance(code, re.Match)
        page = fetched(home, code=code[1])
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        typed = {"office_name": "Dinas Uji", "address": "", "time_zone": "WIT"}
        done = fetched(home, ticket=ticket[1], admin_name="Siti Aminah", **typed)
        link = re.search(rf"{home}tautan/[\w-]{{43}}", done)
        assert link
        welcome = wait_for(
            lambda: "Selamat datang" in fetched(link[0]) and fetched(link[0]), server
        )
        assert "siti.aminah" in str(welcome)
        assert fetched(home + "healthz") == "ok"
        assert "Siapkan kantor" not in fetched(home)
    assert offices(environment) == ["Dinas Uji"]


@pytest.mark.engine_alike
def test_a_script_that_makes_the_office_ends_the_page(environment: dict[str, str]) -> None:
    home = f"http://127.0.0.1:{environment['PORT']}/"
    with serving(environment) as (_printed, server):
        wait_for(lambda: "Siapkan kantor" in fetched(home), server)
        make = ("admin", "--name", "A", "--agency", "a", "--agency-name", "Dinas")
        made = run(environment, "create_account.py", *make, "--loopback-ok")
        assert made.returncode == 0, made.stderr
        wait_for(lambda: "Siapkan kantor" not in fetched(home), server)
        assert "Kata sandi" in fetched(home + "masuk")


@pytest.mark.engine_alike
def test_answers_can_be_changed_later_and_bad_ones_change_nothing(
    environment: dict[str, str], begin: Callable[[str], None]
) -> None:
    begin(ANSWERS[1])
    file = Path(environment["INSTANCE_DIR"]) / "settings.toml"
    before = file.read_text()
    for bad in ("base_url=suara", "port=x", "time_zone=GMT", "prot=1", "office_name=", "demo=0"):
        refused = run(environment, "settings.py", "backup_keep=30", bad)
        assert refused.returncode == 2, bad
        assert "Traceback" not in refused.stderr
        assert file.read_text() == before
    good = ("office_name=Dinas Baru", "base_url=https://b.example", "time_zone=WIT")
    done = run(environment, "settings.py", *good, "proxy_hops=")
    assert done.returncode == 0, done.stderr
    assert "office_name = Dinas Baru" in done.stdout
    assert "BASE_URL" not in done.stderr
    assert instance.read(file)["BASE_URL"] == "https://b.example"
    assert "PROXY_HOPS" not in instance.read(file)
    assert offices(environment) == ["Dinas Baru"]
    link = run(environment, "create_account.py", "siti.rahmawati", "--new-link")
    assert link.stdout.startswith("siti.rahmawati: https://b.example/tautan/"), link.stderr
    listed = run(environment | {"BASE_URL": "https://c.example"}, "settings.py")
    assert "base_url = https://c.example (environment)" in listed.stdout
    assert "BASE_URL: lingkungan mengalahkan settings.toml" in listed.stderr


@pytest.mark.engine_alike
def test_cards_and_links_of_scripts_refuse_an_address_of_this_machine(
    environment: dict[str, str], begin: Callable[[str], None]
) -> None:
    begin("")
    refused = run(environment, "create_account.py", "dua", "--name", "Dua")
    assert refused.returncode == 2
    assert "--loopback-ok" in refused.stderr
    made = run(environment, "create_account.py", "dua", "--name", "Dua", "--loopback-ok")
    assert made.returncode == 0, made.stderr  # the refusal made no account of that name
    assert "/tautan/" in made.stdout


@pytest.mark.engine_alike
def test_a_start_says_what_the_first_one_has_left_open(
    environment: dict[str, str], begin: Callable[[str], None]
) -> None:
    begin("")
    said = run(environment, "set_up.py").stderr
    assert "siti.rahmawati --new-link" in said
    assert "scripts/settings.py base_url=https://" in said
    assert run(environment, "settings.py", "base_url=https://suara.contoh.go.id").returncode == 0
    assert "base_url" not in run(environment, "set_up.py").stderr


@pytest.mark.engine_alike
def test_a_demo_that_others_reach_says_that_nobody_can_log_in(environment: dict[str, str]) -> None:
    demo = environment | {"DEMO": "1"}
    assert run(demo, "migrate.py").returncode == 0
    site = open_site(settings_of_office(demo))
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "agency", [{"code": "x", "name": "Contoh", "is_demo": True}])
    site.db.close()
    assert "contoh-suara-loket" in run(demo, "set_up.py").stdout
    reached = run(demo | {"PROXY_HOPS": "1"}, "set_up.py")
    assert reached.returncode == 0, reached.stderr
    assert "nobody can log in" in reached.stderr
    assert "contoh-suara-loket" not in reached.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    "public",
    [
        {"BASE_URL": "https://suara.example.go.id"},
        {"HOST": "0.0.0.0"},  # noqa: S104 (no socket is bound)
        {"PROXY_HOPS": "1"},
        {"TRUSTED_HOSTS": "suara.example.go.id"},
    ],
    ids=str,
)
@pytest.mark.parametrize("script", ["set_up.py", "demo_data.py"])
def test_a_server_that_others_reach_loads_no_demo_and_makes_nothing(
    tmp_path: Path, public: dict[str, str], script: str
) -> None:
    where = {"INSTANCE_DIR": str(tmp_path / "i"), "DEMO": "", "DATABASE_URL": ""} | public
    refused = run(where, script)
    assert refused.returncode == 2
    assert "python3 run.py --office" in refused.stderr
    assert not (tmp_path / "i").exists()


@pytest.mark.engine_alike
def test_an_offices_folder_gets_no_demo(
    environment: dict[str, str], begin: Callable[[str], None]
) -> None:
    begin(ANSWERS[1])
    refused = run(environment | {"DEMO": ""}, "demo_data.py", "--if-empty")
    assert (refused.returncode, "run.py --demo" in refused.stderr) == (2, True)
    assert offices(environment) == ["Dinas Uji"]
