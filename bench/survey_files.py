"""Measure what a survey's closing and its files cost, beside the bare writing of the same numbers.

    .venv/bin/python bench/survey_files.py [FORMS]      (40,000 when nothing is said)

Each stage runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import xlsxwriter

from feedback_app.files.docx_writer import to_docx
from feedback_app.files.pdf_writer import to_pdf
from feedback_app.files.poster import poster_file
from feedback_app.files.skm_report import skm_report
from feedback_app.files.skm_workbook import skm_workbook
from feedback_app.services.survey.closing import pack_answers
from tests.files.test_skm_report import poster
from tests.ground.survey import facts_of_answers

STAGES = ("bare", "workbook", "docx", "pdf", "poster", "pack")


def main() -> int:
    """Run every stage, print one line each."""
    forms = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    print(f"{forms:,} complete forms; seconds, peak memory")
    for stage in STAGES:
        done = subprocess.run(
            [sys.executable, __file__, "--stage", stage, str(forms)],
            capture_output=True,
            text=True,
            check=True,
        )
        print(done.stdout.strip())
    return 0


def run(stage: str, forms: int) -> None:
    """One stage in this process."""
    rng = np.random.default_rng(1)
    answers = [
        tuple(row)
        for row in rng.choice([1, 2, 3, 4], (forms, 9), p=[0.02, 0.1, 0.5, 0.38]).tolist()
    ]
    facts = facts_of_answers(answers)
    empty = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    if stage == "bare":
        size = len(_bare(answers))
    elif stage == "workbook":
        size = len(skm_workbook(facts, answers))
    elif stage == "docx":
        size = len(to_docx(skm_report(facts)))
    elif stage == "pdf":
        size = len(to_pdf(skm_report(facts)))
    elif stage == "poster":
        size = len(poster_file(poster(), shape="a3", ending="pdf"))
    else:
        size = len(pack_answers(answers))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{stage:<10}{seconds:7.2f} s {peak:6.0f} MB (before: {empty:.0f} MB){size / 1024:10.0f} kB"
    )


def _bare(answers: list[tuple[int, ...]]) -> bytes:
    """The machine's limit: the same numbers without headings, formats or formulas."""
    content = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder}
        with xlsxwriter.Workbook(content, options) as book:
            page = book.add_worksheet()
            for place, row in enumerate(answers):
                for column, value in enumerate((place, *row)):
                    page.write_number(place, column, value)
    return content.getvalue()


if __name__ == "__main__":
    if "--stage" in sys.argv:
        run(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main())
