"""Measure impact for the analyst: from the database or from files, one training or all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from feedback_app.domain.texts import LANGUAGES, Text, filled
from feedback_app.files import panel_files
from feedback_app.files.cells import CellError
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.tables import AnalystFileError
from feedback_app.impact.events import Event
from feedback_app.impact.frames import aims_from_frame, events_from_frame, panel_from_frame
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.panel import Panel
from feedback_app.impact.results import Aim, Measured, Plan
from feedback_app.services.impact import panel as score_panel
from feedback_app.services.impact.files import About, months_words
from feedback_app.services.impact.panel import first_day
from feedback_app.services.imports import office as imports
from feedback_app.services.site import Site
from feedback_app.storage.queries import agencies, trainings

__all__ = ["DRAWS", "SEED", "Plan", "Source", "about", "from_files", "from_site", "measure"]

DRAWS, SEED = Plan().draws, Plan().seed
FAULTS_TOLD = 50


class BadFileError(ValueError):
    """A file holds bad cells; `lines` names each by row and column."""

    def __init__(self, path: Path, errors: Sequence[CellError]) -> None:
        """Tell the first faults one a line, and how many there are in all."""
        super().__init__(str(path))
        self.lines = [
            f"{path}: row {e.row}, column {e.column}: {e.value!r}: {e.reason}"
            for e in errors[:FAULTS_TOLD]
        ]
        if len(errors) > FAULTS_TOLD:
            self.lines.append(f"{path}: {len(errors) - FAULTS_TOLD} more bad cells")


class UnreadableError(ValueError):
    """A file is no table; `text` says why, in the words that the office's imports use."""

    def __init__(self, path: Path, text: Text) -> None:
        """Keep the file and the reason apart."""
        super().__init__(f"{path}: {text}")
        self.path, self.text = path, text


class NoSuchTrainingError(ValueError):
    """There is no attendance of this training."""


@dataclass(frozen=True, slots=True)
class Source:
    """A panel with its events, and where they came from."""

    panel: Panel
    events: tuple[Event, ...]
    aims: Mapping[str, Aim]
    titles: Mapping[str, str]
    name: str
    fingerprint: str
    is_demo: bool
    notes: tuple[tuple[Path, Text], ...] = ()  # what the reading of files passed over


def from_files(panel_path: Path, events_path: Path) -> Source:
    """Read an analyst's panel and events; BadFileError names every bad cell."""
    panel = read_named(panel_path, panel_files.read_panel)
    if panel.errors:
        raise BadFileError(panel_path, panel.errors)
    officers = frozenset(panel.frame["officer"])
    read_events = partial(panel_files.read_events, officers=officers)
    events = read_named(events_path, read_events)
    if events.errors:
        raise BadFileError(events_path, events.errors)
    return Source(
        panel=panel_from_frame(panel.frame),
        events=tuple(events_from_frame(events.frame)),
        aims=aims_from_frame(events.frame),
        titles={},
        name=f"{panel_path.name}, {events_path.name}",
        fingerprint="",
        is_demo=False,
        notes=tuple(
            (path, note)
            for path, checked in ((panel_path, panel), (events_path, events))
            for note in checked.notes
        ),
    )


def read_named(path: Path, read: Callable[[Path], panel_files.Checked]) -> panel_files.Checked:
    """Read a file of an analyst; what is wrong with it as a whole names the file."""
    try:
        return read(path)
    except AnalystFileError as fault:
        raise AnalystFileError(f"{path}: {fault}") from None
    except FileFaultError as fault:
        raise UnreadableError(path, fault.text) from None


def from_site(site: Site, *, agency: str | None) -> Source:
    """The scores and attendances of one agency."""
    agency_id = imports.only_agency(site, code=agency)
    linked = score_panel.link(site, agency_id=agency_id)
    with site.db.read() as session:
        known = next(row for row in agencies.agencies(session) if row.id == agency_id)
        titles = {row.code: row.title for row in trainings.catalogue(session, agency_id=agency_id)}
    return Source(
        panel=linked.panel,
        events=linked.events,
        aims=linked.aims,
        titles=titles,
        name=known.name,
        fingerprint=linked.fingerprint,
        is_demo=known.is_demo,
    )


def measure(
    source: Source,
    *,
    training: str | None,
    plan: Plan,
    progress: Callable[[Sequence[str]], Iterable[str]],
) -> Measured:
    """Measure every training, or one; the others then still count as what overlaps with it."""
    codes = {event.training for event in source.events}
    if training is not None and training not in codes:
        known = ", ".join(sorted(codes)) or "none"
        raise NoSuchTrainingError(f"no attendance of training {training!r}; known: {known}")
    only = None if training is None else frozenset({training})
    return measure_impact(
        source.panel, source.events, plan, only=only, aims=source.aims, progress=progress
    )


def about(source: Source, *, language: str, plan: Plan) -> About:
    """What the report says of its own making."""
    panel = source.panel
    first, last = first_day(panel.first_month), first_day(panel.last_month)
    months = months_words(first, last, language=language)
    words = filled(
        ("%(name)s · %(months)s · %(n)s petugas", "%(name)s · %(months)s · %(n)s officers"),
        name=source.name,
        months=months,
        n=len(panel.officers),
    )
    return About(
        language=language,
        source=words[LANGUAGES.index(language)],
        titles=source.titles,
        draws=plan.draws,
        seed=plan.seed,
        fingerprint=source.fingerprint,
        is_demo=source.is_demo,
    )
