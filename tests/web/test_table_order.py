"""Rows of a table by one column: words, figures and days as people read them, blanks last."""

from __future__ import annotations

import pytest

from feedback_app.web.table_order import ordered


def rows(*cells: str) -> str:
    return "".join(
        f"<tr>\n  <th scope='row'><a href='/x'>{x}</a></th><td>z</td></tr>" for x in cells
    )


def by_first(text: str) -> list[str]:
    return [part.split("</a>")[0] for part in text.split("<a href='/x'>")[1:]]


@pytest.mark.parametrize(
    ("cells", "decimal", "is_figure", "wanted"),
    [
        (("L10", "L2", "a1"), ",", False, ["a1", "L2", "L10"]),
        (("zeta", "Ária", "beta"), ",", False, ["beta", "zeta", "Ária"]),
        (("1.200", "77,5 · 60–90", "–", "−3"), ",", True, ["−3", "77,5 · 60–90", "1.200", "–"]),
        (("1,200", "77.5", "3"), ".", True, ["3", "77.5", "1,200"]),
        (
            ("2 Maret 2027", "9–10 Februari 2027", "31 December 2026", "01-01-2026", ""),
            ",",
            False,
            ["01-01-2026", "31 December 2026", "9–10 Februari 2027", "2 Maret 2027", ""],
        ),
        (
            ("tanpa biaya", "3.000.000", "150.000"),
            ",",
            True,
            ["150.000", "3.000.000", "tanpa biaya"],
        ),
        (
            ("Mei 2027", "November 2025", "Juni 2026"),
            ",",
            False,
            ["November 2025", "Juni 2026", "Mei 2027"],
        ),
        (("99-99-2026", "31 Februari 2026"), ",", False, ["31 Februari 2026", "99-99-2026"]),
    ],
)
def test_a_column_is_read_as_people_read_it(
    cells: tuple[str, ...], decimal: str, is_figure: bool, wanted: list[str]
) -> None:
    found = ordered(rows(*cells), 0, is_falling=False, decimal=decimal, is_figure=is_figure)
    assert by_first(found) == wanted


def test_the_other_way_round_blanks_stay_last_and_equals_keep_their_order() -> None:
    found = ordered(rows("b", "–", "a"), 0, is_falling=True, decimal=",", is_figure=False)
    assert by_first(found) == ["b", "a", "–"]
    same = ordered(rows("b", "a"), 1, is_falling=False, decimal=",", is_figure=False)
    assert by_first(same) == ["b", "a"]


def test_a_row_without_the_cell_and_a_drawing_say_nothing() -> None:
    wide = (
        "<tr><td colspan='2'>x</td></tr>" + "<tr><td><svg><text>9</text></svg></td><td>1</td></tr>"
    )
    found = ordered(
        wide + "<tr><td>5</td><td>2</td></tr>", 0, is_falling=False, decimal=",", is_figure=True
    )
    assert found.startswith("<tr><td>5</td>")
