"""What real pages speak of: forms, query names, and the values in their addresses, by crawling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

PAGES_A_ENDPOINT = 2
ADDRESSES_A_QUERY = 3  # with other values: weeks lead to weeks for years
VALUES_A_NAME = 12


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it was, where it goes, each field with its values."""

    page: str
    endpoint: str
    args: dict[str, Any]
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page that was answered to a form: no link leads to it."""

    address: str
    text: str


@dataclass(frozen=True)
class Move:
    """A form to send before the crawl, found on this page ('' is the last answer), filled so."""

    page: str
    endpoint: str
    values: dict[str, str]


@dataclass
class Vocabulary:
    """Everything a walk of one role met."""

    cookie: str = ""
    csrf: str = ""
    args: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by endpoint
    values: dict[str, list[str]] = field(default_factory=dict)  # by argument's name
    queries: dict[str, list[str]] = field(default_factory=dict)  # by query's name
    fields: dict[str, list[str]] = field(default_factory=dict)  # by field's name
    forms: dict[str, list[Form]] = field(default_factory=dict)  # by endpoint


def play(app: Flask, client: FlaskClient, moves: Iterable[Move]) -> list[Page]:
    """Send real forms, so that there is something to walk over; what was answered."""
    pages = [Page("/", "<p>")]
    for move in moves:
        text = client.get(move.page).get_data(as_text=True) if move.page else pages[-1].text
        document = _document(text)
        for form in document.forms:
            match = _endpoint_of(app, urlsplit(form.action or "").path, "POST")
            if form.method == "POST" and match and match[0] == move.endpoint:
                body = MultiDict(form.form_values())
                for name, value in move.values.items():
                    body[name] = value
                answer = client.post(form.action, data=body, follow_redirects=True)
                break
        else:
            raise LookupError(f"no form of {move.endpoint} on {move.page or 'the last answer'}")
        if answer.status_code != 200:
            said = _document(answer.get_data(as_text=True)).text_content()
            raise LookupError(f"{move.endpoint} answers {answer.status_code}: {said.split()}")
        pages.append(Page(answer.request.path, answer.get_data(as_text=True)))
    return pages[1:]


def crawl(
    app: Flask,
    client: FlaskClient,
    *,
    seeds: Iterable[str],
    public: Vocabulary | None,
    pages: Iterable[Page] = (),
) -> Vocabulary:
    """Follow every link of this client's pages; nothing is sent but GET.

    What `public` knows already, from a walk without a log-in, is taken over and not opened again.
    """
    found = deepcopy(public) if public else Vocabulary()
    opened = set(found.args)
    adapter = app.url_map.bind("localhost")
    plain = [adapter.build(rule.endpoint) for rule in app.url_map.iter_rules() if _is_page(rule)]
    waiting = [*seeds, *plain]
    for page in pages:
        waiting += _read_page(app, found, page.address, page.text)
    seen: set[str] = set()
    asked: Counter[tuple[str, ...]] = Counter()  # by page and names of its query
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        match = _endpoint_of(app, path)
        if match is None or address in seen:
            continue
        seen.add(address)
        endpoint, args = match
        names = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        kind = (endpoint, *sorted(names))
        is_file = "." in path.rsplit("/", 1)[-1] and address not in plain
        is_enough = (
            len(found.args.get(endpoint, ())) > PAGES_A_ENDPOINT or asked[kind] >= ADDRESSES_A_QUERY
        )
        if endpoint in opened or is_file or is_enough:
            _learn_address(found, endpoint, args, address)
            continue  # known, linked as a file, or enough of this page
        asked[kind] += 1
        answer = client.get(address)
        if answer.status_code == 200:
            _learn_address(found, endpoint, args, address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            waiting += _read_page(app, found, address, answer.get_data(as_text=True))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    found.cookie = f"{cookie.key}={cookie.value}" if cookie else ""
    return found


def hidden_fields(text: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    hidden = _document(text or "<p>").xpath("//input[@type='hidden'][@name]")
    return {str(item.get("name")): str(item.get("value") or "") for item in hidden}


def _document(text: str) -> Any:
    """An `HtmlElement`, of which lxml's stubs do not know."""
    return lxml_html.document_fromstring(text)


def _is_page(rule: Any) -> bool:
    return not rule.arguments and "GET" in (rule.methods or ())


def _endpoint_of(app: Flask, path: str, method: str = "GET") -> tuple[str, dict[str, Any]] | None:
    try:
        endpoint, args = app.url_map.bind("localhost").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return endpoint, dict(args)


def _learn_address(found: Vocabulary, endpoint: str, args: dict[str, Any], address: str) -> None:
    if args not in found.args.setdefault(endpoint, []):
        found.args[endpoint].append(args)
    for name, value in args.items():
        _keep(found.values, name, str(value))
    for name, value in parse_qsl(urlsplit(address).query, keep_blank_values=True):
        _keep(found.queries, name, value)


def _read_page(app: Flask, found: Vocabulary, address: str, text: str) -> list[str]:
    document = _document(text)
    document.make_links_absolute(f"http://localhost{address}")
    for form in document.forms:
        _read_form(app, found, address, form)
    links = document.xpath("//a/@href | //img/@src | //iframe/@src")
    own = [urlsplit(str(link)) for link in links if str(link).startswith("http://localhost/")]
    return [link.path + (f"?{link.query}" if link.query else "") for link in own]


def _read_form(app: Flask, found: Vocabulary, address: str, form: Any) -> None:
    fields: dict[str, list[str]] = {}
    files: list[str] = []
    for item in form.xpath(
        ".//*[@name][self::input or self::select or self::textarea or self::button]"
    ):
        if item.get("type") == "file":
            files.append(item.get("name"))
            continue
        options = item.xpath(".//option/@value") if item.tag == "select" else []
        value = item.text if item.tag == "textarea" else item.get("value")
        fields.setdefault(item.get("name"), []).extend(options or [value or ""])
    is_sent = (form.get("method") or "get").casefold() == "post"
    for name, values in fields.items():
        for value in values:
            _keep(found.fields if is_sent else found.queries, name, value)
    match = _endpoint_of(app, urlsplit(form.action or address).path, "POST") if is_sent else None
    if match is None:
        return
    found.csrf = fields.get("csrf_token", [found.csrf])[0]
    kept = tuple((name, tuple(dict.fromkeys(values))) for name, values in fields.items())
    known = found.forms.setdefault(match[0], [])
    if len(known) < PAGES_A_ENDPOINT:
        known.append(Form(address, *match, kept, tuple(files)))
    _learn_address(found, *match, "")


def _keep(known: dict[str, list[str]], name: str, value: str) -> None:
    values = known.setdefault(name, [])
    if value not in values and len(values) < VALUES_A_NAME:
        values.append(value)
