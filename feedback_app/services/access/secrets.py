"""Secrets at rest: passwords by Argon2id, random tokens by hash, second factors sealed."""

from __future__ import annotations

import base64
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from feedback_app.domain.passwords import normal_password
from feedback_app.services.site import Site

hasher = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's low-memory profile
# Checked where there is no password, so that every refusal takes the same time. Of a random text
# that nobody kept; written down, as making it took .16 s of each start.
_NOBODY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$X9e1H2VwTvI+osZJUxnZLQ$3gsxFpZ2oPiQfK8VpbYudytB5U+ARwsmwEznw7X9I4k"
)


class UnsealedError(Exception):
    """No key that is left opens this secret: it was sealed by one that is gone."""


def hash_password(password: str) -> str:
    """What is kept of a password; takes long on purpose, so never inside a transaction."""
    return hasher.hash(normal_password(password))


def is_outdated(stored: str) -> bool:
    """Whether Argon2's parameters have changed since this hash was made."""
    return hasher.check_needs_rehash(stored)


def password_fits(stored: str, password: str) -> bool:
    """Whether the password is the one behind this hash; '' fits nothing."""
    normal = normal_password(password)
    if _verifies(stored or _NOBODY_HASH, normal):
        return stored != ""
    return normal != password and _verifies(stored or _NOBODY_HASH, password)  # of before 0.2


def _verifies(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a random token; only for tokens that nobody can search through."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def seal(site: Site, secret: str) -> str:
    """Encrypt with the newest key, so that a copy of the database alone does not give it."""
    return _box(site).encrypt(secret.encode()).decode()


def unseal(site: Site, sealed: str) -> str:
    """Decrypt with any key that is left; UnsealedError when none fits."""
    try:
        return _box(site).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise UnsealedError from None


def seal_again(site: Site, sealed: str) -> str:
    """The same secret under the newest key."""
    return seal(site, unseal(site, sealed))


def is_sealed_by_newest(site: Site, sealed: str) -> bool:
    """Whether the older keys may go as far as this secret is concerned."""
    try:
        Fernet(_fernet_key(site.keys_for("totp")[0])).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _box(site: Site) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in site.keys_for("totp")])


def _fernet_key(key: bytes) -> bytes:
    return base64.urlsafe_b64encode(key)
