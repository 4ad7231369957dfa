"""What HR's impact pages show of a study: findings in words, pictures, costs, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import months_later
from feedback_app.domain.findings import Finding
from feedback_app.domain.form_sets import STOPPED_EARLY
from feedback_app.domain.training import USUAL
from feedback_app.domain.wholes import Whole
from feedback_app.files.impact_report import Steps, report_html
from feedback_app.impact.results import Diagnostic, Estimate, Measured, Overall, Step
from feedback_app.impact.summary import CostPerPoint, cost_per_point, training_matrix
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.happenings.beside import Beside, beside_days
from feedback_app.services.impact import files as impact_files
from feedback_app.services.impact.events import events_of
from feedback_app.services.impact.study import StudyLine, kept_study, study_lines
from feedback_app.services.site import Site
from feedback_app.services.trainings.after_course import Told, told_of
from feedback_app.storage.models import ImpactStudy
from feedback_app.storage.queries import agencies, counters, joins, trainings


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One row of the matrix: a training and its findings, in the order of the officer items."""

    code: str
    title: str
    elements: tuple[str, ...]
    findings: tuple[Finding, ...]
    shrunk: Mapping[str, float | None]
    whole: Whole | None  # None in a study of an older method


@dataclass(frozen=True, slots=True)
class MixLine:
    """What one kind of visit (service and channel) adds to each item's mean, in points.

    `is_early`: only forms that stopped early.
    """

    name: str
    is_early: bool
    share: float
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Overview:
    """The matrix of one study (None: there is none yet), what runs now, and all studies."""

    study: StudyLine | None
    lines: tuple[MatrixLine, ...]
    running: StudyLine | None
    earlier: tuple[StudyLine, ...]
    case_mix: tuple[MixLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """One training's results by item."""

    study: StudyLine
    code: str
    title: str
    elements: tuple[str, ...]
    findings: tuple[Finding, ...]
    whole: Whole | None
    estimates: Mapping[str, Estimate]
    shrunk: Mapping[str, float | None]
    steps: Mapping[str, Steps]
    costs: Mapping[str, CostPerPoint]
    cost: int | None
    n_sent: int
    reasons: Mapping[str, int]
    checks: Mapping[str, Mapping[str, Diagnostic]]  # by check, then by item
    happenings: tuple[Beside, ...]  # in the months that are compared
    told: Told  # what who attended and their supervisors said


def overview(site: Site, viewer: Viewer, *, study_id: int | None) -> Overview:
    """The matrix of this study, or of the newest finished one."""
    lines = study_lines(site, viewer)
    running = next((line for line in lines if line.state == "running"), None)
    found = kept_study(site, viewer, study_id)
    if found is None:
        return Overview(None, (), running, lines)
    line, study = found
    return Overview(line, matrix_of(site, viewer, study), running, lines, _case_mix(study))


def _case_mix(study: ImpactStudy) -> tuple[MixLine, ...]:
    """The coefficients that the study froze, the commonest kind of visit first."""
    found: dict[str, dict[str, float]] = {}
    shares: dict[str, float] = {}
    for row in study.case_mix:
        found.setdefault(row["mix"], {})[row["item"]] = row["points"]
        shares[row["mix"]] = row["share"]
    names = sorted(found, key=lambda name: -shares[name])
    return tuple(
        MixLine(
            name=name.removesuffix(STOPPED_EARLY),
            is_early=name.endswith(STOPPED_EARLY),
            share=shares[name],
            points=found[name],
        )
        for name in names
    )


def matrix_of(site: Site, viewer: Viewer, study: ImpactStudy) -> tuple[MatrixLine, ...]:
    """A line a training, those that found something first."""
    with site.db.read() as session:
        catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    known = {row.code: row for row in catalogue}
    found: dict[str, list[tuple[Finding, float | None]]] = {}
    for cell in training_matrix(estimates_of(study)):
        code = cell.estimate.training
        title = known[code].title if code in known else code
        finding = impact_files.finding_of(cell.estimate, title, cell.shrunk)
        found.setdefault(code, []).append((finding, cell.shrunk))
    titles = {row.code: row.title for row in catalogue}
    wholes = {
        one.estimate.training: impact_files.whole_of(one, titles) for one in verdicts_of(study)
    }
    lines = [
        MatrixLine(
            code=code,
            title=cells[0][0].title,
            elements=tuple(known[code].elements) if code in known else (),
            findings=tuple(finding for finding, _shrunk in cells),
            shrunk={finding.effect.item: shrunk for finding, shrunk in cells},
            whole=wholes.get(code),
        )
        for code, cells in found.items()
    ]
    return tuple(sorted(lines, key=_finds_first))


def estimates_of(study: ImpactStudy) -> list[Estimate]:
    """The stored estimates as they were measured."""
    return [Estimate(**row | {"warnings": tuple(row["warnings"])}) for row in study.estimates]


def _finds_first(line: MatrixLine) -> tuple[bool, float, str]:
    """What was found before the rest, the surest first."""
    finding = line.whole.finding if line.whole else None
    if finding is None or not finding.is_find:
        return True, 0.0, line.title
    return False, finding.effect.q or 0.0, line.title


def verdicts_of(study: ImpactStudy) -> list[Overall]:
    """The trainings' verdicts as they were measured; none in a study of an older method."""
    found = []
    for row in study.verdicts:
        estimate = row["estimate"] | {"warnings": tuple(row["estimate"]["warnings"])}
        pairs = {
            name: None if row[name] is None else tuple(row[name])
            for name in ("placebo_before", "placebo_elements")
        }
        names = {name: tuple(row[name]) for name in ("items", "partners")}
        found.append(Overall(**row | pairs | names | {"estimate": Estimate(**estimate)}))
    return found


def measured_of(study: ImpactStudy) -> Measured:
    """Everything the study found."""
    return Measured(
        tuple(estimates_of(study)),
        tuple(Diagnostic(**row) for row in study.diagnostics),
        tuple(Step(**row) for row in study.series),
        tuple(verdicts_of(study)),
    )


def training_page(site: Site, viewer: Viewer, code: str, *, study_id: int | None) -> TrainingPage:
    """One training in this study or the newest; NotThereError when it is not in it."""
    found = kept_study(site, viewer, study_id)
    if found is None:
        raise NotThereError
    line, study = found
    row = next((row for row in matrix_of(site, viewer, study) if row.code == code), None)
    if row is None:
        raise NotThereError
    with site.db.read() as session:
        owners = joins.owners_now(session)
        training = trainings.training_coded(session, code, agency_id=viewer.agency_id)
        attended = (
            trainings.attendances(session, agency_id=viewer.agency_id, training_id=training.id)
            if training
            else []
        )
    own = measured_of(study)
    estimates = {e.item: e for e in own.estimates if e.training == code}
    steps = impact_files.steps_of(s for s in own.series if s.training == code)
    reasons: dict[str, int] = {}
    for a in attended:
        reasons[a.attendance.reason] = reasons.get(a.attendance.reason, 0) + 1
    costs = cost_per_point(list(estimates.values()), events_of(attended, owners=owners))
    return TrainingPage(
        study=line,
        code=code,
        title=row.title,
        elements=row.elements,
        findings=row.findings,
        whole=row.whole,
        estimates=estimates,
        shrunk=row.shrunk,
        steps={item: steps.get((code, item), ()) for item in estimates},
        costs={cost.item: cost for cost in costs},
        cost=training.cost if training else None,
        n_sent=len(
            {owners.get(a.attendance.officer_id, a.attendance.officer_id) for a in attended}
        ),
        reasons=reasons,
        checks=_checks([d for d in own.diagnostics if d.training == code]),
        happenings=_happenings(site, viewer, line, [a.run.starts_on for a in attended]),
        told=told_of(site, training) if training else Told(None, None),
    )


def _happenings(
    site: Site, viewer: Viewer, line: StudyLine, dates: Sequence[date]
) -> tuple[Beside, ...]:
    """What happened from nine months before the first date to the horizon after the last one."""
    held = [day for day in dates if line.last_day and day <= line.last_day]
    if not held or line.last_day is None:
        return ()
    last = line.last_day
    if line.horizon is not None:
        last = min(last, months_later(max(held), line.horizon + 1) - timedelta(days=1))
    with site.db.read() as session:
        names = counters.counters_of_agency(session, viewer.agency_id)
        unit_ids = counters.units_of(session, names)
        return beside_days(
            session,
            unit_ids,
            agency_id=viewer.agency_id,
            first=months_later(min(held), -USUAL),
            last=last,
        )


def _checks(diagnostics: Iterable[Diagnostic]) -> dict[str, dict[str, Diagnostic]]:
    found: dict[str, dict[str, Diagnostic]] = {}
    for line in diagnostics:
        found.setdefault(line.check, {})[line.item] = line
    return found


def report_page(
    site: Site, viewer: Viewer, *, study_id: int | None, language: str
) -> tuple[int, str]:
    """The study's number and its report; NotThereError without a finished study."""
    line, study = study_needed(site, viewer, study_id)
    with site.db.read() as session:
        agency = next(a for a in agencies.agencies(session) if a.id == viewer.agency_id)
        catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    about = impact_files.About(
        language=language,
        source=f"{agency.name} · {_months(line, language)}",
        titles={row.code: row.title for row in catalogue},
        draws=line.draws,
        seed=line.seed,
        fingerprint=line.fingerprint,
        is_demo=agency.is_demo,
    )
    return line.study_id, report_html(impact_files.report_of(measured_of(study), about))


def _months(line: StudyLine, language: str) -> str:
    if line.first_day is None or line.last_day is None:
        return "–"
    return impact_files.months_words(line.first_day, line.last_day, language=language)


def study_needed(site: Site, viewer: Viewer, study_id: int | None) -> tuple[StudyLine, ImpactStudy]:
    """A finished study, the newest when none is named; NotThereError where there is none."""
    found = kept_study(site, viewer, study_id)
    if found is None:
        raise NotThereError
    return found
