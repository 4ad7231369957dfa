"""Follow-up plans (RTL, rencana tindak lanjut): how one may stand."""

from __future__ import annotations

# status -> (Indonesian, English)
STATUSES = {
    "planned": ("Direncanakan", "Planned"),
    "running": ("Berjalan", "Under way"),
    "done": ("Selesai", "Done"),
    "dropped": ("Tidak dilanjutkan", "Not continued"),
}
UNFINISHED = frozenset({"planned", "running"})
