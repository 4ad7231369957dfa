"""Templates and stylesheets can be reviewed line by line: short lines, one block tag each, short files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedback_app.config import ROOT

# The widest line a diff shows beside another on a usual screen, and what fits two such screens.
WIDEST, LONGEST = 120, 200
TABLES = ROOT / "templates" / "components" / "tables.html"
FILES = sorted(
    path
    for folder, kinds in (("templates", ("*.html", "*.css")), ("static", ("*.css",)))
    for kind in kinds
    for path in (ROOT / folder).rglob(kind)
)
# Tags that begin a line of their own: boxes of the page and shapes of a drawing. What stands in a
# sentence (a, span, strong, br, label, button …) stays in its line.
BLOCK = r"""(?x: article | aside | blockquote | body | caption | circle | d[dlt] | details | div
    | fieldset | figcaption | figure | footer | form | g | h[1-4] | head | header | html | legend
    | li | line | main | nav | ol | optgroup | option | p | polygon | polyline | pre | rect
    | section | select | summary | svg | table | tbody | td | text | tfoot | th | thead | title | tr
    | ul )"""
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(rf"<(/?)({BLOCK})\b(?![-\w])[^<>]*>")


def block_tags(text: str) -> dict[int, list[str]]:
    """Line number -> block tags that begin or end there, a closing one with its slash."""
    bare = JINJA.sub(lambda found: "\n" * found[0].count("\n"), text)
    found: dict[int, list[str]] = {}
    for tag in TAG.finditer(bare):
        for place in {bare.count("\n", 0, end) for end in tag.span()}:
            found.setdefault(place + 1, []).append(tag[1] + tag[2])
    return found


def faults_of(text: str, *, is_css: bool, is_table_component: bool) -> list[str]:
    """What keeps a template or a stylesheet from being read line by line."""
    lines = text.split("\n")
    faults = [
        f"{n}: {len(line)} characters" for n, line in enumerate(lines, 1) if len(line) > WIDEST
    ]
    if len(lines) - text.endswith("\n") > LONGEST:
        faults.append(f"{len(lines)} lines: cut it into parts named after what they are")
    if is_css:
        return faults + [
            f"{n}: two rules" for n, line in enumerate(lines, 1) if line.count("{") > 1
        ]
    for number, tags in block_tags(text).items():
        closed = sum(tag.startswith("/") for tag in tags)
        if closed > 1 or len(tags) - closed > 1:
            faults.append(f"{number}: two block tags ({', '.join(tags)})")
        if "table" in tags and not is_table_component:
            faults.append(f"{number}: a table that is not components/tables.html's")
    return faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_and_stylesheets_can_be_read_line_by_line(path: Path) -> None:
    found = faults_of(
        path.read_text(), is_css=path.suffix == ".css", is_table_component=path == TABLES
    )
    assert not found, found


@pytest.mark.parametrize(
    "planted",
    [
        "<p>" + "x" * 120 + "</p>",
        "<p>{{ _('" + "x" * 120 + "') }}</p>",
        "<tr><td>1</td>",
        "<dt>Periode</dt><dd>2026</dd>",
        "<ul>{% for x in y %}<li>{{ x }}</li>{% endfor %}</ul>",
        "</li></ul>",
        '<line x1="0"/><circle r="5"/>',
        '<div class="scroll"\n  tabindex="0"><p>x</p>\n</div>',
        "<table>\n</table>",
        '<table\n  class="stacked">\n</table>',
        "x\n" * 201,
    ],
)
def test_the_guard_finds_a_planted_fault(planted: str) -> None:
    assert faults_of(planted, is_css=False, is_table_component=False)


@pytest.mark.parametrize(
    "planted",
    [
        "a { b: " + "c" * 120 + "; }",
        "a { b: c; } d { e: f; }",
        "@media print { a { b: c; } }",
        "x\n" * 201,
    ],
)
def test_the_guard_finds_a_planted_fault_in_a_stylesheet(planted: str) -> None:
    assert faults_of(planted, is_css=True, is_table_component=False)


@pytest.mark.parametrize(
    "text",
    [
        '<li><a href="#x">{{ text }}</a><br><span class="soft">{{ day }}</span></li>',
        "<p{% if a < b %} class='x'{% endif %}>{{ '<p>' if c else '<p>' }}</p>",
        "{# <table> is described\n   here <p><p> #}\n<td>\n  1\n</td>",
        "x\n" * 200,
    ],
)
def test_the_guard_leaves_a_readable_template_alone(text: str) -> None:
    assert faults_of(text, is_css=False, is_table_component=False) == []
