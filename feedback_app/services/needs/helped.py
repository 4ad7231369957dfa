"""Trainings that aim at an element, with what was measured of them and their price."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.effect_words import people
from feedback_app.domain.findings import Finding
from feedback_app.domain.texts import Words
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact import pages as impact_pages
from feedback_app.services.site import Site
from feedback_app.storage.queries import trainings

MOST = 3  # a course a line; more belong into the catalogue


@dataclass(frozen=True, slots=True)
class Helped:
    """A training of the catalogue for an element; `finding` None where it was never measured."""

    training_id: int
    code: str
    title: str
    competences: tuple[str, ...]
    cost: int | None  # rupiah for one participant
    finding: Finding | None

    @property
    def expected(self) -> Words | None:
        """What it did in people, where that was found."""
        if self.finding is None or not self.finding.is_find:
            return None
        effect = self.finding.effect
        return people(effect.estimate if effect.expected is None else effect.expected)


def trainings_for(site: Site, viewer: Viewer) -> dict[str, tuple[Helped, ...]]:
    """By element: what helped first, then what was measured without a find, then the rest."""
    found = impact_pages.overview(site, viewer, study_id=None)
    with site.db.read() as session:
        now = trainings.merged_codes(session, agency_id=viewer.agency_id)
        catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    wholes = {  # of trainings merged since, what was found of the one that stays
        now.get(line.code, line.code): line.whole.finding
        for line in sorted(found.lines, key=lambda line: line.code not in now)
        if line.whole is not None
    }
    by_item: dict[str, list[Helped]] = {}
    for row in catalogue:
        for item in row.elements:
            by_item.setdefault(item, []).append(
                Helped(
                    training_id=row.id,
                    code=row.code,
                    title=row.title,
                    competences=tuple(row.competences),
                    cost=row.cost,
                    finding=wholes.get(row.code),
                )
            )
    return {item: tuple(sorted(own, key=_helped_first)[:MOST]) for item, own in by_item.items()}


def _helped_first(one: Helped) -> tuple[int, str]:
    if one.finding is None:
        return 2, one.title
    effect = one.finding.effect
    if one.finding.is_find:
        return (0 if (effect.estimate or 0) > 0 else 4), one.title
    return 1, one.title
