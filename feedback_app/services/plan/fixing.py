"""Fix a version by name and date; and what has changed since it was worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_app.domain.training import HORIZON
from feedback_app.domain.training_plan import MONEY
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.plan.versions import Version, read_version
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import PlanFixing, TrainingRun
from feedback_app.storage.queries import plans, trainings

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Outdated:
    """Why a version is no longer what would be worked out: `what` and what it is about."""

    what: str  # cancelled, changed, left, leaving, money
    about: str


def fix_version(
    site: Site, viewer: Viewer, year: int, number: int, *, name: str, position: str, seen: int
) -> None:
    """Make a version the plan that holds.

    `seen` is how many times the plan had been fixed when the page was read: who is second is told.
    """
    name, position = name.strip(), position.strip()
    for field, text in (("name", name), ("position", position)):
        if not text or len(text) > LONGEST_NAME or not text.isprintable():
            raise FieldFaultError(field, "Isi dalam satu baris, paling banyak 200 huruf.")
    with site.db.transaction() as tx:
        plan = plans.held_plan(tx, year, agency_id=viewer.agency_id)
        version = None if plan is None else plans.version_numbered(tx, plan.id, number)
        if plan is None or version is None:
            raise NotThereError
        fixings = plans.fixings_of(tx, plan.id)
        if len(fixings) != seen:
            raise FieldFaultError(
                "",
                "%(name)s baru saja menetapkan rencana ini. Periksa versi yang berlaku dahulu; "
                "yang Anda kirim tidak disimpan.",
                name=fixings[0].name if fixings else "",
            )
        if any(one.version_id == version.id for one in fixings):
            raise FieldFaultError("", "Versi ini sudah pernah ditetapkan.")
        tx.add(
            PlanFixing(
                agency_id=viewer.agency_id,
                plan_id=plan.id,
                version_id=version.id,
                number=seen + 1,
                fixed_by=viewer.account_id,
                fixed_at=site.now(),
                name=name,
                position=position,
            )
        )
        _into_catalogue(tx, site, read_version(tx, plan, version))
        log_act(tx, site, viewer, "fix_plan", f"{year} v{number}", {"name": name})


def _into_catalogue(tx: Session, site: Site, found: Version) -> None:
    """Runs that are bought stand in the catalogue from now on, where lots find their dates.

    How each will be judged is written down with it; a run that is there already keeps its own.
    """
    there = {
        (line.run.training_id, line.run.starts_on)
        for line in trainings.runs_of(tx, [one.run.training.id for one in found.bought])
    }
    for one in found.bought:
        run, training = one.run.run, one.run.training
        if (training.id, run.starts_on) not in there:
            there.add((training.id, run.starts_on))  # two candidates of merged trainings
            tx.add(
                TrainingRun(
                    agency_id=training.agency_id,
                    training_id=training.id,
                    starts_on=run.starts_on,
                    ends_on=run.ends_on,
                    seats=run.bought,
                    planned_elements=list(training.elements),
                    planned_horizon=HORIZON,
                    planned_on=site.today(),
                )
            )


def times_fixed(site: Site, viewer: Viewer, year: int) -> int:
    """How many times a plan was fixed: what a page to fix it has to send back."""
    with site.db.read() as session:
        return len(plans.fixings_of(session, own_plan(session, viewer, year).id))


def outdated(site: Site, version: Version) -> Sequence[Outdated]:
    """What has changed since: runs, officers, money. Runs that have begun stay as they are."""
    today, found = site.today(), []
    for one in version.bought:
        run, source = one.run.run, one.run.source
        if run.starts_on <= today:
            continue
        if source.withdrawn_at is not None:
            found.append(Outdated("cancelled", one.run.training.title))
        elif any(
            getattr(run, name) != getattr(source, name)
            for name in ("starts_on", "ends_on", "seats", "jp", *MONEY)
        ):
            found.append(Outdated("changed", one.run.training.title))
        for seat in one.seats:
            if seat.officer.retired_on is not None:
                found.append(Outdated("left", seat.officer.name))
            elif seat.officer.ends_on is not None and seat.officer.ends_on <= run.ends_on:
                found.append(Outdated("leaving", seat.officer.name))
    if any(getattr(version.plan, kind) != getattr(version.version, kind) for kind in MONEY):
        found.append(Outdated("money", ""))
    return tuple(dict.fromkeys(found))
