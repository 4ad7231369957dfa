"""What is unsafe or neglected in a deployment, as an operator reads it at a terminal, in English.

The same list stands on the admin's page Kesehatan (`health.py`); here also what costs more: every
page of the database's file, and on request every rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from feedback_app.config import Settings, locations
from feedback_app.domain.health import LEVELS, Check, Level, Said
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep import closed_files, schema
from feedback_app.services.upkeep import health as list_of_checks
from feedback_app.services.upkeep.machine_checks import disk, rights
from feedback_app.services.upkeep.wrong_files import faults_of, say_what_is_read
from feedback_app.storage.health import health_of
from feedback_app.version import VERSION


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: how it is, what was found, what to do ('' when nothing)."""

    level: Level
    what: str
    found: str
    advice: str = ""


def examine_office(*, deep: bool) -> list[Sign]:
    """Look at the office of this environment, and make, mend or change nothing.

    Files that do not belong together are told, and then all that can be looked at without them.
    """
    say_what_is_read()
    where = locations()
    faults = faults_of(where)
    are_open = bool(closed_files.open_keys(where))  # settings refuse them; a start closes them
    if not faults and not are_open:
        return examine(open_site(Settings.from_environment()), deep=deep)
    signs = [Sign("ok", "version", VERSION)]
    for fault in faults:
        said = ". ".join(words.rstrip(".") for words in fault.words)
        is_schema = fault.kind in ("not_set_up", "older_schema", "newer_schema")
        signs.append(Sign("bad", "schema" if is_schema else "files", said))
    return [*signs, *map(_sign, [*disk(where), *rights(where)])]


def examine(site: Site, *, deep: bool) -> list[Sign]:
    """Look at everything; `deep` also recounts every rating."""
    found = list_of_checks.look_at(_looks(site, deep=deep))
    return [Sign("ok", "version", VERSION), *map(_sign, found)]


def _looks(site: Site, *, deep: bool) -> Iterator[list_of_checks.Look]:
    """One after another: what all offices' looks are is asked of a database that answered."""
    yield from list_of_checks.machine_looks(site, health_of, None)
    yield from list_of_checks.whole_looks(site)
    yield from list_of_checks.looks_of_all_agencies(site)
    if deep:
        yield "tallies", lambda: _tallies(site)


def _sign(check: Check) -> Sign:
    found, advice = (
        said.in_language("en", written=_written) for said in (check.found, check.advice)
    )
    return Sign(check.level, check.what, found, advice)


def _written(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value


def _tallies(site: Site) -> Iterable[Check]:
    if not schema.is_ready(site):
        return
    differences = schema.tally_differences(site)
    if differences:
        said = ("%(n)s baris berbeda dari hitungan ulang.", "%(n)s rows differ from a recount")
        rebuild = (
            "Jalankan scripts/rebuild_tallies.py, dan beri tahu pembuatnya.",
            "scripts/rebuild_tallies.py, and tell the developers",
        )
        yield Check("bad", "tallies", Said(said, n=differences), Said(rebuild))
    else:
        yield Check("ok", "tallies", Said(("Sama dengan hitungan ulang.", "equal a recount")))


def worst(signs: list[Sign]) -> Level:
    """The worst of all."""
    levels = {sign.level for sign in signs}
    return next((level for level in LEVELS if level in levels), "ok")
