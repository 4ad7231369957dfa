"""What officers' present and next posts ask for, as HR entered or imported it."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.queries import counters
from feedback_app.storage.queries import needs as queries


@dataclass(frozen=True, slots=True)
class CompetenceLine:
    """One competence of an officer's post; `missing` steps, None where it was not assessed."""

    officer_id: int
    name: str
    post: str
    title: str
    competence: str
    needed: int
    held: int | None

    @property
    def missing(self) -> int | None:
        """Steps of five that are missing; 0 where the post's level is met."""
        return None if self.held is None else max(self.needed - self.held, 0)


def competences(site: Site, viewer: Viewer, *, post: str, text: str) -> list[CompetenceLine]:
    """Competences of a post ('' for both) whose officer, post or name holds the text, by officer.

    By name, never by how much is missing: it is no ranking.
    """
    with site.db.read() as session:
        rows = queries.competences_of_persons(session, agency_id=viewer.agency_id)
        names = counters.officers_named(session, {person for person, _row in rows})
    wanted = text.strip().casefold()
    lines = [
        CompetenceLine(
            officer_id=person,
            name=names[person],
            post=row.post,
            title=row.title,
            competence=row.competence,
            needed=row.needed,
            held=row.held,
        )
        for person, row in rows
        if not post or row.post == post
    ]
    found = [
        line for line in lines if wanted in f"{line.name} {line.title} {line.competence}".casefold()
    ]
    return sorted(found, key=lambda line: line.name)
