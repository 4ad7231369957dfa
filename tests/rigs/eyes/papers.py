"""What is printed: card, tickets, the form on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2

from feedback_app.services.codes.printing import batch_pdf
from feedback_app.services.office.cards import cards_pdf
from feedback_app.services.paper import batches
from tests.rigs.eyes.office import Office

WIDTH = 900  # pixels


def pictures(pdf: bytes, *, pages: int) -> Iterator[bytes]:
    """The first pages of a PDF, each as PNG."""
    document = pypdfium2.PdfDocument(pdf)
    for number in range(min(pages, len(document))):
        page, picture = document[number], io.BytesIO()
        page.render(scale=WIDTH / page.get_width()).to_pil().save(picture, "PNG", optimize=True)
        yield picture.getvalue()


def papers(office: Office) -> Iterator[tuple[str, bytes]]:
    """Name and picture of each printed page."""
    site, admin = office.site, office.admin()
    offer = batches.offers(site, admin)[0]
    wanted = batches.Wanted(offer.unit_id, offer.services[0][0], None, 2)
    made = batches.make_batch(site, admin, wanted)
    sheets = {
        "paper-card": (cards_pdf(site, counter_code="L6"), 2),
        "paper-tickets": (batch_pdf(site, office.tickets(24, service="ktp")), 1),
        "paper-form": (batches.forms_pdf(site, admin, made)[1], 2),
    }
    for name, (pdf, pages) in sheets.items():
        for number, picture in enumerate(pictures(pdf, pages=pages), start=1):
            yield f"{name}-{number}", picture
