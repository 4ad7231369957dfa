"""The route table of docs/architecture.md: printed from the URL map and web/route_table.py.

Example: .venv/bin/python tests/rigs/routes.py --write
A line says who may open the route and the first line of its view's docstring. `make routes`
writes it anew; tests/guard/test_docs.py fails while the document says something else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from flask import Flask

from feedback_app import create_app
from feedback_app.config import ROOT
from feedback_app.web.access import HALF_WAY
from feedback_app.web.route_lines import EVERYBODY, STAFF
from feedback_app.web.route_table import ROUTES
from tests.conftest import settings_for

DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- routes: written by `make routes` -->\n", "<!-- end of routes -->\n"


def table(app: Flask) -> str:
    """A Markdown table, a line a route, in the order of web/route_table.py."""
    places = list(ROUTES)
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: places.index(rule.endpoint))
    lines = ["| route | method | who | what |", "|---|---|---|---|"]
    for rule in rules:
        methods = " ".join(sorted((rule.methods or set()) & {"GET", "POST"}))
        what = _what(app, rule.endpoint)
        lines.append(f"| `{rule.rule}` | {methods} | {_who(rule.endpoint)} | {what} |")
    return "\n".join(lines) + "\n"


def with_table(document: str, routes: str) -> str:
    """The document with this table between its two marks."""
    before, _mark, rest = document.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return before + BEGIN + routes + END + after


def _who(endpoint: str) -> str:
    roles = ROUTES[endpoint]
    if roles is EVERYBODY:
        return "everybody"
    names = "staff" if roles == STAFF else ", ".join(sorted(role.value for role in roles))
    return f"{names}, half-way" if endpoint in HALF_WAY else names


def _what(app: Flask, endpoint: str) -> str:
    words = app.view_functions[endpoint].__doc__ or ""
    return (words.strip() or "–").splitlines()[0].replace("|", "\\|")


def main() -> int:
    """Print the table, or write it into the document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="into docs/architecture.md")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        routes = table(create_app(settings_for(f"sqlite:///{place / 'a.db'}", place)))
    if arguments.write:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(), routes))
    else:
        print(routes, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
