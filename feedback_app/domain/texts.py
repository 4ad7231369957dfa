"""Texts for people that hold values: constant words with %(name)s places, filled last.

A sentence is looked up in a language first and filled afterwards, so its words must be constant:
an f-string would be looked up with its values in it, and never found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, str]  # Indonesian, English
LANGUAGES = ("id", "en")


@dataclass(frozen=True, init=False)
class Text:
    """An Indonesian text whose English is in the catalogue, and the values of its places.

    A value may be `Words`: it is then said in the language of the text.
    """

    text: str
    values: Mapping[str, object]

    def __init__(self, text: str, **values: object) -> None:
        """Keep words and values apart."""
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        """In Indonesian, as scripts and logs tell it."""
        return fill(self.text, self.values, language="id")


def fill(text: str, values: Mapping[str, object], *, language: str) -> str:
    """Put values into the places of a text of this language; a text without values is as it is."""
    if not values:
        return text
    place = LANGUAGES.index(language)
    return text % {name: _in(value, place) for name, value in values.items()}


def filled(words: Words, **values: object) -> Words:
    """The same in both languages at once, for what is said on pages and in reports alike."""
    return (
        fill(words[0], values, language="id"),
        fill(words[1], values, language="en"),
    )


def _in(value: object, place: int) -> object:
    return value[place] if isinstance(value, tuple) else value
