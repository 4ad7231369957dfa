"""Import files of records: what a file looks like, an example, a rehearsal, the import."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.faults import ReadableError
from feedback_app.services.imports import held
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.office import Choices, Imported, Kind, SheetChoiceError
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import CSV, XLSX, download
from feedback_app.web.language import gettext as _

uploads = Blueprint("uploads", __name__, url_prefix="/staf/impor")

ERRORS_SHOWN = 200  # of a file's bad cells, changes and warnings; the number of all is always told
LEAVE_OUT = "-"


@uploads.get("/<kind>")
def upload(kind: str) -> str:
    """How a file of this kind looks and where to upload it; HR sees those about trainings."""
    return render_template("uploads/upload.html", kind=_kind(kind), kinds=_kinds())


@uploads.post("/<kind>")
def take_upload(kind: str) -> tuple[str, int]:
    """Check or import the uploaded file, or the one that waits; all of it or nothing."""
    page = _outcome(_kind(kind))
    html = render_template(
        "uploads/upload.html",
        kind=_kind(kind),
        kinds=_kinds(),
        shown=ERRORS_SHOWN,
        **page.for_template(),
    )
    return html, page.status


@uploads.get("/<kind>/contoh.<ending>")
def example(kind: str, ending: str) -> Response:
    """A file of this kind to copy from."""
    content = imports.example_file(site(), _kind(kind), ending)
    types = {"csv": CSV, "xlsx": XLSX}
    if content is None:
        abort(404)
    return download(content, types[ending], f"contoh-{kind}.{ending}")


@dataclass(frozen=True, slots=True)
class _Page:
    """What became of a file: a result or a fault, and the token of a file that waits."""

    choices: Choices
    result: Imported | None = None
    fault: str = ""
    sheets: tuple[str, ...] = ()
    token: str = ""
    file_name: str = ""

    @property
    def status(self) -> int:
        if self.result and self.result.is_outdated:
            return 409
        return 200 if self.result and not self.result.errors else 422

    def for_template(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def _outcome(kind: Kind) -> _Page:
    choices, file = _choices(kind), request.files.get("file")
    token = request.form.get("held", "")
    name = (file.filename or "") if file and file.filename else request.form.get("name", "")[:200]
    content = file.read() if file else b""
    if content:
        token, choices = held.hold(site(), viewer(), content), _fresh(choices)
    elif token:
        content = held.held(site(), viewer(), token) or b""
        if not content:
            fault = _(
                "Berkas tadi hanya disimpan sepuluh menit dan sudah dihapus. Unggah lagi berkasnya."
            )
            return _Page(choices, fault=fault)
    else:
        return _Page(choices, fault=_("Pilih berkas lebih dahulu."))
    return _read(kind, content, choices, token=token, name=name)


def _read(kind: Kind, content: bytes, choices: Choices, *, token: str, name: str) -> _Page:
    try:
        result = _import(kind, content, choices)
    except SheetChoiceError as error:
        return _Page(choices, fault=_(error.text), sheets=error.names, token=token, file_name=name)
    except ReadableError as error:
        held.let_go(site(), viewer())
        return _Page(choices, fault=_(error.text), file_name=name)
    if result.is_saved or (result.errors and not result.has_open_columns):
        held.let_go(site(), viewer())
        token = ""
    return _Page(choices, result=result, token=token, file_name=name)


def _import(kind: Kind, content: bytes, choices: Choices) -> Imported:
    agency_id = viewer().agency_id
    if request.form.get("do") == "save":
        is_asked = "seen" in request.form or kind.key not in imports.KINDS_THAT_ASK
        rehearsed = None
        if not is_asked:
            rehearsed = imports.check_records(
                site(), kind, content, agency_id=agency_id, choices=choices
            )
        if rehearsed is None or not rehearsed.questions:
            return imports.import_records(
                site(),
                kind,
                content,
                agency_id=agency_id,
                by=viewer().account_id,
                choices=choices,
                shown=request.form.get("mark", ""),
            )
        return rehearsed
    return imports.check_records(site(), kind, content, agency_id=agency_id, choices=choices)


def _choices(kind: Kind) -> Choices:
    """What the person has decided on the page before."""
    columns: dict[str, int | None] = {}
    for column in kind.columns:
        told = request.form.get(f"column.{column.field}", "")
        if told == LEAVE_OUT:
            columns[column.field] = None
        elif told.isascii() and told.isdigit() and len(told) < 4:
            columns[column.field] = int(told)
    pairs = (told.rpartition("=") for told in request.form.getlist("person"))
    people = dict.fromkeys(request.form.getlist("asked"), "") | {
        key: nip for key, _sign, nip in pairs if key
    }
    greetings = (told.partition("=") for told in request.form.getlist("greeting"))
    merges = (told.partition("=") for told in request.form.getlist("merge"))
    return Choices(
        sheet=request.form.get("sheet") or None,
        columns=columns,
        empty_clears=request.form.get("empty_clears") == "1",
        merges={key: twin for key, _sign, twin in merges if key},
        people=people if "seen" in request.form else {},
        greetings={nip: sex for nip, _sign, sex in greetings if nip and sex in ("", "1", "2")},
    )


def _fresh(choices: Choices) -> Choices:
    """Of another file only what is not about its sheets and columns still holds."""
    return Choices(empty_clears=choices.empty_clears)


def _kinds() -> dict[str, Kind]:
    return imports.kinds_for(viewer().role)


def _kind(key: str) -> Kind:
    if key not in _kinds():
        abort(404)
    return _kinds()[key]
