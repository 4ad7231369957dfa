"""Fill one officer's room: who looked at the figures, and a reply to the newest batch."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from feedback_app.domain.appeals import published_on
from feedback_app.domain.local_time import local_instant
from feedback_app.services.demo.office import ROOM_OWNER, ROOM_READERS
from feedback_app.services.demo.places import Places
from feedback_app.services.officer.own import span_of_batch
from feedback_app.services.officer_figures import own_batches
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import accounts

LOOKED_DAYS_AGO = (1, 2, 6, 9, 15, 23, 34)
REPLY = (
    "Terima kasih atas penilaiannya. Pada masa ini jaringan sering terputus, sehingga pemohon "
    "menunggu lebih lama. Mulai bulan ini saya menjelaskan syarat sebelum nomor dipanggil."
)


def add_room(site: Site, places: Places) -> None:
    """Rows as the room's own services would have written them over the last weeks."""
    officer_id = places.officers[ROOM_OWNER]
    own: dict[str, Any] = {"agency_id": places.agency_id, "officer_id": officer_id}
    today = site.today()
    newest = next(iter(own_batches(site, officer_id)), None)
    with site.db.transaction() as tx:
        readers = [accounts.open_account_named(tx, name) for name in ROOM_READERS]
        views = [
            own | {"account_id": reader.id, "day": today - timedelta(days=days), "n": 1}
            for place, days in enumerate(LOOKED_DAYS_AGO)
            for reader in [readers[place % len(readers)]]
            if reader is not None
        ]
        bulk.add_rows(tx, "figure_view", views)
        writer = accounts.open_account_named(tx, "petugas")
        if newest is None or writer is None:
            return
        span = span_of_batch(newest)
        reply = own | {"account_id": writer.id, "text": REPLY}
        reply |= {"first_day": span.first, "last_day": span.last}
        morning = local_instant(published_on(span) + timedelta(days=1), time(9, 30))
        reply |= {"made_at": min(morning, site.now())}
        bulk.add_rows(tx, "officer_reply", [reply])
