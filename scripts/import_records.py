"""Import a file of records (CSV or XLSX): the whole file, or nothing and every bad cell named.

Example: .venv/bin/python scripts/import_records.py officers petugas.xlsx --dry-run
KIND is one of: services counters officers roster visits past-results trainings
attendance siasn-kursus
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.files.kinds import KINDS
from feedback_app.files.tables import FileFaultError
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.office import Imported, NoAgencyError
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Import; exit 0 when all was well, 2 when anything was refused, 1 when it was not saved."""
    arguments = _arguments()
    try:
        site = open_office()
        agency_id = imports.only_agency(site, code=arguments.agency)
        content = arguments.file.read_bytes()
        kind = KINDS[arguments.kind]
        if arguments.dry_run:
            result = imports.check_records(site, kind, content, agency_id=agency_id)
        else:
            result = imports.import_records(site, kind, content, agency_id=agency_id, by=None)
    except OSError as error:
        print(f"cannot read {arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    except (SettingsError, NoAgencyError, FileFaultError) as error:
        print(error, file=sys.stderr)
        return 2
    except NotSavedError as error:
        print(f"not saved, try again: {error}", file=sys.stderr)
        return 1
    return _report(result)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", metavar="KIND", choices=list(KINDS), help=" ".join(KINDS))
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV or XLSX")
    parser.add_argument("--dry-run", action="store_true", help="check only, keep nothing")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    return parser.parse_args()


def _report(result: Imported) -> int:
    for name, found in (("peringatan", result.warnings), ("salah", result.errors)):
        for cell in found:
            place = f"baris {cell.row}, kolom {cell.column}"
            print(f"{name}: {place}: {cell.value!r}: {cell.reason}", file=sys.stderr)
    for line in result.differences:
        print("\t".join((line.what[0], line.where, line.old or "-", line.new or "-")))
    if result.errors:
        print(f"{len(result.errors)} sel salah; tidak ada yang disimpan", file=sys.stderr)
        return 2
    done = "disimpan" if result.is_saved else "uji coba, tidak ada yang disimpan"
    gone = f", {result.withdrawn} ditarik" if result.withdrawn else ""
    print(f"{result.added} baru, {result.changed} berubah, {result.same} sama{gone} ({done})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
