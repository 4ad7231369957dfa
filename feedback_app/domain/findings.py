"""A finding: one training and item with what may be said of it, ready for a page or a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback_app.domain.effect_warnings import WARNING_WORDS
from feedback_app.domain.effect_words import (
    MANY_TESTS,
    MANY_TESTS_Q,
    VERDICT_WORDS,
    Effect,
    item_name,
    people,
    sentence,
)
from feedback_app.domain.texts import Words, filled

STRONG: Words = ("buktinya kuat (q %(q)s)", "strong evidence (q %(q)s)")
WEAK: Words = ("buktinya lemah (q %(q)s)", "weak evidence (q %(q)s)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a matrix: its training's code and title, its numbers, its warning codes."""

    training: str
    title: str
    effect: Effect
    warnings: tuple[str, ...]

    @property
    def sentence(self) -> Words:
        """What may be said."""
        return sentence(self.effect)

    @property
    def item_name(self) -> Words:
        """The element's name."""
        return item_name(self.effect.item)

    @property
    def verdict_words(self) -> Words:
        """The verdict in people's words."""
        return VERDICT_WORDS[self.effect.verdict]

    @property
    def is_find(self) -> bool:
        """Whether a rise or a fall was found."""
        return self.effect.verdict in ("improved", "worse")

    @property
    def people(self) -> Words:
        """What to expect, in visitors."""
        value = self.effect.expected
        return people(self.effect.estimate if value is None else value)

    @property
    def among_many(self) -> Words:
        """How strong a find is among all that were tested, with its q."""
        q = self.effect.q
        if q is None:
            return "", ""
        text = f"{q:.2f}"
        return filled(WEAK if q > MANY_TESTS_Q else STRONG, q=(text.replace(".", ","), text))

    @property
    def css(self) -> str:
        """How it is drawn: grey and hollow unless something was found."""
        return {"improved": "better", "worse": "worse"}.get(self.effect.verdict, "unsure")


def surest_first(findings: Iterable[Finding]) -> list[Finding]:
    """What was found before what cannot be told, otherwise in the order given."""
    return sorted(findings, key=lambda finding: finding.css == "unsure")


def caveats(findings: Iterable[Finding]) -> list[Words]:
    """Every warning of these findings once, in the order of the table of warnings.

    One that does not stand beside all of them names those that it is about.
    """
    findings = list(findings)
    found = []
    for code, words in WARNING_WORDS.items():
        about = [finding for finding in findings if code in finding.warnings]
        if about:
            found.append(words if len(about) == len(findings) else _about(words, about))
    return [*found, MANY_TESTS] if any(map(is_doubtful_among_many, findings)) else found


def _about(words: Words, about: Sequence[Finding]) -> Words:
    names = tuple(
        ", ".join(dict.fromkeys(finding.item_name[place] for finding in about)) for place in (0, 1)
    )
    return filled(("%(text)s (%(names)s)", "%(text)s (%(names)s)"), text=words, names=names)


def is_doubtful_among_many(finding: Finding) -> bool:
    """Whether something was found that may well be chance, as so many pairs were tested."""
    q = finding.effect.q
    return finding.is_find and q is not None and q > MANY_TESTS_Q


# What a summary counts, in its order; a count of 0 is not said.
_COUNTED: tuple[tuple[str, Words], ...] = (
    ("improved", ("%(n)s nilainya naik", "in %(n)s scores rose")),
    ("worse", ("%(n)s nilainya turun", "in %(n)s scores fell")),
    ("too small to matter", ("%(n)s terlalu kecil untuk berarti", "%(n)s too small to matter")),
    (
        "cannot be told apart",
        (
            "%(n)s tidak dapat dibedakan dari pelatihan lain",
            "%(n)s cannot be told apart from another",
        ),
    ),
    ("cannot tell", ("%(n)s belum dapat disimpulkan", "of %(n)s we cannot tell")),
)


def summary(findings: Sequence[Finding]) -> Words:
    """How many trainings' verdicts say what."""
    if not findings:
        return (
            "Belum ada pelatihan yang dapat diukur.",
            "There is no training to measure yet.",
        )
    counts = Counter(finding.effect.verdict for finding in findings)
    said = [filled(words, n=counts[verdict]) for verdict, words in _COUNTED if counts[verdict]]
    parts = tuple(", ".join(one[place] for one in said) for place in (0, 1))
    return filled(
        ("Dari %(n)s pelatihan: %(parts)s.", "Of %(n)s trainings: %(parts)s."),
        n=len(findings),
        parts=parts,
    )
