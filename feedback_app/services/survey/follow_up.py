"""Follow-up plans (RTL): what is done about what a survey showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.follow_up import STATUSES, UNFINISHED
from feedback_app.domain.survey import title
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import owned, span_of_survey
from feedback_app.storage.db import Session
from feedback_app.storage.models import FollowUp, Survey
from feedback_app.storage.queries import surveys as queries

SOON = timedelta(days=7)
FIELDS = ("element", "cause", "action", "due", "responsible", "status", "note")


@dataclass(frozen=True, slots=True)
class Plan:
    """One follow-up plan with the title of the survey it came from."""

    item: FollowUp
    survey_title: tuple[str, str]


def plans_of(session: Session, survey: Survey) -> tuple[list[Plan], list[Plan]]:
    """A survey's own plans, and those carried over from before.

    Carried over are all plans of the unit's survey before this one, and the unfinished ones of
    still earlier surveys.
    """
    earlier = [
        row
        for row in queries.surveys_of_units(session, [survey.unit_id])
        if row.last_day < survey.first_day
    ]
    titles = {row.id: title(span_of_survey(row)) for row in (survey, *earlier)}
    before = earlier[0].id if earlier else None
    found = queries.follow_ups_of(session, list(titles))
    own = [Plan(item, titles[item.survey_id]) for item in found if item.survey_id == survey.id]
    carried = [
        Plan(item, titles[item.survey_id])
        for item in found
        if item.survey_id != survey.id and (item.survey_id == before or item.status in UNFINISHED)
    ]
    return own, carried


def plans_of_survey(site: Site, viewer: Viewer, survey_id: int) -> tuple[list[Plan], list[Plan]]:
    """The same for a survey of the viewer's units."""
    with site.db.read() as session:
        return plans_of(session, owned(session, viewer, survey_id))


def plans_due(site: Site, viewer: Viewer) -> Sequence[FollowUp]:
    """Unfinished plans of the viewer's units that are overdue or due within a week."""
    with site.db.read() as session:
        return queries.follow_ups_due(
            session, viewer.unit_ids, statuses=UNFINISHED, by=site.today() + SOON
        )


def plan_of(site: Site, viewer: Viewer, item_id: int) -> tuple[FollowUp, Survey]:
    """One plan of the viewer's units with its survey."""
    with site.db.read() as session:
        return _owned(session, viewer, item_id)


def add_plan(site: Site, viewer: Viewer, survey_id: int, values: Mapping[str, Any]) -> None:
    """Add a plan to a closed survey."""
    _check(values)
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id)
        if survey.closed_at is None:
            raise FieldFaultError(
                "element", "Tutup dahulu periode survei ini; rencana mengikuti hasil."
            )
        item = FollowUp(
            agency_id=survey.agency_id,
            survey_id=survey.id,
            **{name: values[name] for name in FIELDS},
            changed_at=site.now(),
            changed_by=viewer.account_id,
        )
        tx.add(item)
        tx.flush()
        log_act(tx, site, viewer, "add_follow_up", str(item.id), _as_text(values))


def change_plan(site: Site, viewer: Viewer, item_id: int, values: Mapping[str, Any]) -> int:
    """Change a plan or tell how it stands; return its survey's number."""
    _check(values)
    with site.db.transaction() as tx:
        item, survey = _owned(tx, viewer, item_id)
        for name in FIELDS:
            setattr(item, name, values[name])
        item.changed_at, item.changed_by = site.now(), viewer.account_id
        log_act(tx, site, viewer, "change_follow_up", str(item_id), _as_text(values))
        return survey.id


def remove_plan(site: Site, viewer: Viewer, item_id: int) -> int:
    """Take a plan out; the audit log keeps what it said. Return its survey's number."""
    with site.db.transaction() as tx:
        item, survey = _owned(tx, viewer, item_id)
        kept = _as_text({name: getattr(item, name) for name in FIELDS})
        log_act(tx, site, viewer, "remove_follow_up", str(item_id), kept)
        tx.delete(item)
        return survey.id


def _owned(session: Session, viewer: Viewer, item_id: int) -> tuple[FollowUp, Survey]:
    found = queries.follow_up_in_units(session, item_id, viewer.unit_ids)
    if found is None:
        raise NotThereError
    return found


def _check(values: Mapping[str, Any]) -> None:
    if values["element"] not in {element.key for element in ELEMENTS}:
        raise FieldFaultError("element", "Pilih salah satu dari daftar.")
    if values["status"] not in STATUSES:
        raise FieldFaultError("status", "Pilih salah satu dari daftar.")
    if values["status"] in ("done", "dropped") and not values["note"]:
        raise FieldFaultError(
            "note", "Tulis apa yang sudah dilakukan, atau mengapa tidak dilanjutkan."
        )


def _as_text(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(values[name]) for name in FIELDS}
