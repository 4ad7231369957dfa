"""What the tests let a helper process do."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from feedback_app.files.reading.book import FileFaultError


def pid_and_modules(*names: str) -> tuple[int, list[str]]:
    return os.getpid(), [name for name in names if name in sys.modules]


def write_pid_and_sleep(path: Path, seconds: float) -> str:
    path.write_text(str(os.getpid()))
    time.sleep(seconds)
    return "slept"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail_readably() -> None:
    raise FileFaultError("Baris %(row)s kosong.", row=7)


class OfTwoError(Exception):
    """Made of two things, keeps one: cannot be made again from what it keeps."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)


def fail_oddly() -> None:
    raise OfTwoError("satu", "dua")


def print_and_return(text: str) -> str:
    print(text)
    return text.upper()


def nothing_to_pickle() -> object:
    return lambda: None
