"""Faults that several use cases share: a field that cannot be used, a thing that is not there."""

from __future__ import annotations

from feedback_app.domain.faults import ReadableError
from feedback_app.domain.texts import Text


class FieldFaultError(ReadableError):
    """`field` names where; the text says why and what to do."""

    def __init__(self, field: str, text: str | Text, **values: object) -> None:
        """Name the field and the reason."""
        super().__init__(text, **values)
        self.field = field


class LoopbackAddressError(ReadableError):
    """What is to be printed or sent would carry an address that only this machine can open."""

    def __init__(self, address: str) -> None:
        """Say so and what to do."""
        super().__init__(
            "Alamat program ini masih %(address)s, yang hanya dapat dibuka di komputer ini: kartu, "
            "poster, tiket, dan tautan tidak akan terbuka di ponsel. Isi alamat kantor dengan "
            "scripts/settings.py base_url=https://…, jalankan ulang program, lalu coba lagi. "
            "Untuk uji coba di komputer ini saja: scripts/settings.py loopback_ok=1.",
            address=address,
        )


class NotThereError(Exception):
    """No such thing, or not the viewer's to see: both look the same."""


class NothingToShowError(Exception):
    """A survey with too few forms has no document."""

    def __init__(self, n: int) -> None:
        """Say how many there are."""
        super().__init__(n)
        self.n = n
