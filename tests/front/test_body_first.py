"""Half-sent, slow and large requests harm nobody; whole ones arrive as they did before."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedback_app.config import ROOT
from tests.front.echo import FORM_BYTES, PATIENCE, UPLOAD_BYTES
from tests.ground.browser import free_port
from tests.ground.raw_http import (
    Answer,
    ask,
    connect,
    get,
    held_open,
    post,
    read_answer,
    seconds_until_closed,
)

SLACK_S = 2.0  # of a busy machine
HALF = post("/half", b"token=x", length=1000)


@contextmanager
def server(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that answers."""
    environment = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "CANARY": "x"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_for(port, process)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            ask(port, get("/ready"))
        except OSError:
            assert process.poll() is None
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not get ready")


SCRIPT = str(ROOT / "scripts" / "serve.py")
FRONT = [sys.executable, SCRIPT, "--program", "tests.front.echo:whole"]  # as shipped
# As the program was served before: threads that wait for bodies.
PLAIN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--blocking-threads", "8"]
PLAIN += ["--log-level", "error", "tests.front.echo:program"]


@pytest.fixture(scope="module")
def front() -> Iterator[int]:
    port = free_port()
    with server(FRONT, port):
        yield port


@pytest.fixture(scope="module")
def plain() -> Iterator[int]:
    port = free_port()
    with server([*PLAIN, "--port", str(port)], port):
        yield port


def told(answer: Answer) -> dict[str, str]:
    """What the program was asked."""
    assert answer.status == 200
    found: dict[str, str] = json.loads(answer.body)
    return found


def test_more_half_sent_forms_than_threads_delay_nobody(front: int) -> None:
    with held_open(front, 60, HALF) as lines:
        began = time.monotonic()
        assert ask(front, post("/form", b"a=1")).status == 200
        assert time.monotonic() - began < PATIENCE.idle_s / 2
        waited = seconds_until_closed(lines, patience=PATIENCE.idle_s + SLACK_S)
    assert max(waited) < PATIENCE.idle_s + SLACK_S
    assert "/half" not in told(ask(front, get("/")))["runs"]


def test_the_rig_sees_the_harm_where_threads_wait_for_bodies(plain: int) -> None:
    with held_open(plain, 8, HALF):
        time.sleep(0.5)  # until each has a thread
        with pytest.raises(TimeoutError):
            ask(plain, get("/"), timeout=2)
    assert ask(plain, get("/")).status == 200


def test_a_form_that_comes_too_slowly_is_told_so(front: int) -> None:
    with connect(front) as line:
        line.sendall(HALF)
        began = time.monotonic()
        while not select.select([line], [], [], 0.1)[0]:
            line.sendall(b"a")  # never idle, yet never done
        answer = read_answer(line)
    assert answer.status == 408
    assert answer.headers["connection"] == "close"
    assert "terlalu lama" in answer.body.decode()
    assert PATIENCE.first_s - 0.1 < time.monotonic() - began < PATIENCE.first_s + SLACK_S


@pytest.mark.parametrize("ending", ["bye", "reset"])
def test_phones_that_vanish_while_sending_never_reach_the_program(front: int, ending: str) -> None:
    for _ in range(12):
        line = connect(front)
        line.sendall(post(f"/vanished-{ending}", b"token=x", length=1000))
        if ending == "reset":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.close()
    began = time.monotonic()
    assert f"/vanished-{ending}" not in told(ask(front, post("/13", b"a=1")))["runs"]
    assert time.monotonic() - began < SLACK_S


PIECES = (
    b"POST /pieces HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
)


def test_a_body_in_pieces_arrives_whole_with_its_length(front: int) -> None:
    found = told(ask(front, PIECES + b"6\r\n world\r\n0\r\n\r\n"))
    assert (found["body"], found["CONTENT_LENGTH"]) == ("hello world", "11")
    assert "HTTP_TRANSFER_ENCODING" not in found


def test_a_length_beside_pieces_hides_no_second_request(front: int) -> None:
    lying = PIECES.replace(b"Transfer", b"Content-Length: 5\r\nTransfer").replace(
        b"/pieces", b"/lying"
    )
    with connect(front) as line:
        line.sendall(lying + b"6\r\n world\r\n0\r\n\r\n")
        answer = read_answer(line)
    if answer.status == 200:
        assert (told(answer)["body"], told(answer)["CONTENT_LENGTH"]) == ("hello world", "11")
    else:
        assert answer.status == 400


def test_a_body_in_pieces_that_breaks_off_is_not_taken_for_whole(front: int) -> None:
    with connect(front) as line:
        line.sendall(PIECES.replace(b"/pieces", b"/broken"))
        line.shutdown(socket.SHUT_WR)
        time.sleep(0.3)
    assert "/broken" not in told(ask(front, get("/")))["runs"]


def test_a_body_in_pieces_that_grows_too_large_is_refused(front: int) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = ask(front, PIECES + piece * (FORM_BYTES // 0x10000))
    assert answer.status == 413
    assert "terlalu besar" in answer.body.decode()


def test_a_length_beyond_the_limit_is_left_to_the_program_unread(front: int) -> None:
    found = told(ask(front, post("/form", b"", length=FORM_BYTES + 1)))
    assert (found["body"], found["CONTENT_LENGTH"]) == ("", str(FORM_BYTES + 1))


def test_an_upload_may_be_large_where_uploads_are_taken(front: int) -> None:
    file = b"x" * UPLOAD_BYTES
    assert len(told(ask(front, post("/upload", file)))["body"]) == UPLOAD_BYTES


def test_few_large_bodies_at_once_and_their_places_come_free(front: int) -> None:
    begun = post("/upload", b"x" * 100_000, length=UPLOAD_BYTES)
    with held_open(front, 4, begun) as lines:
        time.sleep(0.3)
        refused = ask(front, post("/upload", b"x" * 100_000))
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert ask(front, post("/form", b"a=1")).status == 200
        for line in lines:
            line.sendall(b"x" * (UPLOAD_BYTES - 100_000))
        assert [read_answer(line).status for line in lines] == [200] * 4
    assert ask(front, post("/upload", b"x" * 100_000)).status == 200


def test_a_program_is_told_of_a_refusal_in_json(front: int) -> None:
    with connect(front) as line:
        line.sendall(post("/api/tiket", b"{", length=9))
        answer = read_answer(line)
    assert answer.status == 408
    assert set(json.loads(answer.body)) == {"galat"}


def test_a_program_that_fails_answers_500_and_takes_no_thread_along(front: int) -> None:
    for _ in range(20):
        assert ask(front, get("/boom")).status == 500
    assert ask(front, get("/")).status == 200


def test_a_connection_is_kept_and_head_has_no_body(front: int) -> None:
    with connect(front) as line:
        for request in (get("/1"), post("/2", b"a=1"), get("/3").replace(b"GET", b"HEAD")):
            line.sendall(request)
            answer = read_answer(line, is_head=request.startswith(b"HEAD"))
            assert answer.status == 200
            assert int(answer.headers["content-length"]) > 100
        line.sendall(get("/4"))
        assert told(read_answer(line))["PATH_INFO"] == "/4"


def test_a_sender_who_asks_first_is_told_to_go_on(front: int) -> None:
    request = post("/expected", b"a=1", "Expect: 100-continue")
    with connect(front) as line:
        line.sendall(request[:-3])
        assert line.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        line.sendall(b"a=1")
        assert told(read_answer(line))["body"] == "a=1"
    with connect(front) as line:
        line.sendall(post("/form", b"", "Expect: 100-continue", length=FORM_BYTES + 1))
        assert not line.recv(100).startswith(b"HTTP/1.1 100")


SAME = {
    "query": get("/q/0001?lang=en&x=a%20b+c"),
    "encoded path": get("/staf/loket%2F%C3%A9/%FF"),
    "raw bytes": b"GET /\xc3\xa9?name=\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "twice": get("/", "Cookie: a=1", "Cookie: b=2", "Accept: x", "Accept: y", "Forwarded: for=1"),
    "forwarded": get("/", "X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X-Forwarded-Proto: https"),
    "form": post("/v", b"token=x&a=%C3%A9"),
    "empty form": post("/v", b""),
    "old": b"GET / HTTP/1.0\r\n\r\n",
    "whole address": b"GET http://example.test:81/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "odd method": get("/").replace(b"GET", b"PROPFIND"),
    "all": get("*").replace(b"GET", b"OPTIONS"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_program_sees_a_request_as_granian_would_show_it(
    front: int, plain: int, name: str
) -> None:
    seen = [told(ask(port, SAME[name])) for port in (front, plain)]
    kept = re.compile(
        r"HTTP_|SERVER_|REMOTE_|REQUEST_|PATH_|QUERY_|CONTENT_|SCRIPT_|GATEWAY_|wsgi|body"
    )
    ours, theirs = ({k: v for k, v in one.items() if kept.match(k)} for one in seen)
    assert ours.pop("SERVER_PORT") == str(front)
    assert theirs.pop("SERVER_PORT") == str(plain)
    if name == "encoded path":  # a byte that is no UTF-8; both are the same text to Flask
        paths = [
            one.pop("PATH_INFO").encode("latin-1").decode(errors="replace")
            for one in (ours, theirs)
        ]
        assert paths[0] == paths[1]
    assert ours == theirs


def test_only_a_proxy_may_name_the_visitor(front: int) -> None:
    found = told(ask(front, get("/", "X_Forwarded_For: 6.6.6.6", "X-Forwarded-For: 1.2.3.4")))
    assert found["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"
    assert found["REMOTE_ADDR"] == "127.0.0.1"


def test_the_servers_own_environment_is_no_part_of_a_request(front: int) -> None:
    assert "CANARY" not in told(ask(front, get("/")))


def test_it_stops_within_a_second_of_its_last_answer() -> None:
    port = free_port()
    with (
        server(FRONT, port) as process,
        held_open(port, 20, HALF) as halves,
        held_open(port, 20, HALF[:30]),
        held_open(port, 20, b""),
        connect(port) as line,
    ):
        line.sendall(get("/slow"))
        time.sleep(0.2)
        process.terminate()
        assert [read_answer(half).status for half in halves] == [503] * 20
        assert read_answer(line).status == 200
        began = time.monotonic()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - began < 1 + SLACK_S / 2


def test_a_killed_worker_is_replaced() -> None:
    port = free_port()
    with server(FRONT, port) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        os.kill(int(children.split()[0]), signal.SIGKILL)
        time.sleep(0.1)
        wait_for(port, process)
        assert told(ask(port, post("/after", b"a=1")))["body"] == "a=1"


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = os.environ | {"PORT": str(taken.getsockname()[1])}
        done = subprocess.run(
            FRONT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    assert re.fullmatch(r"Port \d+ is taken \(.+\)\. Choose another: .+\n", done.stderr)
