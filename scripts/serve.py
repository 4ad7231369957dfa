"""Serve the program until it is stopped; `run.py` does this after it has set up everything.

HOST and PORT, in settings.toml or the environment, say where. A process that answers and gets
killed is replaced at once; the other one, which waits for that, needs a unit or a task that starts
it again (docs/runbook.md).

Example: .venv/bin/python scripts/serve.py
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import multiprocessing
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from run import SetUpError, address

if TYPE_CHECKING:
    from feedback_app.services.site import Site

PROGRAM = "feedback_app.server:app"
MOST_CONNECTIONS = 1000  # at once; the others wait in the system's queue
OWN_FILES = 128  # of the database's connections (three each) and the libraries
FEWEST_CONNECTIONS = 16
HEADERS_S = 15  # for a request's headers, and for a kept connection without a request
BUFFER_BYTES = 64 * 1024  # of one connection; granian's 400 kB would be 400 MB for all
M_ARENA_MAX = -8  # malloc.h
ARENAS = 2
STOP_S = 5  # for requests under way; then they are cut


def main(arguments: list[str]) -> int:
    """Serve until stopped; 1 where it cannot listen, 2 where the office's files are wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--program", default=PROGRAM, help=argparse.SUPPRESS)  # for tests
    parser.add_argument("--set-up", action="store_true", help="first do what set_up.py does")
    chosen = parser.parse_args(arguments)
    try:
        host, port = address()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    os.chdir(ROOT)
    if chosen.program == PROGRAM and not chosen.set_up and not files_are_right():
        return 2
    if chosen.program == PROGRAM and multiprocessing.get_start_method() == "fork":
        load_ahead()
    if chosen.set_up:
        try:
            if code := set_up_first(host, port):
                return code
            host, port = address()  # the first start may have been told another
        except SetUpError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"\nSuara Loket: http://{host}:{port}  (Ctrl+C berhenti / stops)\n", flush=True)
    serve(chosen.program, host, port)
    return 0


def set_up_first(host: str, port: int) -> int:
    """In this process, which has loaded what it takes: one interpreter, not two."""
    from scripts.set_up import set_up  # noqa: PLC0415 (not where another program is served)

    def begin(site: Site) -> int:
        from scripts.first_start import set_up_office  # noqa: PLC0415 (once in an office's life)

        return set_up_office(site, host, port)

    return set_up(begin)


def files_are_right() -> bool:
    """Whether database and keys are those of one office; else say on stderr what is wrong."""
    from feedback_app.config import SettingsError  # noqa: PLC0415 (not for another program)
    from feedback_app.services.upkeep.wrong_files import settings_of_office  # noqa: PLC0415

    try:
        settings_of_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return False
    return True


def load_ahead() -> None:
    """Load the modules once, for the process that answers and for the one that replaces it."""
    import feedback_app.wiring  # noqa: F401, PLC0415 (1 s, which a new process need not wait again)


def serve(program: str, host: str, port: int) -> None:
    """Run granian with limits for half-sent and silent connections (docs/adr/0013)."""
    use_few_arenas()
    gc.collect()
    gc.freeze()  # so that the pages stay shared with the process that answers
    Server(
        program,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=most_connections(),  # granian counts connections here, not requests
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_S * 1000, max_buffer_size=BUFFER_BYTES
        ),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    ).serve()


def use_few_arenas() -> None:
    """glibc gives each thread 4 MB of its own that it never gives back; our threads take turns."""
    with suppress(OSError, AttributeError, TypeError):  # another system's C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def most_connections() -> int:
    """So many that files are left for the program itself.

    Without a free file the server would try to take the next connection without end, at full speed.
    """
    try:
        import resource  # noqa: PLC0415 (not on Windows, which has no such limit)
    except ImportError:
        return MOST_CONNECTIONS
    wanted = MOST_CONNECTIONS + OWN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST_CONNECTIONS
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(soft - OWN_FILES, FEWEST_CONNECTIONS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
