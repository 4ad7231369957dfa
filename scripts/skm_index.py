"""Compute the SKM index of a CSV, XLSX or ODS: one respondent a row, a column an element.

Example: .venv/bin/python scripts/skm_index.py jawaban.csv --weight 1/9
Columns are known by key (persyaratan), by U1 to U9 or by official name.
Forms with an open answer are left out (SKM counts complete forms) and told as "partial".
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.domain.skm import WEIGHTS, Index, TooFew, skm_index
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.skm_csv import SkmAnswers, read_skm_answers
from feedback_app.web.language import in_english


def main() -> int:
    """Print the index as JSON; exit 2 with one line per bad cell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--sheet", metavar="NAME", help="where several hold such a table")
    parser.add_argument("--weight", choices=list(WEIGHTS), default="1/9")
    arguments = parser.parse_args()
    try:
        answers = read_skm_answers(arguments.file.read_bytes(), sheet=arguments.sheet)
    except OSError as error:
        print(f"cannot read {arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    except FileFaultError as error:
        print(f"{arguments.file}: {error} / {in_english(error.text)}", file=sys.stderr)
        return 2
    for note in answers.notes:
        print(f"{arguments.file}: {note} / {in_english(note)}", file=sys.stderr)
    for cell in answers.errors:
        place = f"baris/row {cell.row}, kolom/column {cell.column}"
        print(f"{place}: {cell.value!r}: {cell.reason}", file=sys.stderr)
    if answers.errors:
        return 2
    index = skm_index(answers.counts, weight=WEIGHTS[arguments.weight], at_least=1)
    if isinstance(index, TooFew):
        print("tidak ada formulir lengkap / no complete form", file=sys.stderr)
        return 2
    print(json.dumps(_as_json(index, answers)))
    return 0


def _as_json(index: Index, answers: SkmAnswers) -> dict[str, object]:
    return {
        "n": index.n,
        "nrr": {key: float(value) for key, value in index.nrr.items()},
        "ikm": float(index.ikm),
        "mutu": index.mutu,
        "kinerja": index.kinerja,
        "partial": answers.partial,
    }


if __name__ == "__main__":
    sys.exit(main())
