"""One officer's parts at several counters as one: a number only where each part is one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

from feedback_app.domain.disclosure.gate import Answers, Band, add_counts, answers_of, band_around
from feedback_app.domain.disclosure.officers import OfficerPart
from feedback_app.domain.disclosure.parts import shown_part
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.interval import Mean


def together(parts: Sequence[OfficerPart]) -> OfficerPart:
    """One officer's parts at several counters in one quarter: a number only where each is one.

    The interval of the common mean takes the counters as independent strata.
    """
    if len(parts) == 1:
        return parts[0]
    return OfficerPart(
        officer_id=parts[0].officer_id,
        n=sum(part.n for part in parts),
        by_poster=sum(part.by_poster for part in parts),
        mean=_means_together([part.mean for part in parts]),
        items={key: _items_together([part.items[key] for part in parts]) for key in OFFICER_KEYS},
    )


def _means_together(means: Sequence[Mean | Band]) -> Mean | Band:
    exact = [mean for mean in means if isinstance(mean, Mean)]
    n = sum(mean.n for mean in means)
    if len(exact) < len(means):
        return _widest(n, means)
    middle = sum(mean.n * mean.mean for mean in exact) / n
    below = sqrt(sum((mean.n / n * (mean.mean - mean.low)) ** 2 for mean in exact))
    above = sqrt(sum((mean.n / n * (mean.high - mean.mean)) ** 2 for mean in exact))
    return Mean(n=n, mean=middle, low=middle - below, high=middle + above)


def _items_together(items: Sequence[Answers | Band]) -> Answers | Band:
    exact = [item for item in items if isinstance(item, Answers)]
    if len(exact) == len(items):
        return shown_part(answers_of(add_counts([item.counts for item in exact])))
    means = [item.mean if isinstance(item, Answers) else item for item in items]
    return _widest(sum(mean.n for mean in means), means)


def _widest(n: int, means: Sequence[Mean | Band]) -> Band:
    """From the lowest to the highest end of the bands."""
    bands = [
        mean if isinstance(mean, Band) else band_around(mean.n, Fraction(mean.mean))
        for mean in means
    ]
    middle = Fraction(sum(band.n * band.value for band in bands), n)
    value = band_around(n, middle).value
    return Band(n, value, min(band.low for band in bands), max(band.high for band in bands))
