"""How everybody of a run was chosen, said at once: many files do not tell it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from feedback_app.domain.training import REASONS
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.services.trainings.catalogue import Attendee, runs_of
from feedback_app.storage.models import Training, TrainingRun
from feedback_app.storage.queries import trainings as queries


@dataclass(frozen=True, slots=True)
class RunAttendees:
    """A run with its training and everybody who came."""

    training: Training
    run: TrainingRun
    attendees: tuple[Attendee, ...]


def attendees_of_run(site: Site, viewer: Viewer, run_id: int) -> RunAttendees:
    """One run of the viewer's agency; NotThereError for any other."""
    with site.db.read() as session:
        run = queries.run_of_agency(session, run_id, agency_id=viewer.agency_id)
        if run is None:
            raise NotThereError
        code = queries.code_of_training(session, run.training_id)
    training, runs = runs_of(site, viewer, code)
    return RunAttendees(
        training, run, next(view.attendees for view in runs if view.run.id == run_id)
    )


def set_reasons(
    site: Site, viewer: Viewer, run_id: int, *, chosen: Collection[int], reason: str
) -> int:
    """Say how these attendees of a run were chosen; return how many changed."""
    if reason not in REASONS:
        raise FieldFaultError("reason", "Pilih satu cara pemilihan.")
    own = {one.attendance_id for one in attendees_of_run(site, viewer, run_id).attendees}
    if not chosen or not set(chosen) <= own:
        raise FieldFaultError("chosen", "Pilih sedikitnya satu peserta dari daftar.")
    with site.db.transaction() as tx:
        changed = queries.set_reasons(tx, chosen, reason)
        log_act(tx, site, viewer, "set_reasons", str(run_id), {"reason": reason, "rows": changed})
    return changed
