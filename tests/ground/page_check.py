"""What every page must be: one h1, a title, unique ids, valid HTML, labelled fields, safe."""

from __future__ import annotations

import re
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
    ids = document.xpath("//@id")
    faults += [f"id {name} twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    for form in document.xpath("//form"):
        if not form.get("action") or not form.get("method"):
            faults.append("a form without action or method")
    faults += _field_faults(document)
    faults += _safety_faults(document)
    return tuple(faults)


def _html_faults(text: str) -> list[str]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    return [f"HTML: {code} at {place}" for place, code, _values in parser.errors]


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
