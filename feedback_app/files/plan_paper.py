"""A plan's document; what makes it is loaded in the process that makes one."""

from __future__ import annotations

from feedback_app.files.plan_table import PlanPaper, plan_document


def plan_docx(paper: PlanPaper) -> bytes:
    """The plan to sign, as DOCX."""
    from feedback_app.files.docx_writer import to_docx

    return to_docx(plan_document(paper))
