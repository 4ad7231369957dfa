"""Measure what trainings did, as a job: asked, run with progress, kept, shown again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from feedback_app.impact.results import METHOD_VERSION, Measured, Overall, Plan
from feedback_app.services import background
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.site import Site
from feedback_app.storage.models import ImpactStudy
from feedback_app.storage.queries import panel as queries

STUDIES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study as listed: when, on what, how far."""

    study_id: int
    asked_at: datetime
    state: background.State
    percent: int
    fault: str
    horizon: int | None
    seed: int
    draws: int
    method_version: str
    first_day: date | None
    last_day: date | None
    fingerprint: str


def start_study(site: Site, viewer: Viewer, *, horizon: int | None) -> int:
    """Begin a study in the background; while one is running, return that one."""
    plan = Plan(horizon=horizon)
    with site.db.transaction() as tx:
        newest = queries.studies(tx, agency_id=viewer.agency_id, limit=1)
        if newest and background.state_of(site, newest[0]) == "running":
            return newest[0].id
        study = _new_study(site, viewer.agency_id, viewer.account_id, plan)
        tx.add(study)
        tx.flush()
        study_id = study.id
        log_act(tx, site, viewer, "start_impact_study", str(study_id), asdict(plan))
    background.start(site, run_study, ImpactStudy, study_id)
    return study_id


def run_first_study(site: Site, agency_id: int) -> None:
    """Measure at once and wait: for a fresh demo, whose pages should not start empty."""
    with site.db.transaction() as tx:
        study = _new_study(site, agency_id, None, Plan())
        tx.add(study)
        tx.flush()
        study_id = study.id
    run_study(site, study_id)


def _new_study(site: Site, agency_id: int, account_id: int | None, plan: Plan) -> ImpactStudy:
    return ImpactStudy(
        agency_id=agency_id,
        **background.newly_asked(site, by=account_id),
        plan=asdict(plan),
        method_version=METHOD_VERSION,
        first_day=None,
        last_day=None,
        fingerprint="",
        estimates=[],
        diagnostics=[],
        series=[],
        verdicts=[],
        case_mix=[],
    )


def run_study(site: Site, study_id: int) -> None:
    """Measure and keep the results; whatever goes wrong is kept as the study's fault."""
    # Here, not above: pandas and scipy take 0.6 s and 100 MB, which no citizen's request needs.
    from feedback_app.impact.measure import measure_impact
    from feedback_app.services.impact import panel as score_panel

    try:
        with site.db.read() as session:
            study = session.get(ImpactStudy, study_id)
            if study is None:
                raise NotThereError
            agency_id, plan = study.agency_id, Plan(**study.plan)
        linked = score_panel.link(site, agency_id=agency_id)
        found = measure_impact(
            linked.panel,
            linked.events,
            plan,
            aims=linked.aims,
            progress=background.progress_of(site, ImpactStudy, study_id),
        )
        values = _kept(found) | {
            "first_day": linked.first,
            "last_day": linked.last,
            "fingerprint": linked.fingerprint,
            "case_mix": [asdict(line) for line in linked.case_mix],
            "state": "done",
        }
        background.note(site, ImpactStudy, study_id, **values)
    except NoDataError as fault:
        background.note(site, ImpactStudy, study_id, state="failed", fault=str(fault))
    except Exception as fault:  # nobody waits for it
        background.note_failure(site, ImpactStudy, study_id, fault)


def _kept(found: Measured) -> dict[str, Any]:
    return {
        "estimates": [asdict(e) | {"warnings": list(e.warnings)} for e in found.estimates],
        "diagnostics": [asdict(d) for d in found.diagnostics],
        "series": [asdict(s) for s in found.series],
        "verdicts": [_kept_verdict(one) for one in found.overall],
    }


def _kept_verdict(one: Overall) -> dict[str, Any]:
    kept = asdict(one)
    kept["estimate"]["warnings"] = list(one.estimate.warnings)
    return kept


def study_lines(site: Site, viewer: Viewer) -> tuple[StudyLine, ...]:
    """The newest studies, newest first."""
    with site.db.read() as session:
        found = queries.studies(session, agency_id=viewer.agency_id, limit=STUDIES_SHOWN)
        return tuple(_line(site, study) for study in found)


def kept_study(
    site: Site, viewer: Viewer, study_id: int | None
) -> tuple[StudyLine, ImpactStudy] | None:
    """This study, or the newest finished one (None when there is none yet).

    NotThereError for a study of another agency, or one that has no results.
    """
    with site.db.read() as session:
        if study_id is None:
            study = queries.latest_done(session, agency_id=viewer.agency_id)
            return None if study is None else (_line(site, study), study)
        study = queries.study_of_agency(session, study_id, agency_id=viewer.agency_id)
        if study is None or study.state != "done":
            raise NotThereError
        return _line(site, study), study


def _line(site: Site, study: ImpactStudy) -> StudyLine:
    return StudyLine(
        study_id=study.id,
        asked_at=study.asked_at,
        state=background.state_of(site, study),
        percent=background.percent_of(study),
        fault=study.fault,
        horizon=study.plan["horizon"],
        seed=study.plan["seed"],
        draws=study.plan["draws"],
        method_version=study.method_version,
        first_day=study.first_day,
        last_day=study.last_day,
        fingerprint=study.fingerprint,
    )
