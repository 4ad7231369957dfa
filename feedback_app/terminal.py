"""What an analyst's script says and returns: results on stdout, one line a fault on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from feedback_app.config import SettingsError
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.texts import Text
from feedback_app.files import result_rows
from feedback_app.files.result_rows import Row
from feedback_app.files.tables import AnalystFileError
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.impact.linked_table import PurposeNeededError
from feedback_app.services.impact.measurement import (
    BadFileError,
    NoSuchTrainingError,
    UnreadableError,
)
from feedback_app.services.imports.office import NoAgencyError
from feedback_app.web.language import in_english


def exit_code(work: Callable[[], None]) -> int:
    """0 when it was done, 2 when something given cannot be used, 1 when the database is away."""
    try:
        work()
    except BadFileError as error:
        return _said(2, "\n".join(error.lines))
    except UnreadableError as error:
        return _said(2, f"{error.path}: {in_english(error.text)}")
    except OSError as error:
        return _said(2, f"{error.filename}: {error.strerror}")
    except (
        SettingsError,
        NoAgencyError,
        NoDataError,
        NoSuchTrainingError,
        AnalystFileError,
        PurposeNeededError,
    ) as error:
        return _said(2, str(error))
    except NotSavedError as error:
        return _said(1, f"the database does not answer, try again: {error}")
    return 0


def tell_notes(notes: Iterable[tuple[Path, Text]]) -> None:
    """What was passed over in a file, on stderr."""
    for path, note in notes:
        print(f"{path}: {in_english(note)}", file=sys.stderr)


def give_out(rows: list[Row], names: tuple[str, ...], *, ending: str, out: Path | None) -> None:
    """Print the rows as 'json' or 'csv', or write them to a file."""
    text = result_rows.as_json(rows) if ending == "json" else result_rows.as_csv(rows, names)
    if out is None:
        sys.stdout.write(text)
    else:
        result_rows.write(out, text)
        print(f"{out}: {len(rows)} rows", file=sys.stderr)


def _said(code: int, text: str) -> int:
    print(text, file=sys.stderr)
    return code
