"""An officer's needs: read before HR decides, contradicted, answered, proposed by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.needs import voices
from feedback_app.services.needs.helped import Helped, trainings_for
from feedback_app.services.needs.lines import NeedLine, lines_of
from feedback_app.services.needs.page import newest_of_roles
from feedback_app.services.needs.runs import look_once_a_quarter
from feedback_app.services.needs.voices import Proposal
from feedback_app.services.officer.signed_in import own_officer
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedAnswer, NeedReply, NeedRow, OfficerCompetence
from feedback_app.storage.queries import joins, trainings
from feedback_app.storage.queries import needs as queries


@dataclass(frozen=True, slots=True)
class OwnNeeds:
    """What stands about an officer on the own page: needs of the newest run, own proposals."""

    needs: tuple[NeedLine, ...]
    proposals: tuple[NeedLine, ...]

    @property
    def by_state(self) -> Mapping[str, Sequence[NeedLine]]:
        """Needs by what stands of them: new, ask, replied, or how HR decided."""
        found: dict[str, list[NeedLine]] = {}
        for line in self.needs:
            found.setdefault(_state(line), []).append(line)
        return found

    @property
    def wants_training(self) -> bool:
        """Whether a need stands that a plan may answer: HR has not decided otherwise."""
        return any(
            line.nature == "training" and _state(line) in ("new", "replied", "plan")
            for line in self.needs
        )


def _state(line: NeedLine) -> str:
    if line.decision is not None:
        return line.decision.kind
    if line.reply is not None:
        return "replied"
    return "ask" if line.nature == "ask" else "new"


@dataclass(frozen=True, slots=True)
class OwnNeed:
    """One need about the viewer, with own words and what might help."""

    line: NeedLine
    replies: tuple[NeedReply, ...]
    answer: NeedAnswer | None
    helped: tuple[Helped, ...]


def own_needs(site: Site, viewer: Viewer) -> OwnNeeds:
    """What stands about the viewer; that they read it is kept, as decisions wait for it."""
    look_once_a_quarter(site, viewer.agency_id)
    with site.db.read() as session:
        officer = own_officer(session, viewer)
        rows = _current(session, viewer, joins.rows_of(session, officer.id))
        unread = any(row.officer_saw_on is None for row in rows)
    if unread:
        with site.db.transaction() as tx:
            for row in _current(tx, viewer, joins.rows_of(tx, officer.id)):
                row.officer_saw_on = row.officer_saw_on or site.today()
    with site.db.read() as session:
        ids = joins.rows_of(session, officer.id)
        return OwnNeeds(
            needs=tuple(lines_of(session, viewer.agency_id, _current(session, viewer, ids))),
            proposals=_proposals(session, viewer, ids),
        )


def own_proposals(site: Site, viewer: Viewer) -> tuple[NeedLine, ...]:
    """What the viewer proposed, and how it was decided."""
    with site.db.read() as session:
        return _proposals(session, viewer, joins.rows_of(session, own_officer(session, viewer).id))


def _proposals(session: Session, viewer: Viewer, ids: Sequence[int]) -> tuple[NeedLine, ...]:
    found = queries.needs_of_officer(session, ids)
    mine = [row for row in found if row.proposed_by == viewer.account_id]
    return tuple(lines_of(session, viewer.agency_id, mine))


def own_competences(site: Site, viewer: Viewer) -> tuple[OfficerCompetence, ...]:
    """What the viewer's present and next post ask for."""
    with site.db.read() as session:
        ids = joins.rows_of(session, own_officer(session, viewer).id)
        found = queries.competences_of_persons(session, agency_id=viewer.agency_id, officer_ids=ids)
        return tuple(row for _person, row in found)


def _current(session: Session, viewer: Viewer, officer_ids: Sequence[int]) -> list[NeedRow]:
    """Needs that the newest run found, and what a supervisor proposed about the officer."""
    run = queries.newest_run(session, agency_id=viewer.agency_id, state="done")
    return [
        row
        for row in queries.needs_of_officer(session, officer_ids)
        if (row.voice == "supervisor" or (run is not None and row.run_id == run.id))
    ]


def own_need(site: Site, viewer: Viewer, need_id: int) -> OwnNeed:
    """One need about the viewer; NotThereError for anybody else's."""
    with site.db.read() as session:
        row = _own(session, viewer, need_id)
        line = lines_of(session, viewer.agency_id, [row])[0]
        replies = queries.replies_of(session, [need_id]).get(need_id, [])
        answers = newest_of_roles(queries.answers_of(session, [need_id]).get(need_id, []))
    return OwnNeed(
        line=line,
        replies=tuple(replies),
        answer=next((one for one in answers if one.role == viewer.role), None),
        helped=trainings_for(site, viewer).get(line.item, ()),
    )


def _own(session: Session, viewer: Viewer, need_id: int) -> NeedRow:
    officer = own_officer(session, viewer)
    ids = joins.rows_of(session, officer.id)
    for row in queries.needs_of_officer(session, ids):
        if row.id == need_id:
            return row
    raise NotThereError


def contradict(site: Site, viewer: Viewer, need_id: int, text: str) -> None:
    """Keep the officer's words; they stand beside the need wherever HR reads it."""
    with site.db.transaction() as tx:
        voices.contradict(tx, site, viewer, _own(tx, viewer, need_id), text)


def answer(
    site: Site, viewer: Viewer, need_id: int, answers: Mapping[str, str], words: str
) -> None:
    """Answer the five questions about oneself."""
    with site.db.transaction() as tx:
        voices.answer_questions(tx, site, viewer, _own(tx, viewer, need_id), answers, words)


def catalogue_of(site: Site, viewer: Viewer) -> list[tuple[str, str]]:
    """(code, title) of trainings that may be proposed."""
    with site.db.read() as session:
        rows = trainings.catalogue(session, agency_id=viewer.agency_id)
    return [(row.code, row.title) for row in rows]


def propose(site: Site, viewer: Viewer, *, item: str, words: str, training: str) -> int:
    """Propose a training for oneself."""
    with site.db.transaction() as tx:
        officer = own_officer(tx, viewer)
        told = Proposal("officer", officer.id, officer.unit_id, item, "training", words, training)
        return voices.propose(tx, site, viewer, told)
