"""What an import asks a person: is this the same training, is this that officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Question:
    """A guess that only a person may confirm: `key` is sent back with `answer` for yes.

    training: the course `told` is perhaps `known`. person: whom the file calls `told` is perhaps
    `known`.
    """

    about: Literal["training", "person"]
    row: int
    key: str
    told: str
    known: str
    answer: str
