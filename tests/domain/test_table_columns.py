"""Headings are told once; every cell of a page's table takes its label and classes from them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from markupsafe import Markup

from feedback_app.domain.table_columns import Column, column, columns_of, figure, in_columns, unseen

HEADINGS: Sequence[str | Column] = ("Loket", figure("IKM"), "Mutu", unseen("Tindakan", "act"))


def test_each_cell_takes_label_and_classes_of_its_column() -> None:
    rows = "<tr>\n<th scope='row'>A</th><td>81,2</td><td>B</td><td><a>ubah</a></td></tr>"
    assert in_columns(rows, HEADINGS) == (
        "<tr>\n<th scope='row'>A</th>"
        '<td class="n" data-label="IKM">81,2</td>'
        '<td data-label="Mutu">B</td>'
        '<td class="act"><a>ubah</a></td></tr>'
    )


def test_cells_on_lines_of_their_own_stand_as_close_as_cells_on_one_line() -> None:
    rows = "<tr>\n  <th>A</th>\n  <td>\n    1\n  </td>\n  <td>B</td>\n</tr>"
    assert in_columns(rows, [unseen("Loket"), unseen("IKM"), unseen("Mutu")]) == (
        "<tr>\n  <th>A</th><td>\n    1\n  </td><td>B</td>\n</tr>"
    )


def test_every_row_begins_at_the_first_column() -> None:
    rows = "<tr><td>a</td><td>1</td></tr><tr id='x'><td>b</td><td>2</td></tr>"
    assert in_columns(rows, ["Nama", figure("n")]).count('<td data-label="Nama">') == 2


def test_a_wide_cell_takes_nothing_and_moves_what_follows() -> None:
    rows = '<tr><th scope="row">A</th><td colspan="2" class="soft">belum cukup</td><td>x</td></tr>'
    found = in_columns(rows, ["Loket", figure("IKM"), "Mutu", figure("12 minggu")])
    assert '<td colspan="2" class="soft">' in found
    assert '<td class="n" data-label="12 minggu">x</td>' in found


def test_a_cell_keeps_its_own_classes_and_its_own_label() -> None:
    rows = '<tr><td\n  class="none"\n  id="a">–</td><td data-label="Lain">1</td></tr>'
    found = in_columns(rows, [figure("IKM"), "Mutu"])
    assert '<td class="n none"\n  id="a" data-label="IKM">' in found
    assert '<td data-label="Lain">' in found


def test_a_row_heading_among_figures_is_a_figure_without_label() -> None:
    found = in_columns('<tr><th scope="row">5</th></tr>', [figure("Petugas dikirim")])
    assert found == '<tr><th class="n" scope="row">5</th></tr>'


def test_labels_are_escaped_and_markup_tells_its_words_only() -> None:
    headings = [column('"a" < b'), column(Markup("Unsur<br>\n <b>1 &amp; 2</b>"))]
    found = in_columns("<tr><td>x</td><td>y</td></tr>", headings)
    assert 'data-label="&quot;a&quot; &lt; b"' in found
    assert 'data-label="Unsur 1 &amp; 2"' in found


def test_a_label_may_differ_from_the_heading_or_be_left_out() -> None:
    headings = [
        column("Rentang 95% pada skala 50–100", label="Rentang 95%"),
        figure("Gambar", label=""),
    ]
    found = in_columns("<tr><td>x</td><td>y</td></tr>", headings)
    assert found == '<tr><td data-label="Rentang 95%">x</td><td class="n">y</td></tr>'


def test_plain_texts_are_columns_of_words() -> None:
    assert columns_of(["Nama"]) == [Column("Nama", "Nama")]


def test_a_row_wider_than_its_headings_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells under 1 headings"):
        in_columns("<tr><td>a</td><td>b</td></tr>", ["Nama"])
