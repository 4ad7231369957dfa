"""Import files of records: what a file looks like, an example, a rehearsal, the import."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.faults import ReadableError
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.office import Imported, Kind
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import CSV, XLSX, download
from feedback_app.web.language import gettext as _

uploads = Blueprint("uploads", __name__, url_prefix="/staf/impor")

ERRORS_SHOWN = 200  # of a file's bad cells; the number of all is always told


@uploads.get("/<kind>")
def upload(kind: str) -> str:
    """How a file of this kind looks and where to upload it; HR sees those about trainings."""
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
        except ReadableError as error:
            fault = _(error.text)
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
    """A file of this kind to copy from."""
    content = imports.example_file(site(), _kind(kind), ending)
    types = {"csv": CSV, "xlsx": XLSX}
    if content is None:
        abort(404)
    return download(content, types[ending], f"contoh-{kind}.{ending}")


def _kinds() -> dict[str, Kind]:
    return imports.kinds_for(viewer().role)


def _kind(key: str) -> Kind:
    if key not in _kinds():
        abort(404)
    return _kinds()[key]


def _import(kind: Kind, content: bytes) -> Imported:
    agency_id = viewer().agency_id
    if request.form.get("do") == "save":
        return imports.import_records(
            site(), kind, content, agency_id=agency_id, by=viewer().account_id
        )
    return imports.check_records(site(), kind, content, agency_id=agency_id)
