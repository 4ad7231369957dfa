"""What every page must be: one h1, a title, unique ids, valid HTML, labelled fields, safe."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

import html5lib
from lxml import html as lxml_html
from werkzeug.datastructures import Headers

HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
)
_TOKENS = re.compile(r'(name="(?:csrf_token|token)" value=")[^"]*')
_ODD = r"<&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
_PLAIN_TEXT = re.compile(f">([^{_ODD}]+)<")
_PLAIN_VALUE = re.compile(f'="[^">{_ODD}]*"')
NEEDS_LABEL = "//input[not(@type='hidden')] | //select | //textarea"


def faults_of_page(text: str, headers: Headers | None = None) -> list[str]:
    """Everything that is wrong with a page; an empty list is the promise."""
    faults = list(_faults_of_text(_TOKENS.sub(r"\1", text)))
    if headers is not None:
        faults += [f"no header {name}" for name in HEADERS if name not in headers]
    return faults


@lru_cache(maxsize=1024)  # two of three pages that tests fetch differ in their tokens only
def _faults_of_text(text: str) -> tuple[str, ...]:
    faults = _html_faults(text)
    document: Any = lxml_html.document_fromstring(text)  # an HtmlElement; lxml's stubs know none
    headings = document.xpath("//h1")
    if len(headings) != 1:
        faults.append(f"{len(headings)} h1")
    titles = document.xpath("//title")
    if len(titles) != 1 or not titles[0].text:
        faults.append("no title")
    elif headings and not titles[0].text.strip().startswith(headings[0].text_content().strip()):
        faults.append(f"title {titles[0].text!r} does not start with the h1")
    if not document.xpath("//link[@rel='stylesheet'] | //style"):
        faults.append("no style")
    if not document.get("lang"):
        faults.append("no lang")
    ids = Counter(document.xpath("//@id"))
    faults += [f"id {name} twice" for name, times in sorted(ids.items()) if times > 1]
    for form in document.xpath("//form"):
        if not form.get("action") or not form.get("method"):
            faults.append("a form without action or method")
    faults += _field_faults(document)
    faults += _safety_faults(document)
    return tuple(faults)


def _html_faults(text: str) -> list[str]:
    if not _errors_of_html(skeleton(text)):
        return []
    return [f"HTML: {code} at {place}" for place, code in _errors_of_html(text)]


@lru_cache(
    maxsize=4096
)  # the parser takes 40 ms for a page of 20 kB: half of what tests of pages took
def _errors_of_html(text: str) -> tuple[tuple[tuple[int, int], str], ...]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    return tuple((place, code) for place, code, _values in parser.errors)


def skeleton(text: str) -> str:
    """What decides whether HTML is valid: tags, attributes, and where a text stands.

    Pages of other people, days and figures have the same. A text or value with a reference or a
    control character in it stays as it is; of rows, items and options in a row that are alike, one.
    """
    text = _PLAIN_TEXT.sub(lambda found: "> <" if found[1].isspace() else ">x<", text)
    text = _PLAIN_VALUE.sub('=""', text)
    for tag in ("tr", "li", "option"):
        text = _one_of_each_row(text, tag)
    return text


def _one_of_each_row(text: str, tag: str) -> str:
    kept: list[str] = []
    for part in text.split(f"</{tag}>"):
        is_one = part.lstrip().startswith(f"<{tag}") and part.count(f"<{tag}") == 1
        if not (is_one and kept and part == kept[-1]):
            kept.append(part)
    return f"</{tag}>".join(kept)


def _field_faults(document: Any) -> list[str]:
    labelled = set(document.xpath("//label/@for"))
    return [
        f"field {field.get('name')} has no label"
        for field in document.xpath(NEEDS_LABEL)
        if field.get("id") not in labelled
        and not field.get("aria-label")
        and not any(parent.tag == "label" for parent in field.iterancestors())
    ]


def _safety_faults(document: Any) -> list[str]:
    faults = ["a style attribute" for _ in document.xpath("//*[@style]")]
    faults += ["a script inside the page" for _ in document.xpath("//script[not(@src)]")]
    faults += [
        f"{name} on <{element.tag}>"
        for element in document.iter()
        if isinstance(element.tag, str)
        for name in element.attrib
        if name.startswith("on")
    ]
    loaded = document.xpath("//script/@src | //link[not(@rel='canonical')]/@href | //img/@src")
    return faults + [f"loads {url}" for url in loaded if "//" in url]
