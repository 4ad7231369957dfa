"""What the public may see, and that nothing more can be worked out of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.comment_topics import WORDS, about
from feedback_app.domain.disclosure import MIN_GROUP, merge_small
from feedback_app.domain.elements import OFFICIAL_KEYS, OWN_KEYS
from feedback_app.domain.published import (
    Published,
    lowest_of,
    mutu_of_mean,
    number_to_publish,
    publish,
)
from feedback_app.domain.skm import WEIGHTS, TooFew
from feedback_app.domain.survey_figures import (
    Figures,
    ServiceFigures,
    add_figures,
    as_json,
    from_json,
    group_of,
)
from tests.ground.survey import GASPUL, GASPUL_IKM, answers_of

NINE = WEIGHTS["1/9"]


def figures(
    forms: list[tuple[int, ...]], trust: int | None = 3, **profile: dict[str, int]
) -> Figures:
    filled = [
        dict(zip(OFFICIAL_KEYS, form, strict=True))
        | dict.fromkeys(OWN_KEYS)
        | {"kepercayaan": trust if place % 2 else 2}
        for place, form in enumerate(forms)
    ]
    group = group_of(filled)
    service = ServiceFigures("ktp", "KTP-el", group)
    return Figures(group, (service,), {"poster": group}, profile, 0, 0, 0, None)


def shown(found: Figures, weight: Fraction = NINE) -> Published:
    what = publish(found, weight=weight, order=OFFICIAL_KEYS)
    assert isinstance(what, Published)
    return what


@pytest.mark.parametrize("weight", ["1/9", "0.111", "0.11"])
def test_the_published_example_with_its_interval(weight: str) -> None:
    what = shown(figures(answers_of(GASPUL)), WEIGHTS[weight])
    assert str(what.ikm) == GASPUL_IKM[weight]
    assert what.low is not None
    assert what.low < what.ikm < what.high  # type: ignore[operator]
    assert {line.key: str(line.mean) for line in what.elements}["waktu"] == "3.4"  # 99/29 = 3.414


def test_nine_forms_show_nothing_and_ten_do() -> None:
    assert publish(figures([(3,) * 9] * 9), weight=NINE, order=OFFICIAL_KEYS) == TooFew(
        9, MIN_GROUP
    )
    assert shown(figures([(3,) * 9] * 9 + [(4,) * 9])).n == 10


def test_a_unanimous_element_shows_its_letter_and_a_unanimous_survey_no_number() -> None:
    free = shown(figures([(3, 3, 3, 4, 3, 3, 3, 3, 3)] * 9 + [(4,) * 9]))
    biaya = next(line for line in free.elements if line.key == "biaya")
    assert (biaya.mean, biaya.mutu) == (None, "A")
    alike = shown(figures([(4,) * 9] * 12, trust=2))
    assert (alike.ikm, alike.low, alike.mutu, alike.trust) == (None, None, "A", None)
    assert all(line.mean is None for line in alike.elements)


def test_the_ninth_element_cannot_be_found_from_the_other_eight() -> None:
    """With one decimal each, the index leaves the unanimous element's mean open."""
    forms = [(3, 4, 3, 4, 3, 4, 3, 2, 3)] * 5 + [(4, 3, 2, 4, 4, 3, 3, 3, 4)] * 5
    what = shown(figures(forms))
    known = [float(line.mean) for line in what.elements if line.mean is not None]
    assert len(known) < 9
    slack = 0.05 * len(known)
    assert slack > 0.2  # more than one answer of ten moves the mean


def test_trust_is_a_share_and_profiles_are_merged() -> None:
    forms = answers_of(GASPUL)
    profile = {"sex": {"female": 14, "male": 9, "": 6}, "age_band": {"60_up": 3, "": 26}}
    what = shown(figures(forms, **profile))
    assert what.trust == 48  # 14 of 29 said 3
    (both,) = what.profile["sex"]
    assert (both.choices, both.n, both.percent) == (("female", "male"), 23, 100)
    assert what.profile["age_band"] == ()


SIZES = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 60), max_size=9)


@given(SIZES)
def test_no_small_group_is_left_to_be_subtracted(sizes: dict[str, int]) -> None:
    groups = merge_small(sizes, at_least=MIN_GROUP)
    assert sorted(key for keys in groups for key in keys) == sorted(
        k for k, n in sizes.items() if n
    )
    totals = [sum(sizes[key] for key in keys) for keys in groups]
    assert all(total >= MIN_GROUP for total in totals) or len(groups) <= 1


def test_a_small_rest_takes_the_smallest_large_group_with_it() -> None:
    assert merge_small({"a": 50, "b": 12, "c": 3}, at_least=10) == [("a",), ("b", "c")]
    assert merge_small({"a": 50, "b": 6, "c": 5}, at_least=10) == [("a",), ("b", "c")]
    assert merge_small({"a": 50, "b": 6, "c": 4}, at_least=10) == [("a",), ("b", "c")]


def test_a_group_of_just_enough_stands_alone_and_empty_ones_are_left_out() -> None:
    assert merge_small({"a": 50, "b": 10, "c": 0}, at_least=10) == [("a",), ("b",)]
    assert merge_small({"a": 3, "b": 0, "c": 4}, at_least=10) == [("a", "c")]
    assert merge_small({"a": 0}, at_least=10) == []


def test_revisions_are_published_once_ten_forms_have_changed() -> None:
    assert number_to_publish([0]) == 1
    assert number_to_publish([0, 1, 3]) == 1
    assert number_to_publish([0, 4, 9]) == 1
    assert number_to_publish([0, 4, 10]) == 3
    assert number_to_publish([0, 12, 3]) == 2


def test_letters_of_means() -> None:
    assert mutu_of_mean(Fraction(35324, 10000)) == "A"  # 88.31
    assert mutu_of_mean(Fraction(353, 100)) == "B"
    assert mutu_of_mean(Fraction(26, 10)) == "C"
    assert mutu_of_mean(Fraction(25, 10)) == "D"
    assert lowest_of("D") == Decimal(25)


@given(st.lists(st.tuples(*[st.integers(1, 4)] * 9), min_size=1, max_size=30), st.integers(0, 30))
def test_parts_add_up_and_what_is_kept_comes_back(forms: list[tuple[int, ...]], cut: int) -> None:
    whole = figures(forms).whole
    both = add_figures([figures(part) for part in (forms[:cut], forms[cut:])])
    names = ("n", "total", "squares")
    assert all(getattr(both.whole, name) == getattr(whole, name) for name in names)
    assert {k: both.whole.counts[k] for k in OFFICIAL_KEYS} == {
        k: whole.counts[k] for k in OFFICIAL_KEYS
    }
    assert from_json(as_json(both)) == both


def test_comments_are_chosen_by_their_words() -> None:
    said = ("Antre terlalu lama.", "antre terlalu lama", "Ruang tunggu sejuk.", "Petugas ramah.")
    assert len(about("waktu", said, most=4)) == 1
    assert about("sarana", said, most=4) == ("Ruang tunggu sejuk.",)
    assert about("perilaku", said, most=4) == ("Petugas ramah.",)
    assert set(WORDS) == set(OFFICIAL_KEYS)
