"""Fill one officer's room: who looked at the figures, and a reply to the newest batch."""

from __future__ import annotations

from contextlib import suppress
from datetime import time, timedelta

from feedback_app.demo.office import ROOM_OWNER, ROOM_READERS
from feedback_app.demo.people import Event
from feedback_app.demo.places import Places
from feedback_app.domain.appeals import published_on
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.survey import Span, slug
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.officer.replies import write_reply
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import accounts

LOOKED_DAYS_AGO = (1, 2, 6, 9, 15, 23, 34)
REPLY = (
    "Terima kasih atas penilaiannya. Belakangan ini jaringan sering terputus, sehingga pengunjung "
    "menunggu lebih lama. Mulai bulan ini saya menjelaskan syarat sebelum nomor dipanggil."
)


def add_views(site: Site, places: Places) -> None:
    """Rows as the pages would have written them when somebody looked over the last weeks."""
    own = {"agency_id": places.agency_id, "officer_id": places.officers[ROOM_OWNER]}
    with site.db.transaction() as tx:
        readers = [accounts.open_account_named(tx, name) for name in ROOM_READERS]
        views = [
            own | {"account_id": reader.id, "day": site.today() - timedelta(days=days), "n": 1}
            for place, days in enumerate(LOOKED_DAYS_AGO)
            for reader in [readers[place % len(readers)]]
            if reader is not None
        ]
        bulk.add_rows(tx, "figure_view", views)


def reply_event(viewer: Viewer, quarter: Span) -> Event:
    """The officer's reply on the morning after the quarter was published."""
    morning = local_instant(published_on(quarter) + timedelta(days=1), time(9, 30))
    return Event(morning, lambda site: _reply(site, viewer, slug(quarter)))


def _reply(site: Site, viewer: Viewer, key: str) -> None:
    with suppress(NotThereError):  # a small office may have no figures of this officer
        write_reply(site, viewer, key, text=REPLY)
