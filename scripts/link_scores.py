"""Write the linked table: officer x month x element with scores and trainings so far.

Example: .venv/bin/python scripts/link_scores.py --out nilai.csv --from 2026-01 --to 2026-06
CSV or Parquet by the ending; a codebook is written beside it. Officers are pseudonyms that stay
the same; --named gives names for a purpose that is stated and logged.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.files.tables import AnalystFileError
from feedback_app.services.impact import linked_table
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.impact.panel import BadMonthError, month_given
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.office import NoAgencyError
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Write the table; exit 2 with one line when it cannot be."""
    arguments = _arguments()
    try:
        if arguments.named and arguments.purpose is None:
            raise linked_table.PurposeNeededError("--named needs --purpose; it is logged")
        if arguments.purpose is not None and not arguments.named:
            raise linked_table.PurposeNeededError("--purpose is for --named")
        site = open_office()
        done = linked_table.export_linked(
            site,
            arguments.out,
            agency_id=imports.only_agency(site, code=arguments.agency),
            first_month=month_given(arguments.first),
            last_month=month_given(arguments.last),
            purpose=arguments.purpose,
        )
    except OSError as error:
        print(f"cannot write {arguments.out}: {error.strerror}", file=sys.stderr)
        return 2
    except (
        SettingsError,
        NoAgencyError,
        NoDataError,
        BadMonthError,
        AnalystFileError,
        linked_table.PurposeNeededError,
    ) as error:
        print(error, file=sys.stderr)
        return 2
    except NotSavedError as error:
        print(f"the database does not answer, try again: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.out}: {done.rows} rows, {done.officers} officers; codebook {done.codebook}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=".csv or .parquet")
    parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month")
    parser.add_argument("--named", action="store_true", help="names instead of pseudonyms")
    parser.add_argument("--purpose", metavar="TEXT", help="why names are needed; logged")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
