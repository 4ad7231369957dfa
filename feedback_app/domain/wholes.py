"""The one verdict of a training, for a page or a report: what was fixed, what could undo it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.effect_words import item_name, points
from feedback_app.domain.findings import Finding
from feedback_app.domain.survey import MONTHS
from feedback_app.domain.texts import Words, filled

LIKELY_UNDONE = 1.0  # a hidden difference no larger than one that was seen before


@dataclass(frozen=True, slots=True)
class Whole:
    """A training's verdict with the elements and months it is of; `partners` are titles.

    `fixed_on` is the day these were written down before the training, None when they were not;
    `horizon` the months after, None for all. Placebos are an effect where there can be none, in
    points, and its p.
    """

    finding: Finding
    elements: tuple[str, ...]
    horizon: int | None
    fixed_on: date | None
    partners: tuple[str, ...]
    breakdown: float | None
    breakdown_ratio: float | None
    placebo_before: tuple[float, float] | None
    placebo_elements: tuple[float, float] | None

    @property
    def about(self) -> Words:
        """Which elements and months the verdict is of, and whether that was fixed beforehand."""
        names = tuple(
            ", ".join(item_name(key)[language] for key in self.elements) for language in (0, 1)
        )
        months = (
            ("semua bulan sesudahnya", "all months after")
            if self.horizon is None
            else filled(("bulan 1–%(n)s sesudahnya", "months 1–%(n)s after"), n=self.horizon)
        )
        return filled(
            ("%(names)s; %(months)s. %(fixed)s", "%(names)s; %(months)s. %(fixed)s"),
            names=names,
            months=months,
            fixed=self._fixed(),
        )

    def _fixed(self) -> Words:
        if self.fixed_on is None:
            return (
                "Tidak ditetapkan sebelum pelatihan.",
                "This was not fixed before the training.",
            )
        day = self.fixed_on
        days = tuple(f"{day.day} {name} {day.year}" for name in MONTHS[day.month - 1])
        return filled(
            (
                "Ditetapkan %(day)s, sebelum nilainya ada.",
                "Fixed on %(day)s, before there were scores.",
            ),
            day=days,
        )

    @property
    def doubts(self) -> list[Words]:
        """What stands beside the verdict: its q, what would undo it, effects where none can be."""
        found = [_told_apart(self.partners)] if self.partners else []
        if self.finding.effect.q is not None and self.finding.is_find:
            found.append(
                filled(
                    ("Di antara semua pelatihan: %(find)s.", "Among all trainings: a %(find)s."),
                    find=self.finding.among_many,
                )
            )
        if self.breakdown is not None:
            found.append(_breakdown(self.breakdown, self.breakdown_ratio))
        if self.placebo_before is not None:
            found.append(_placebo(_BEFORE, self.placebo_before))
        if self.placebo_elements is not None:
            found.append(_placebo(_ELSEWHERE, self.placebo_elements))
        return found


_BEFORE: Words = (
    "Uji tanggal semu (seolah-olah dilatih lebih awal; seharusnya nol): %(value)s poin, p %(p)s.",
    "Placebo date (as if trained earlier; should be nought): %(value)s points, p %(p)s.",
)
_ELSEWHERE: Words = (
    "Unsur di luar sasaran (pembanding): %(value)s poin, p %(p)s.",
    "Elements not aimed at (for comparison): %(value)s points, p %(p)s.",
)


def _told_apart(partners: tuple[str, ...]) -> Words:
    return filled(
        ("Tidak dapat dibedakan dari: %(titles)s.", "Cannot be told apart from: %(titles)s."),
        titles=", ".join(partners),
    )


def _breakdown(value: float, ratio: float | None) -> Words:
    first = filled(
        (
            "Perubahan ini gugur bila ada perbedaan tersembunyi lebih dari %(value)s poin.",
            "This change falls if a hidden difference exceeds %(value)s points.",
        ),
        value=_decimal(value),
    )
    if ratio is None:
        return first
    second = (
        (
            " Perbedaan sebesar itu pernah terjadi dari bulan ke bulan sebelum pelatihan.",
            " A difference of that size was seen from month to month before the training.",
        )
        if ratio <= LIKELY_UNDONE
        else (
            " Sebelum pelatihan perbedaan sebesar itu tidak pernah terjadi dari bulan ke bulan.",
            " No such difference was seen from month to month before the training.",
        )
    )
    return first[0] + second[0], first[1] + second[1]


def _placebo(words: Words, found: tuple[float, float]) -> Words:
    value, p = found
    said = points(value, language="id"), points(value, language="en")
    return filled(words, value=said, p=_decimal(p))


def _decimal(value: float) -> Words:
    text = f"{value:.2f}"
    return text.replace(".", ","), text
