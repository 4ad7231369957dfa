"""Which groups are too small, and which numbers tell everybody's answer although they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedback_app.domain.interval import HIGHEST, LOWEST

MIN_GROUP = 10  # answers behind any shown number (docs/privacy.md)
RENEWED_BY = 2 * MIN_GROUP  # a new score takes a block, and another one full behind it

Counts = tuple[int, int, int, int]  # answers 1, 2, 3, 4


def merge_small(sizes: Mapping[str, int], *, at_least: int) -> list[tuple[str, ...]]:
    """Groups of keys that may be shown apart: large ones alone, the small ones as one.

    A small group that stood alone could be found by subtraction from the whole, and so could a
    merged one that is still small: then the smallest large one joins it. Empty groups are left
    out. When everything together is too small, all of it is one group.
    """
    filled = [key for key, size in sizes.items() if size > 0]
    small = [key for key in filled if sizes[key] < at_least]
    large = [key for key in filled if sizes[key] >= at_least]
    while small and sum(sizes[key] for key in small) < at_least and large:
        nearest = min(reversed(large), key=lambda key: sizes[key])
        large.remove(nearest)
        small = [key for key in filled if key in small or key == nearest]
    return [*((key,) for key in large), *([tuple(small)] if small else [])]


def is_unanimous(counts: Sequence[int]) -> bool:
    """Whether everybody gave one answer: a mean would then tell what each person said."""
    return sum(1 for count in counts if count) == 1


def tells(counts: Sequence[int]) -> bool:
    """Whether all, or all but one, gave one answer.

    The one who differed would know what everybody else said. A mean within 1/n of 1 or 4 always
    comes from such counts.
    """
    n = sum(counts)
    return n > 0 and max(counts) >= n - 1


def tells_total(n: int, total: int, squares: int, *, items: int) -> bool:
    """The same for sums over `items` answers a person, of which only two sums are known.

    Whether all the distance from the best (or the worst) sum may be one person's, or all sums are
    alike: sum of squares of the distances = square of their sum.
    """
    best, worst = HIGHEST * items, LOWEST * items
    from_best = best * n - total
    from_worst = total - worst * n
    return (
        n * squares == total * total
        or from_best**2 == n * best * best - 2 * best * total + squares
        or from_worst**2 == squares - 2 * worst * total + n * worst * worst
    )
