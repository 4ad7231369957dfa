"""Pictures of effects: one scale for what stands side by side, labels only where there is room."""

from __future__ import annotations

from itertools import pairwise

from feedback_app.domain.effect_charts import PICTURE_WIDTH, event_axis, event_picture

NARROW = [(month, 0.1, -0.1, 0.3) for month in (-2, -1, 1, 2)]
WIDE = [(month, 0.4, -1.0, 1.84) for month in (-2, -1, 1, 2)]
MARGINS = 60  # of the drawing around the picture, see components/effects.html


def test_pictures_side_by_side_have_one_scale_that_holds_every_interval() -> None:
    axis = event_axis([NARROW, WIDE], height=190)
    assert axis.reach == 1.9
    pictures = [event_picture(s, axis=axis, width=PICTURE_WIDTH) for s in (NARROW, WIDE)]
    assert {picture.axis for picture in pictures} == {axis}
    ends = [end for p in pictures for mark in p.marks for end in (mark.low, mark.high)]
    assert all(0 < end < 190 for end in ends)  # none is put on the edge
    assert event_axis([], height=190).reach == 0.2


def test_a_picture_fits_a_phone_and_names_as_many_months_as_there_is_room_for() -> None:
    assert PICTURE_WIDTH + MARGINS <= 360 - 2 * 16
    axis = event_axis([NARROW], height=190)
    short = event_picture(NARROW, axis=axis, width=PICTURE_WIDTH)
    assert all(mark.is_named for mark in short.marks)
    months = [*range(-9, 0), *range(1, 13)]
    long = event_picture([(m, 0.0, -0.1, 0.1) for m in months], axis=axis, width=PICTURE_WIDTH)
    named = [mark for mark in long.marks if mark.is_named]
    assert [mark.month for mark in named] == [-9, -6, -3, 3, 6, 9, 12]
    assert all(right.x - left.x >= 26 for left, right in pairwise(named))
