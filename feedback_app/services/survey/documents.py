"""The files a closed survey owes: workbook and report."""

from __future__ import annotations

from feedback_app.files.survey_files import survey_report, survey_workbook
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NothingToShowError
from feedback_app.services.site import Site
from feedback_app.services.survey.closing import unpack_answers
from feedback_app.services.survey.facts import TooFewForms, facts_of, revision_of
from feedback_app.services.survey.periods import owned
from feedback_app.storage.queries import surveys as queries

REPORT_ENDINGS = ("docx", "pdf")


def workbook(site: Site, viewer: Viewer, survey_id: int, *, number: int | None) -> bytes:
    """The "olah data" workbook; every look at single answers is written down."""
    facts = facts_of(site, viewer, survey_id, number=number)
    if isinstance(facts, TooFewForms):
        raise NothingToShowError(facts.n)
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id)
        packed = queries.answers_of_revision(tx, revision_of(tx, survey, number).id)
        log_act(tx, site, viewer, "download_workbook", str(survey_id), {"number": facts.revision})
    return site.documents.run(survey_workbook, facts, unpack_answers(packed))


def report(site: Site, viewer: Viewer, survey_id: int, *, number: int | None, ending: str) -> bytes:
    """The report as DOCX or PDF."""
    facts = facts_of(site, viewer, survey_id, number=number)
    if isinstance(facts, TooFewForms):
        raise NothingToShowError(facts.n)
    return site.documents.run(survey_report, facts, ending=ending)
