"""Import files of records: what a file looks like, an example, a rehearsal, the import."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.roles import Role
from feedback_app.services import imports
from feedback_app.services.imports import KINDS, FileFaultError, Imported, Kind
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import CSV, XLSX, download
from feedback_app.web.language import gettext as _

uploads = Blueprint("uploads", __name__, url_prefix="/staf/impor")

ERRORS_SHOWN = 200  # of a file's bad cells; the number of all is always told
TRAINING_FILES = frozenset({"trainings", "attendance", "siasn-kursus"})


@uploads.get("/<kind>")
def upload(kind: str) -> str:
    """How a file of this kind looks, examples, and where to upload it."""
    return render_template("uploads/upload.html", kind=_kind(kind), kinds=_kinds())


@uploads.post("/<kind>")
def take_upload(kind: str) -> tuple[str, int]:
    """Check or import the uploaded file; all of it or nothing."""
    chosen, file = _kind(kind), request.files.get("file")
    content = file.read() if file else b""
    result: Imported | None = None
    fault = ""
    if not content:
        fault = _("Pilih berkas CSV atau XLSX lebih dahulu.")
    else:
        try:
            result = _import(chosen, content)
        except FileFaultError as error:
            fault = _(str(error))
    page = render_template(
        "uploads/upload.html",
        kind=chosen,
        kinds=_kinds(),
        result=result,
        fault=fault,
        file_name=(file.filename or "") if file else "",
        shown=ERRORS_SHOWN,
    )
    return page, 200 if result and not result.errors else 422


@uploads.get("/<kind>/contoh.<ending>")
def example(kind: str, ending: str) -> Response:
    """A file to copy from."""
    chosen = _kind(kind)
    if ending == "csv":
        return download(imports.example_csv(chosen), CSV, f"contoh-{kind}.csv")
    if ending == "xlsx":
        return download(imports.example_xlsx(chosen), XLSX, f"contoh-{kind}.xlsx")
    return abort(404)


def _kinds() -> dict[str, Kind]:
    """What the viewer may import: the admin everything, HR what is about trainings."""
    if viewer().role == Role.ADMIN:
        return KINDS
    return {key: kind for key, kind in KINDS.items() if key in TRAINING_FILES}


def _kind(key: str) -> Kind:
    if key not in _kinds():
        abort(404)
    return KINDS[key]


def _import(kind: Kind, content: bytes) -> Imported:
    agency_id = viewer().agency_id
    if request.form.get("do") == "save":
        return imports.import_records(
            site(), kind, content, agency_id=agency_id, by=viewer().account_id
        )
    return imports.check_records(site(), kind, content, agency_id=agency_id)
