"""Indonesian is written in the code; English is looked up in translations/en/*.po."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import g, has_request_context, request, session

from feedback_app.domain.texts import LANGUAGES, Text, Words, fill

TRANSLATIONS = Path(__file__).resolve().parent / "translations"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every text of one language, from all its files."""
    texts: dict[str, str] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string and not message.fuzzy:
                    texts[str(message.id)] = str(message.string)
    return texts


def language() -> str:
    """The language of the running request: its ?lang=, then the session's, then Indonesian."""
    if not has_request_context():
        return "id"
    if "language" not in g:
        asked = request.args.get("lang", "") or session.get("lang", "")
        g.language = asked if asked in LANGUAGES else "id"
    return str(g.language)


def gettext(text: str | Text, **values: object) -> str:
    """Give the text in the request's language; `%(name)s` places are filled from the values.

    A `Text` (a fault's, an imported cell's) brings its own.
    """
    if isinstance(text, Text):
        return gettext(text.text, **text.values)
    found = text if language() == "id" else catalogue(language()).get(text, text)
    return fill(found, values, language=language())


def in_english(text: Text) -> str:
    """A fault for an analyst's terminal; in Indonesian where the catalogue lacks it."""
    found = catalogue("en").get(text.text, text.text)
    return fill(found, text.values, language="en")


def say(words: Words) -> str:
    """One of two texts that belong together: Indonesian, English."""
    return words[0 if language() == "id" else 1]


def remember_language() -> None:
    """Keep ?lang= for the staff pages that follow; citizens get no cookie."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES and "sid" in session:
        session["lang"] = asked
