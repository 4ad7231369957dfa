"""What of an opened form came before, alone: the same words and ticks must not be taken twice."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass
from typing import NamedTuple

from feedback_app.services.site import Site
from feedback_app.storage.comments import text_of
from feedback_app.storage.db import Session
from feedback_app.storage.queries import notes

DIGEST_PURPOSE = "note digest"


class Ticks(NamedTuple):
    """What was ticked for the inspectorate: "I was pressed", "I was asked for money"."""

    pressed: bool
    charged: bool


NONE = Ticks(pressed=False, charged=False)


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What of a form was sent before, alone: it is neither shown nor counted a second time."""

    comment: str
    ticks: Ticks


def said_before(tx: Session, site: Site, submission_id: str) -> SaidBefore | None:
    """What came alone under this opened form; None when nothing did."""
    before = notes.note_with(tx, submission_id)
    if before is None:
        return None
    comment = text_of(tx, before.comment_id)
    # No row says which ticks it carried; the digest tells who holds the key.
    for ticks in itertools.starmap(Ticks, itertools.product((False, True), repeat=2)):
        if before.body_digest in digests(site, comment, ticks):
            return SaidBefore(comment, ticks)
    return SaidBefore(comment, NONE)


def digests(site: Site, comment: str, ticks: Ticks) -> tuple[str, ...]:
    """Of what was sent as a note, one for each key still in use, the newest first."""
    body = {"comment": comment, "pressed": ticks.pressed, "charged": ticks.charged}
    text = json.dumps(body, sort_keys=True).encode()
    keys = site.keys_for(DIGEST_PURPOSE)
    return tuple(hmac.new(key, text, hashlib.sha256).hexdigest() for key in keys)
