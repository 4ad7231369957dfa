"""A closed survey's files; what makes each is loaded in the process that makes one."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_app.files.survey_facts import SurveyFacts


def survey_workbook(facts: SurveyFacts, answers: Sequence[Sequence[int]]) -> bytes:
    """The "olah data" workbook."""
    from feedback_app.files.skm_workbook import skm_workbook

    return skm_workbook(facts, answers)


def survey_report(facts: SurveyFacts, *, ending: str) -> bytes:
    """The report as DOCX or PDF."""
    from feedback_app.files.skm_report import skm_report

    if ending == "pdf":
        from feedback_app.files.pdf_writer import to_pdf

        return to_pdf(skm_report(facts))
    from feedback_app.files.docx_writer import to_docx

    return to_docx(skm_report(facts))
