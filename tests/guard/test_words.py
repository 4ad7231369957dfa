"""One word for one idea: the words that docs/glossary.md retired come back nowhere people read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from feedback_app.config import ROOT
from feedback_app.web.language import TRANSLATIONS
from tests.ground.text_check import texts_of
from tests.guard.test_translations import CODE, TEMPLATES, name_of, texts_in, texts_in_data

HEADING = "## Words that are retired"
# A clerk's column may still be called so: the guesses of a file's headings know old words.
OLD_WORDS_OF_FILES = {"files/matching.py"}


def retired() -> dict[str, str]:
    """The retired words of the glossary, each with the one that took its place."""
    text = (ROOT / "docs" / "glossary.md").read_text().split(HEADING)[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    return {old.strip(): new.strip() for old, new in rows if old.strip() not in ("retired", "---")}


RETIRED = retired()
PATTERN = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, RETIRED))})(?!\w)", re.IGNORECASE)


def found_in(texts: set[str]) -> dict[str, str]:
    """Texts with a retired word, and the word."""
    return {text: match[1] for text in texts if (match := PATTERN.search(text))}


def test_the_glossary_names_the_retired_words() -> None:
    assert len(RETIRED) > 15
    assert RETIRED["perkara"] == "kasus"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_uses_a_retired_word(path: Path) -> None:
    assert found_in(texts_in(path)) == {}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_text_of_code_uses_a_retired_word(path: Path) -> None:
    """What is given to `_` or to a fault, and the sentences of documents and pairs of words."""
    if name_of(path) in OLD_WORDS_OF_FILES:
        return
    source = path.read_text()
    assert found_in(texts_of(source) | sentences_of(source)) == {}


def sentences_of(source: str) -> set[str]:
    """Constants with a blank in them, and words of a pair: no key, no address of a page."""
    nodes = list(ast.walk(ast.parse(source)))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    pairs = (node.elts for node in nodes if isinstance(node, ast.Tuple) and len(node.elts) == 2)
    words = (pair[0].value for pair in pairs if all(isinstance(one, ast.Constant) for one in pair))
    return {text for text in texts if isinstance(text, str) and " " in text} | {
        word for word in words if isinstance(word, str)
    }


def test_no_word_of_data_is_retired() -> None:
    assert found_in(texts_in_data()) == {}


@pytest.mark.parametrize("path", sorted((TRANSLATIONS / "en").glob("*.po")), ids=lambda p: p.name)
def test_no_catalogue_keeps_a_retired_word(path: Path) -> None:
    with path.open("rb") as file:
        assert found_in({str(message.id) for message in read_po(file) if message.id}) == {}


@pytest.mark.parametrize("planted", ["Perkara ini sudah diputus.", "Dari masa ke masa", "pemohon"])
def test_the_guard_finds_a_planted_word(planted: str) -> None:
    assert found_in({planted}) != {}
    assert found_in({"permasalahan", "Periode berikutnya", "kasus"}) == {}
