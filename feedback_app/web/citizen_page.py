"""The form's page: rendered once per place and language, compressed once, token spliced in.

The token stands near the end. What is before and after it is deflated once; between them the
token goes as a stored block, so a request costs two checksums instead of a rendering. A token has
always the same length, so what is after it refers back to what is before it all the same.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from flask import Response, render_template, request
from markupsafe import Markup
from wtforms import Field

from feedback_app.config import ROOT
from feedback_app.domain.causes import OF_ELEMENT, VISIT_FACTS
from feedback_app.domain.elements import ALL_KEYS, FORM_ORDER, OFFICER_KEYS, element
from feedback_app.domain.form_words import DIFFERS, HELP, parts
from feedback_app.domain.respondent import BANDS, VISIT_PURPOSE
from feedback_app.services.cache import Memory
from feedback_app.services.citizen.place import Place
from feedback_app.web.citizen_form import CitizenForm, clean_text
from feedback_app.web.language import language

PLACE_OF_TOKEN = "@" * 48  # a mark in the page, as long as a token (domain/codes.py)
# Counters x languages in memory, 7 kB each: of a province's 1,600 counters in two languages none is
# drawn twice (a drawing takes 15 ms).
KEPT_PAGES = 4096
Look = Literal["phone", "kiosk"]
WINDOW = 32768  # as far back as deflate refers
_PAGES = Memory(KEPT_PAGES)
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page without its token, deflated; the tail, which is short, also plain."""

    tail: bytes
    head_deflated: bytes
    tail_deflated: bytes
    head_checksum: int
    head_size: int

    @property
    def head(self) -> bytes:
        """Plain, for the few that take nothing else."""
        return zlib.decompressobj(-15).decompress(self.head_deflated)

    def with_token(self, token: str) -> bytes:
        """The whole page."""
        return self.head + token.encode() + self.tail

    def compressed_with(self, token: str) -> bytes:
        """The whole page as gzip."""
        middle = token.encode()
        stored = struct.pack("<HH", len(middle), len(middle) ^ 0xFFFF) + middle
        checksum = zlib.crc32(self.tail, zlib.crc32(middle, self.head_checksum))
        size = self.head_size + len(middle) + len(self.tail)
        body = GZIP_HEADER + self.head_deflated + stored + self.tail_deflated
        return body + struct.pack("<LL", checksum, size)


@cache
def style() -> Markup:
    """The form's own small sheet, folded and inlined so that one response is the whole page."""
    return _folded("form.css", "form_steps.css")


@cache
def whole_style() -> Markup:
    """The same and, after it, what only a later page shows: faults, receipt.

    static/unsent.js takes what is after it where it puts such a page in the form's place.
    """
    return _folded("form.css", "form_steps.css", "form_after.css")


def _folded(*names: str) -> Markup:
    folder = ROOT / "templates" / "citizen"
    return Markup("".join(folded_sheet((folder / name).read_text()) for name in names))  # noqa: S704 (ours)


def folded_sheet(sheet: str) -> str:
    """The same rules without comments and without the white space that only people need.

    Taken for granted of our own sheet: in its strings is no ", ", ": ", "; " and no "/*".
    """
    sheet = re.sub(r"/\*.*?\*/|\\\n", "", sheet, flags=re.DOTALL)
    sheet = re.sub(r"\s*([{};,])\s*", r"\1", sheet)
    return sheet.replace(": ", ":").replace(";}", "}").strip()


def folded_lines(page: str) -> str:
    """The page without its indentation, which costs 75 of 4,000 bytes on the wire.

    A line's end stays where it may part two words; between two tags of ours it parts none. Only for
    a page whose textarea is empty: white space in there is what a person typed.
    """
    return re.sub(r">(?:\n|\s{2,})<", "><", re.sub(r"\n\s+", "\n", page))


def kept_page(place: Place, spoken: str, look: Look, base_url: str) -> KeptPage:
    """The empty form of a place; `spoken` is the running request's language."""
    return _PAGES.get((place, spoken, look, base_url), lambda: _drawn(place, look))


def page_if_kept(place: Place, spoken: str, base_url: str) -> KeptPage | None:
    """The same for a phone, outside a request; None where it is not drawn yet."""
    found: KeptPage | None = _PAGES.peek((place, spoken, "phone", base_url))
    return found


def forget_pages() -> None:
    """Draw all of them anew: their template has changed."""
    _PAGES.clear()


def _drawn(place: Place, look: Look) -> KeptPage:
    page = folded_lines(_render(place, None, token=PLACE_OF_TOKEN, look=look))
    head, tail = (part.encode() for part in page.rsplit(PLACE_OF_TOKEN, 1))
    return KeptPage(
        tail, _deflated_head(head), _deflated_tail(head, tail), zlib.crc32(head), len(head)
    )


def _deflated_head(head: bytes) -> bytes:
    """Deflated up to the lengths of a stored block, which the token's take the place of."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    sheet, end, rest = head.partition(b"</style>")
    # Rules and text have letters of different frequency: a code of its own for each saves 25 bytes.
    packed = packer.compress(sheet + end) + packer.flush(zlib.Z_PARTIAL_FLUSH)
    packed += packer.compress(rest) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed.removesuffix(b"\0\0\xff\xff")


def _deflated_tail(head: bytes, tail: bytes) -> bytes:
    """Deflated with all before it as its dictionary: 65 of 285 bytes less."""
    before = head + PLACE_OF_TOKEN.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=before[-WINDOW:])
    return packer.compress(tail) + packer.flush()


def answer_with(page: KeptPage, token: str) -> Response:
    """The page with this token, compressed where the browser takes it."""
    if not request.accept_encodings["gzip"]:
        response = Response(page.with_token(token), mimetype="text/html")
    else:
        response = Response(page.compressed_with(token), mimetype="text/html")
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def render_again(place: Place, sent: CitizenForm, *, look: Look) -> str:
    """The form with everything that was sent still in it, and what to mend on top."""
    return _render(place, sent, token=sent.token.data or "", look=look)


def render_unsaved(code: str, sent: CitizenForm) -> str:
    """All that was sent, to be sent again: for when the database cannot be asked for the place."""
    fields = [
        (field.name, value)
        for field in sent
        if field.name not in ("language", "comment")
        for value in field.raw_data or ()
    ]
    return render_template(
        "citizen/unsaved.html",
        code=code,
        fields=fields,
        comment=clean_text(sent.comment.data or ""),
        style=whole_style(),
    )


def _shown_again(field: Field) -> str:
    """What was typed, without what no page can show; answers exactly as sent, or none is ticked."""
    return (field.data or "") if field.name in ALL_KEYS else clean_text(field.data or "")


def _render(
    place: Place,
    sent: CitizenForm | None,
    *,
    token: str,
    look: Look,
) -> str:
    chosen = {} if sent is None else {field.name: _shown_again(field) for field in sent}
    shown = [element(key) for key in FORM_ORDER]
    in_english = language() == "en"
    return render_template(
        "citizen/form.html",
        place=place,
        elements=shown,
        questions={
            item.key: parts(item.question_en, DIFFERS[item.key][1])
            if in_english
            else parts(item.question, DIFFERS[item.key][0])
            for item in shown
        },
        helps=HELP,
        officer_items=len(OFFICER_KEYS),
        causes=OF_ELEMENT,
        visit_facts=VISIT_FACTS,
        bands=BANDS,
        visit_purpose=VISIT_PURPOSE,
        chosen=chosen,
        faults=sent.faults() if sent else [],
        wrong=sent.wrong() if sent else set(),
        offer_as_is=bool(sent and sent.may_go_as_it_is()),
        token=token,
        look=look,
        style=whole_style() if sent else style(),
    )
