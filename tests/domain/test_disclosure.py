"""Comments: closed batches in an order that tells nothing, and private things masked."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure import (
    MASK,
    Remark,
    closed_batch,
    comment_batches,
    first_month_of,
    mask,
)


def remarks(month: int, count: int) -> list[Remark]:
    return [
        Remark(f"{month:02d}{i:030d}", date(2026, month, 1), f"m{month}-{i}") for i in range(count)
    ]


def test_only_closed_months_with_five_comments_and_a_week_of_distance() -> None:
    both = remarks(9, 6) + remarks(10, 7)
    labels = [
        (b.first.month, len(b.texts))
        for b in comment_batches(both, today=date(2026, 11, 7), seed="s")
    ]
    assert labels == [(9, 6)]
    labels = [
        (b.first.month, len(b.texts))
        for b in comment_batches(both, today=date(2026, 11, 8), seed="s")
    ]
    assert labels == [(10, 7), (9, 6)]


def test_a_thin_month_waits_for_the_next() -> None:
    thin = remarks(8, 4) + remarks(9, 3) + remarks(10, 2)
    (batch,) = comment_batches(thin, today=date(2026, 12, 24), seed="s")
    assert (batch.first, batch.last) == (date(2026, 8, 1), date(2026, 9, 1))
    assert len(batch.texts) == 7


def test_a_batch_is_masked_and_stays_the_batch_it_was() -> None:
    said = [Remark(f"{i:032d}", date(2026, 9, 1), f"Sari 081234567{i}90") for i in range(5)]
    (batch,) = comment_batches(said, today=date(2026, 12, 1), seed="s")
    masked = batch.masked(["Sari Wulandari"])
    assert masked.texts == (f"{MASK} {MASK}",) * 5
    assert (masked.first, masked.comment_ids) == (batch.first, batch.comment_ids)
    by_id = {remark.comment_id: remark.text for remark in said}
    assert batch.texts == tuple(by_id[comment_id] for comment_id in batch.comment_ids)


def test_five_comments_are_a_batch_and_four_are_none() -> None:
    (batch,) = comment_batches(remarks(9, 5), today=date(2026, 12, 1), seed="s")
    assert sorted(batch.texts) == [f"m9-{i}" for i in range(5)]
    assert comment_batches(remarks(9, 4), today=date(2026, 12, 1), seed="s") == []


def test_every_month_of_a_year_closes_a_week_after_its_end() -> None:
    for month, next_first in ((1, date(2026, 2, 1)), (2, date(2026, 3, 1)), (12, date(2027, 1, 1))):
        said = remarks(month, 6)
        opens = next_first + timedelta(days=7)
        assert len(comment_batches(said, today=opens, seed="s")) == 1
        assert comment_batches(said, today=opens - timedelta(days=1), seed="s") == []


@given(st.lists(st.integers(0, 7), min_size=12, max_size=12), st.integers(1, 12))
def test_who_reads_from_the_first_month_on_gets_the_same_batches(
    sizes: list[int], month: int
) -> None:
    """A window that rolls on cuts nothing anew: a batch is shown whole as long as it ends in it."""
    said = [remark for number, n in enumerate(sizes, start=1) for remark in remarks(number, n)]
    since, today = date(2026, month, 1), date(2027, 2, 1)
    start = first_month_of((remark.month for remark in said), since=since)
    later = [remark for remark in said if remark.month >= start]
    whole = comment_batches(said, today=today, seed="s")
    seen = comment_batches(later, today=today, seed="s")
    assert start <= since
    assert seen == [batch for batch in whole if batch.last >= since]


def test_a_closed_survey_tells_its_comments_after_a_week_if_there_are_five() -> None:
    last, opens = date(2026, 9, 30), date(2026, 10, 7)
    told = closed_batch(remarks(9, 5), last=last, today=opens, seed="s")
    assert told is not None
    assert sorted(told) == [f"m9-{i}" for i in range(5)]
    assert told == closed_batch(remarks(9, 5)[::-1], last=last, today=opens, seed="s")
    assert closed_batch(remarks(9, 4), last=last, today=opens, seed="s") is None
    early = opens - timedelta(days=1)
    assert closed_batch(remarks(9, 5), last=last, today=early, seed="s") is None


def test_the_order_is_shuffled_and_stable() -> None:
    once = comment_batches(remarks(9, 20), today=date(2026, 12, 1), seed="s")[0].texts
    assert once == comment_batches(remarks(9, 20)[::-1], today=date(2026, 12, 1), seed="s")[0].texts
    assert list(once) != sorted(once, key=lambda text: int(text.split("-")[1]))


@pytest.mark.parametrize(
    "private",
    [
        "1509011203890001",
        "1509 0112 0389 0001",
        "198609102010032001",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "081234567890",
        "siti.aminah@example.go.id",
    ],
)
def test_private_things_are_masked(private: str) -> None:
    masked = mask(f"Hubungi {private}, ya", names=[])
    assert MASK in masked
    assert private not in masked


def test_names_are_masked_as_whole_words_and_the_rest_stays() -> None:
    text = "Ibu SARI dan sari-sari makanan; Sarinah tidak; loket 3 jam 09.30 tanggal 24-11-2026"
    masked = mask(text, names=["Sari Wulandari"])
    assert "SARI" not in masked
    assert "Sarinah" in masked
    assert "09.30" in masked
    assert "24-11-2026" in masked


def test_a_name_inside_a_longer_name_leaves_no_rest() -> None:
    for names in (["Sari-Dewi", "Sari"], ["Sari", "Sari-Dewi"]):
        assert mask("Ibu Sari-Dewi ramah", names=names) == f"Ibu {MASK} ramah"


def test_a_short_part_of_a_name_is_a_word_of_its_own_and_stays() -> None:
    assert mask("Ibu Adi dan Budi", names=["Adi Budi"]) == f"Ibu Adi dan {MASK}"
    assert mask("NIK 1509011203890001", names=[]) == f"NIK {MASK}"


def test_masking_is_linear_in_a_long_text() -> None:
    began = time.perf_counter()
    mask("1 " * 100_000 + "a@" * 100_000 + "🙂\u202e" * 1000, names=["Sari"])
    # Not a speed test: a backtracking pattern would take minutes here.
    assert time.perf_counter() - began < 20
