"""What the supervisor's page of a closed survey shows."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.files.skm_report_results import ranked
from feedback_app.files.survey_facts import SurveyFacts
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.survey.closing import has_changed
from feedback_app.services.survey.facts import TooFewForms, facts_of
from feedback_app.services.survey.periods import owned
from feedback_app.storage.queries import surveys as queries


@dataclass(frozen=True, slots=True)
class ClosedSurvey:
    """A closed survey: its facts (or too few forms), the weakest elements first, what waits."""

    facts: SurveyFacts | TooFewForms
    ranked: tuple[str, ...]
    has_changed: bool


def closed_survey(
    site: Site, viewer: Viewer, survey_id: int, *, number: int | None
) -> ClosedSurvey:
    """One closed survey of the viewer's units, as revision `number` (None: the newest) has it."""
    facts = facts_of(site, viewer, survey_id, number=number)
    with site.db.read() as session:
        survey = owned(session, viewer, survey_id)
        newest = queries.revisions_of(session, [survey_id])[survey_id][-1]
        changed = has_changed(session, survey, newest)
    order = () if isinstance(facts, TooFewForms) else tuple(ranked(facts))
    return ClosedSurvey(facts, order, changed)
