"""A new batch as a file, in the request that made it: nobody can print it again later."""

from __future__ import annotations

from datetime import timedelta

from feedback_app.domain.visit_codes import LIFETIME, grouped
from feedback_app.files.code_sheets import SheetTexts, Slip, code_sheets_pdf
from feedback_app.files.exports import Sheet, to_csv
from feedback_app.files.indonesian import long_date
from feedback_app.services.codes.batches import Made
from feedback_app.services.codes.making import code_address
from feedback_app.services.site import Site

ONE_DAY = timedelta(days=1)


def batch_pdf(site: Site, made: Made) -> bytes:
    """Sheets to cut."""
    slips = [Slip(code_address(site, code), grouped(code.typed)) for code in made.codes]
    texts = SheetTexts(
        agency=made.agency,
        unit=made.target.unit,
        service=made.target.service or "Semua layanan",
        day=long_date(made.order.valid_on),
        until=long_date(made.order.valid_on + LIFETIME - ONE_DAY).rsplit(" ", 1)[0],
        domain=site.settings.base_url.split("://")[1],
        is_demo=made.is_demo,
    )
    return site.documents.run(code_sheets_pdf, slips, texts)


def batch_csv(site: Site, made: Made) -> bytes:
    """For a machine that prints tickets already: one code a row."""
    rows = tuple((code_address(site, code), grouped(code.typed)) for code in made.codes)
    return to_csv(Sheet("Kode", ("alamat", "kode"), rows))
