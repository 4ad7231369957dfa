"""All units of the site: those of the same days together, and each one's newest result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.published import Published, publish
from feedback_app.domain.skm import WEIGHTS, TooFew
from feedback_app.domain.survey import Span, day_words, parts_of, short_title, slug, title
from feedback_app.domain.survey_figures import Figures, add_figures
from feedback_app.services.public.kept import kept
from feedback_app.services.public.results import (
    Point,
    Result,
    figures_of,
    point_of,
    results_of,
    with_changes,
)
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import span_of_survey
from feedback_app.services.survey.trend import form_changes
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Survey, SurveyRevision, Unit
from feedback_app.storage.queries import surveys as queries


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in the regency's list with its newest result, None before the first."""

    agency: Agency
    unit: Unit
    result: Result | None


@dataclass(frozen=True, slots=True)
class Together:
    """Several units' surveys of the same days as one: which units are in, how many there are."""

    span: Span
    title: tuple[str, str]
    days: tuple[str, str]
    short: str
    slug: str
    units: tuple[str, ...]
    of: int
    what: Published


@dataclass(frozen=True, slots=True)
class Regency:
    """The whole site's public page: the newest days together, earlier ones, every unit."""

    newest: Together | None
    trend: tuple[Point, ...]
    lines: tuple[UnitLine, ...]


def regency(site: Site) -> Regency:
    """Every unit of the site, and the units of the same days together; kept until one changes."""
    return kept(site, "regency", lambda: _regency(site))


def _regency(site: Site) -> Regency:
    with site.db.read() as session:
        everything = _everything(session)
        lines = _together(everything)
        days = form_changes(session, [unit.id for unit, _agency in everything.units])
    points = [
        (line.span, point_of(line.title, line.short, line.what))
        for line in lines
        if not parts_of(line.span, [other.span for other in lines])
    ]
    return Regency(
        newest=lines[-1] if lines else None,
        trend=with_changes(points, days),
        lines=tuple(
            UnitLine(agency, unit, next(everything.results(unit), None))
            for unit, agency in everything.units
        ),
    )


def together(site: Site) -> list[Together]:
    """Every period that some units share, oldest first."""
    with site.db.read() as session:
        return _together(_everything(session))


def all_results(site: Site) -> list[tuple[Agency, Unit, list[Result]]]:
    """Every closed survey of every unit, by the unit's name, newest first."""
    with site.db.read() as session:
        found = _everything(session)
        return [(agency, unit, list(found.results(unit))) for unit, agency in found.units]


@dataclass(frozen=True, slots=True)
class _Everything:
    """All units with their surveys, and what these found: three questions for any number."""

    units: Sequence[tuple[Unit, Agency]]
    by_unit: Mapping[int, list[Survey]]
    revisions: Mapping[int, list[SurveyRevision]]

    def results(self, unit: Unit) -> Iterator[Result]:
        """A unit's closed surveys, newest first."""
        return results_of(self.by_unit.get(unit.id, []), self.revisions)


def _everything(session: Session) -> _Everything:
    units = queries.units_with_agencies(session)
    surveys = queries.surveys_of_units(session, [unit.id for unit, _agency in units])
    by_unit: dict[int, list[Survey]] = {}
    for survey in surveys:
        by_unit.setdefault(survey.unit_id, []).append(survey)
    return _Everything(units, by_unit, queries.revisions_of(session, [row.id for row in surveys]))


def _together(everything: _Everything) -> list[Together]:
    """Surveys of the same days together, oldest first.

    Units that may not be shown, or tell only their letter, are left out: they could be subtracted.
    """
    names = {unit.id: unit.name for unit, _agency in everything.units}
    found: dict[Span, list[tuple[str, Figures]]] = {}
    exact = WEIGHTS["1/9"]
    for unit_id, rows in everything.by_unit.items():
        closed = [row for row in rows if row.closed_at is not None]
        for survey in closed:
            figures = figures_of(survey, closed, everything.revisions, exact)
            if isinstance(figures, TooFew):
                continue
            alone = publish(figures, weight=exact, order=OFFICIAL_KEYS)
            if isinstance(alone, Published) and alone.ikm is not None:
                found.setdefault(span_of_survey(survey), []).append((names[unit_id], figures))
    lines = []
    for span, parts in sorted(found.items(), key=lambda item: (item[0].last, item[0].first)):
        what = publish(
            add_figures([figures for _name, figures in parts]), weight=exact, order=OFFICIAL_KEYS
        )
        if isinstance(what, Published):
            included = tuple(sorted(name for name, _figures in parts))
            lines.append(
                Together(
                    span,
                    title(span),
                    day_words(span),
                    short_title(span),
                    slug(span),
                    included,
                    len(everything.units),
                    what,
                )
            )
    return lines
