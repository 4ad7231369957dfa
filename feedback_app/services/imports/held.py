"""Keep an uploaded file between rehearsal and saving: ten minutes, on the server, for one person.

The file is sealed with a key that only the person's page holds: what a backup or a disk keeps of
it cannot be read.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.storage.queries import held_uploads as queries

KEPT = timedelta(minutes=10)
_NONCE = 12  # bytes, as AES-GCM has it


def hold(site: Site, viewer: Viewer, content: bytes) -> str:
    """Keep the file and return the token that opens it; an earlier one of this person goes."""
    token, nonce = secrets.token_urlsafe(32), secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(_key(token)).encrypt(nonce, content, _owner(viewer))
    with site.db.transaction() as tx:
        queries.drop_held(tx, account_id=viewer.account_id, now=site.now())
        queries.replace_held(
            tx,
            account_id=viewer.account_id,
            agency_id=viewer.agency_id,
            token_hash=_hash(token),
            sealed=sealed,
            expires_at=site.now() + KEPT,
        )
    return token


def held(site: Site, viewer: Viewer, token: str) -> bytes | None:
    """The file behind a token; None when its time is over or it is somebody else's."""
    with site.db.read() as session:
        sealed = queries.sealed_upload(
            session, _hash(token), account_id=viewer.account_id, now=site.now()
        )
    if sealed is None:
        return None
    try:
        return AESGCM(_key(token)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _owner(viewer))
    except InvalidTag:
        return None


def let_go(site: Site, viewer: Viewer) -> None:
    """Nothing is kept any longer."""
    with site.db.transaction() as tx:
        queries.drop_held(tx, account_id=viewer.account_id, now=site.now())


def _key(token: str) -> bytes:
    return hashlib.sha256(b"held upload key\n" + token.encode()).digest()


def _hash(token: str) -> str:
    return hashlib.sha256(b"held upload name\n" + token.encode()).hexdigest()


def _owner(viewer: Viewer) -> bytes:
    return f"{viewer.agency_id}/{viewer.account_id}".encode()
