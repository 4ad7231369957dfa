"""The helper process itself: `python -m feedback_app.helper.program`, started by its parent only.

Jobs come on stdin, results go to stdout, both pickled. When stdin ends, the parent has no more work
or is gone, however it went: this process ends at once, in the middle of a job too.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import IO, Any

Job = tuple[float, Any, tuple[Any, ...], dict[str, Any]]

GRACE_S = 10  # the parent is first to end a job that takes too long
SIZE_BYTES = 8  # as helper/process.py writes it


def main() -> None:
    """Do one job after another until the parent closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; the parent decides
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no result
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while True:
        answers.write(_done(jobs.get()))
        answers.flush()


def _listen(source: IO[bytes], jobs: queue.SimpleQueue[bytes]) -> None:
    """Pass jobs on as they come, so that the end of stdin is heard during one."""
    while size := source.read(SIZE_BYTES):
        jobs.put(source.read(int.from_bytes(size, "big")))
    os._exit(0)


def _done(packed: bytes) -> bytes:
    """The job's answer: (True, result) or (False, what was raised)."""
    try:
        limit_s, work, args, kwargs = pickle.loads(packed)  # noqa: S301 (our own parent wrote it)
        # Also where one library holds the interpreter and no parent is left to kill us.
        faulthandler.dump_traceback_later(limit_s + GRACE_S, exit=True)
        return pickle.dumps((True, work(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # the parent raises it again
        error.add_note("".join(traceback.format_exception(error)))
        told = error if _can_be_sent(error) else RuntimeError(repr(error))
        return pickle.dumps((False, told), pickle.HIGHEST_PROTOCOL)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _can_be_sent(error: Exception) -> bool:
    """Some errors are made of more than they keep, and cannot be made again from that."""
    try:
        return type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301 (just written)
    except Exception:
        return False


if __name__ == "__main__":
    main()
