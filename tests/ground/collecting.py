"""What collecting seven thousand tests costs each worker: compiling once, no search for garbage."""

from __future__ import annotations

import fcntl
import gc
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What was loaded and collected stays, half a million objects: looking through them for garbage
    every twenty applications or so was a fifth of what a page's test took."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """At the end Python clears away everything, or a library would tell of a leak."""
    gc.unfreeze()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """One worker at a time loads a file of tests: what the first compiled, the others only read."""
    with ExitStack() as stack:
        if isinstance(collector, pytest.Module) and hasattr(collector.config, "workerinput"):
            fcntl.flock(stack.enter_context(collector.path.open()), fcntl.LOCK_EX)
        return (yield)
