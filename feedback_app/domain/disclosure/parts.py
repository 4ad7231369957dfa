"""Which parts of a quarter may be shown without telling few answers; services of a counter.

Scores are sums over blocks of days, parts are sums over services or officers: each sorts the same
forms in its own way. Whoever adds and subtracts both can isolate the forms on which a set of parts
and a set of blocks disagree: Sari's answers minus the weeks in which only Sari served leave the few
who named nobody. With two ways of sorting, the fewest forms that any combination of sums isolates
are a least cut of the graph between blocks and parts (`cuts`). With a third way of sorting the
same elements no such proof is at hand, so each element is told by one kind of part only: officers
by the four officer items (`officers`), services by the seven elements that are about the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.disclosure.cuts import narrow_side
from feedback_app.domain.disclosure.gate import Answers, Band, add_counts, answers_of, band_of
from feedback_app.domain.disclosure.groups import Counts, tells
from feedback_app.domain.elements import OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.skm import TooFew

# Told by service: official and not about the officer.
SERVICE_KEYS = tuple(key for key in OFFICIAL_KEYS if key not in OFFICER_KEYS)
REST = 0  # who is not shown apart; real identifiers begin with 1
GROUND = (REST,)

Row = tuple[int, ...]  # answers in each block (or month) of the quarter
Key = tuple[int, ...]  # merged parts, or a part of an officer
Classes = dict[Key, Row]
Sizes = Mapping[int, Row]  # part -> its row


@dataclass(frozen=True, slots=True)
class ServicePart:
    """One service (several where merged; REST for none named): as it may be shown."""

    service_ids: tuple[int, ...]
    n: int
    elements: Mapping[str, Answers | Band]


def narrow_split(told: Mapping[Key, Sequence[int]], untold: Mapping[Key, int]) -> frozenset[Key]:
    """A set of parts that differs from some set of blocks by one to nine answers, or the empty set.

    Whoever subtracts the two sums would see those few answers alone. `told` gives each part's
    answers in each block, `untold` those outside all blocks that are told. A set of parts tells
    what the other parts together tell, so the set without what is not told (GROUND) is returned;
    where all is told, the one without the least key.
    """
    one, other = (
        frozenset(key for key, block in side if block is None)
        for side in narrow_side(_edges(told, untold))
    )
    base = GROUND if GROUND in one | other else min(one | other, default=GROUND)
    return other if base in one else one


def _edges(
    told: Mapping[Key, Sequence[int]], untold: Mapping[Key, int]
) -> Iterator[tuple[tuple[Key, int | None], tuple[Key, int | None], int]]:
    for key, row in told.items():
        for block, forms in enumerate(row):
            yield (key, None), ((), block), forms
    for key, forms in untold.items():
        yield (key, None), (GROUND, None), forms


def service_parts(
    sums: Mapping[int, Mapping[str, Counts]], *, sizes: Sizes, hidden: frozenset[str]
) -> list[ServicePart]:
    """Services that may be shown apart, small ones merged; empty when all of them are one.

    An element that one service or a month of the quarter would tell is a band for every service.
    """
    classes = merged_services(sizes)
    if len(classes) < 2:
        return []
    counts = {
        members: {
            key: add_counts([sums[member][key] for member in members]) for key in SERVICE_KEYS
        }
        for members in classes
    }
    bands = {
        key
        for key in SERVICE_KEYS
        if key in hidden or any(tells(group[key]) for group in counts.values())
    }
    return [
        ServicePart(
            service_ids=members,
            n=sum(group[SERVICE_KEYS[0]]),
            elements={
                key: shown_part(band_of(group[key]) if key in bands else answers_of(group[key]))
                for key in SERVICE_KEYS
            },
        )
        for members, group in counts.items()
    ]


def merged_services(sizes: Sizes) -> list[tuple[int, ...]]:
    """Services, merged until no set of them differs from a set of blocks by one to nine answers."""
    classes: Classes = {(key,): tuple(row) for key, row in sizes.items() if any(row)}
    while len(classes) > 1:
        narrow = narrow_split(classes, {})
        if not narrow:
            break
        one = _smallest(classes, [key for key in classes if key in narrow])
        other = _smallest(classes, [k for k in classes if k not in narrow and k != one])
        row = tuple(a + b for a, b in zip(classes.pop(one), classes.pop(other), strict=True))
        classes[tuple(sorted(one + other))] = row
    return sorted(classes)


def _smallest(
    classes: Mapping[tuple[int, ...], Sequence[int]], keys: Sequence[tuple[int, ...]]
) -> tuple[int, ...]:
    return min(keys, key=lambda key: (sum(classes[key]), key))


def shown_part(value: Answers | Band | TooFew) -> Answers | Band:
    """What the gate said of a part that was found large enough."""
    if isinstance(value, TooFew):
        raise ValueError("a part that is shown holds ten answers")
    return value
