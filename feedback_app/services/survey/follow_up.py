"""Follow-up plans (RTL): one list a unit; those that follow a survey are its report's table."""

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
from feedback_app.storage.queries.needs import counter_names, needs_of_places, unit_names

SOON = timedelta(days=7)
NONE = ("", "")
FIELDS = ("element", "cause", "action", "due", "responsible", "status", "note")


@dataclass(frozen=True, slots=True)
class Plan:
    """One follow-up plan with the title of the survey it came from, if it came from one."""

    item: FollowUp
    survey_title: tuple[str, str]  # empty words where it follows none
    place: str = ""  # the counter it is about, or the unit
    need_id: int | None = None  # of a place; an officer's need is not the supervisor's to read


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan follows; always one unit's, perhaps one counter's."""

    unit_id: int
    counter_id: int | None = None
    survey_id: int | None = None
    need_id: int | None = None


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
    own = [Plan(item, titles[item.survey_id or 0]) for item in found if item.survey_id == survey.id]
    carried = [
        Plan(item, titles[item.survey_id or 0])
        for item in found
        if item.survey_id != survey.id and (item.survey_id == before or item.status in UNFINISHED)
    ]
    return own, carried


def plans_of_viewer(site: Site, viewer: Viewer) -> list[Plan]:
    """Every plan of the viewer's units, unfinished ones first, then by their day."""
    with site.db.read() as session:
        found = queries.follow_ups_of_units(session, viewer.unit_ids)
        surveys = {row.id: row for row in queries.surveys_of_units(session, list(viewer.unit_ids))}
        counters = counter_names(session, agency_id=viewer.agency_id)
        units = unit_names(session, agency_id=viewer.agency_id)
        readable = needs_of_places(session, [item.need_id for item in found if item.need_id])
    ordered = sorted(found, key=lambda item: item.status not in UNFINISHED)
    return [
        Plan(
            item,
            title(span_of_survey(surveys[item.survey_id])) if item.survey_id in surveys else NONE,
            counters[item.counter_id] if item.counter_id else units[item.unit_id],
            item.need_id if item.need_id in readable else None,
        )
        for item in ordered
    ]


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


def plan_of(site: Site, viewer: Viewer, item_id: int) -> tuple[FollowUp, Survey | None]:
    """One plan of the viewer's units with its survey, if it follows one."""
    with site.db.read() as session:
        return _owned(session, viewer, item_id)


def add_plan(site: Site, viewer: Viewer, survey_id: int, values: Mapping[str, Any]) -> None:
    """Add a plan to a closed survey."""
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id)
        if survey.closed_at is None:
            raise FieldFaultError(
                "element", "Tutup dahulu periode survei ini; rencana mengikuti hasil."
            )
        origin = Origin(survey.unit_id, survey_id=survey.id)
        record_plan(tx, site, viewer, origin, values)


def units_of_viewer(site: Site, viewer: Viewer) -> list[tuple[int, str]]:
    """The viewer's units, by name."""
    with site.db.read() as session:
        names = unit_names(session, agency_id=viewer.agency_id)
    return sorted(((key, names[key]) for key in viewer.unit_ids), key=lambda unit: unit[1])


def add_free_plan(site: Site, viewer: Viewer, unit: str, values: Mapping[str, Any]) -> None:
    """Add a plan that follows no survey, to one of the viewer's units (its number as text)."""
    found = {str(unit_id): unit_id for unit_id in viewer.unit_ids}
    if unit not in found:
        raise FieldFaultError("unit", "Pilih salah satu dari daftar.")
    with site.db.transaction() as tx:
        record_plan(tx, site, viewer, Origin(found[unit]), values)


def record_plan(
    tx: Session, site: Site, viewer: Viewer, origin: Origin, values: Mapping[str, Any]
) -> int:
    """Add a plan within somebody's transaction; return its number."""
    _check(values)
    item = FollowUp(
        agency_id=viewer.agency_id,
        unit_id=origin.unit_id,
        counter_id=origin.counter_id,
        survey_id=origin.survey_id,
        need_id=origin.need_id,
        **{name: values[name] for name in FIELDS},
        changed_at=site.now(),
        changed_by=viewer.account_id,
    )
    tx.add(item)
    tx.flush()
    log_act(tx, site, viewer, "add_follow_up", str(item.id), _as_text(values))
    return item.id


def change_plan(site: Site, viewer: Viewer, item_id: int, values: Mapping[str, Any]) -> int | None:
    """Change a plan or tell how it stands; return its survey's number, if it follows one."""
    _check(values)
    with site.db.transaction() as tx:
        item, _survey = _owned(tx, viewer, item_id)
        for name in FIELDS:
            setattr(item, name, values[name])
        item.changed_at, item.changed_by = site.now(), viewer.account_id
        log_act(tx, site, viewer, "change_follow_up", str(item_id), _as_text(values))
        return item.survey_id


def remove_plan(site: Site, viewer: Viewer, item_id: int) -> int | None:
    """Take a plan out; the audit log keeps what it said. Return its survey's number, if any."""
    with site.db.transaction() as tx:
        item, _survey = _owned(tx, viewer, item_id)
        kept = _as_text({name: getattr(item, name) for name in FIELDS})
        log_act(tx, site, viewer, "remove_follow_up", str(item_id), kept)
        survey_id = item.survey_id
        tx.delete(item)
        return survey_id


def _owned(session: Session, viewer: Viewer, item_id: int) -> tuple[FollowUp, Survey | None]:
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
