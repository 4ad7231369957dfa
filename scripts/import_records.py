"""Import a file of records: the whole file, or nothing and every bad cell named.

Example: .venv/bin/python scripts/import_records.py officers petugas.xlsx --dry-run
KIND is one of: services counters officers roster visits happenings past-results trainings
attendance siasn-kursus plan-runs
CSV, XLSX, ODS, or a web page's table. A column that is absent changes nothing, and an empty cell
changes
nothing unless --empty-clears. Only columns whose titles are sure are taken: what is only guessed is
listed, and --column says what is meant.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.person_names import name_key
from feedback_app.domain.training import title_key
from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.records import Choices, Kind
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.columns import NoSuchColumnError, decided
from feedback_app.services.imports.office import Imported, NoAgencyError
from feedback_app.services.site import Site
from feedback_app.services.upkeep.wrong_files import open_office

CHANGES_SHOWN = 200
GREETINGS = {"bapak": "1", "ibu": "2"}
OPTIONS = {"person": "--person", "training": "--merge", "greeting": "--greeting"}


def main() -> int:
    """Import; exit 0 when all was well, 2 when anything was refused, 1 when it was not saved."""
    arguments = _arguments()
    try:
        site = open_office()
        result = _import(site, arguments)
    except OSError as error:
        print(f"cannot read {arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    except (SettingsError, NoAgencyError, NoSuchColumnError, FileFaultError) as error:
        print(error, file=sys.stderr)
        return 2
    except NotSavedError as error:
        print(f"not saved, try again: {error}", file=sys.stderr)
        return 1
    return _report(result, KINDS[arguments.kind])


def _import(site: Site, arguments: argparse.Namespace) -> Imported:
    agency_id = imports.only_agency(site, code=arguments.agency)
    kind, content = KINDS[arguments.kind], arguments.file.read_bytes()
    choices = Choices(
        sheet=arguments.sheet,
        columns=decided(kind, content, arguments.column, sheet=arguments.sheet),
        empty_clears=arguments.empty_clears,
        merges={title_key(told): title_key(known) for told, known in arguments.merge},
        people={name_key(name): nip.strip("-") for name, nip in arguments.person},
        greetings={nip: GREETINGS.get(word.casefold(), "") for nip, word in arguments.greeting},
    )
    if arguments.dry_run:
        return imports.check_records(site, kind, content, agency_id=agency_id, choices=choices)
    return imports.import_records(
        site, kind, content, agency_id=agency_id, by=None, choices=choices
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", metavar="KIND", choices=list(KINDS), help=" ".join(KINDS))
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV, XLSX, ODS")
    parser.add_argument("--dry-run", action="store_true", help="check only, keep nothing")
    parser.add_argument("--agency", metavar="CODE", help="needed when there is more than one")
    parser.add_argument("--sheet", metavar="NAME", help="where several hold such a table")
    parser.add_argument("--empty-clears", action="store_true", help="an empty cell clears")
    for name, pair, told in (
        ("--column", "TITLE=FIELD", "a column of the file is this field; '-' is none"),
        ("--merge", "TITLE=TITLE", "a course is the same training as another"),
        ("--person", "NAME=NIP", "who a name without NIP is; '-' is nobody here"),
        ("--greeting", "NIP=WORD", "Ibu, Bapak, or '-' for the name alone"),
    ):
        parser.add_argument(name, metavar=pair, help=told, action="append", type=_pair, default=[])
    return parser.parse_args()


def _pair(text: str) -> tuple[str, str]:
    first, sign, second = text.rpartition("=")
    if not sign or not first.strip():
        raise argparse.ArgumentTypeError("must be two words with = between")
    return first.strip(), second.strip()


def _report(result: Imported, kind: Kind) -> int:
    for note in result.notes:
        print(f"catatan: {note}", file=sys.stderr)
    for name, found in (("peringatan", result.warnings), ("salah", result.errors)):
        for cell in found:
            place = f"baris {cell.row}, kolom {cell.column}"
            print(f"{name}: {place}: {cell.value!r}: {cell.reason}", file=sys.stderr)
    _tell_guesses(result, kind)
    if result.errors:
        print(f"{len(result.errors)} sel salah; tidak ada yang disimpan", file=sys.stderr)
        return 2
    if not result.is_saved:
        _tell_changes(result)
    done = "disimpan" if result.is_saved else "uji coba, tidak ada yang disimpan"
    gone = f", {result.withdrawn} ditarik" if result.withdrawn else ""
    print(f"{result.added} baru, {result.changed} berubah, {result.same} sama{gone} ({done})")
    return 0


def _tell_guesses(result: Imported, kind: Kind) -> None:
    """What a person has to say, as the option that says it."""
    if result.matched is not None and result.has_open_columns:
        for field, place in result.matched.guesses.items():
            title = result.matched.titles[place]
            print(f"mungkin: --column {title + '=' + kind.heading(field)!r}", file=sys.stderr)
    for question in result.questions:
        pair = f"{question.told}={question.answer}"
        if question.about == "greeting":
            pair = f"{question.key}=Ibu|Bapak"
        print(f"mungkin: {OPTIONS[question.about]} {pair!r} ({question.known})", file=sys.stderr)


def _tell_changes(result: Imported) -> None:
    """Old and new, row by row; what is withdrawn has no row."""
    for change in result.changes[:CHANGES_SHOWN]:
        place = change.name if change.row is None else f"baris {change.row}: {change.name}"
        if change.what == "added" and not change.cells:
            print(f"{place}: baru")
        for cell in change.cells:
            told = (cell.heading, cell.old, cell.new)
            heading, old, new = (text if isinstance(text, str) else text[0] for text in told)
            print(f"{place}: {heading}: {old} -> {new}")
    if len(result.changes) > CHANGES_SHOWN:
        print(f"... {len(result.changes) - CHANGES_SHOWN} baris lagi")


if __name__ == "__main__":
    sys.exit(main())
