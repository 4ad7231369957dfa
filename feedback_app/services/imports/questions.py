"""What an import asks a person: is this the same training, is this that officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Question:
    """A guess that only a person may confirm: `key` is sent back with `answer` for yes.

    training: the course `told` is perhaps `known`. person: whom the file calls `told` is perhaps
    `known`. greeting: whether `told`, named `known` on the form, is addressed as Ibu or Bapak.
    """

    about: Literal["training", "person", "greeting"]
    row: int
    key: str
    told: str
    known: str
    answer: str
