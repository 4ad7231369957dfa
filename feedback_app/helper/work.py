"""Where a piece of heavy work is done: here, or in a helper process."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Work(Protocol):
    """Runs one function of a module with arguments and a result that can be pickled."""

    def run(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result, or what the function raised; NotMadeError where it could not be run."""


class Here:
    """In this process: scripts and demo data, which end anyway."""

    def run(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it."""
        return work(*args, **kwargs)
