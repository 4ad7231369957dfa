"""A helper process as its parent sees it: started when wanted, ended when idle."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from feedback_app.domain.faults import NotMadeError

P = ParamSpec("P")
R = TypeVar("R")

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = "feedback_app.helper.program"
GRACE_S = 5  # for its own end before it is killed
SIZE_BYTES = 8  # before each job: how long it is

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a job, its turn and an idle process may last; how many may wait for their turn."""

    job_s: float
    turn_s: float
    idle_s: float
    waiting: int


class HelperProcess:
    """One process; who comes while it works waits for a turn, too many are told so at once."""

    def __init__(self, limits: Limits) -> None:
        """Start nothing yet."""
        self._limits = limits
        self._places = threading.BoundedSemaphore(1 + limits.waiting)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None

    def run(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result, or what the function raised; NotMadeError when busy, too slow or killed."""
        with self._taken_turn():
            process = self._started()
            late = threading.Timer(self._limits.job_s, process.kill)
            late.daemon = True
            late.start()
            try:
                is_well, result = _ask(process, (self._limits.job_s, work, args, kwargs))
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                process.kill()
                self._end()
                what = "was killed, or took too long"
                raise NotMadeError(f"the helper process {what}: {work.__qualname__}") from error
            finally:
                late.cancel()
            if not is_well:
                raise result
            return result  # type: ignore[no-any-return]

    def stop(self) -> None:
        """End the process, if there is one, after the job it has."""
        with self._turn:
            self._end()

    @contextmanager
    def _taken_turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise NotMadeError("too many wait for the helper process")
        try:
            if not self._turn.acquire(timeout=self._limits.turn_s):
                raise NotMadeError("the helper process was busy for too long")
            try:
                if self._idle:
                    self._idle.cancel()
                yield
            finally:
                self._wait_for_work()
                self._turn.release()
        finally:
            self._places.release()

    def _wait_for_work(self) -> None:
        self._idle = threading.Timer(self._limits.idle_s, self._end_if_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_if_idle(self) -> None:
        this = threading.current_thread()
        with self._turn:
            if self._idle is this:  # nobody has come since
                self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            # Not forked: other threads run here, and may hold any lock of any library.
            process = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-m", PROGRAM],
                cwd=ROOT,
                # More threads of linear algebra only wait for each other: a third more CPU.
                env={"OPENBLAS_NUM_THREADS": "1", **os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            # Whenever and however it ends, somebody takes note: it stays no zombie.
            threading.Thread(target=process.wait, name="helper-end", daemon=True).start()
            self._process = process
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what it was not told any more
                pipe.close() if pipe else None
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            log.warning("the helper process had to be killed")
            process.kill()
            process.wait()


def _ask(process: subprocess.Popen[bytes], job: tuple[Any, ...]) -> tuple[bool, Any]:
    """Whether it went well, and the result or what was raised."""
    assert process.stdin is not None  # noqa: S101 (both are pipes)
    assert process.stdout is not None  # noqa: S101
    packed = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(len(packed).to_bytes(SIZE_BYTES, "big") + packed)
    process.stdin.flush()
    answer: tuple[bool, Any] = pickle.load(process.stdout)  # noqa: S301 (our own process wrote it)
    return answer
