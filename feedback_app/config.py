"""Settings: everything a deployment may choose, read once, frozen, checked."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from feedback_app import instance
from feedback_app.instance import TIME_ZONES, is_loopback

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
KEY_BYTES = 32
KEY_NAMES = ("secret", "place")
# Lies beside keys from their making until a database is theirs. Without it keys alone mean that
# their database is gone.
UNUSED = "unused"


class SettingsError(ValueError):
    """A setting is missing, malformed or unsafe; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Where an office's files are; to know it, none of them need be there."""

    database_url: str
    instance_dir: Path
    is_office: bool = False  # made-up data must not be in it

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.instance_dir / "keys"

    @property
    def database_file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///").partition("?")[0])


@dataclass(frozen=True, slots=True)
class SsoSettings:
    """The office's single sign-on (OpenID Connect): who vouches, and as whom we ask."""

    issuer: str
    client_id: str
    client_secret: str
    name: str  # on the button


@dataclass(frozen=True, slots=True)
class Settings:
    """What the office decides; see docs/runbook.md for each one."""

    database_url: str
    base_url: str
    instance_dir: Path
    trusted_hosts: tuple[str, ...]
    proxy_hops: int
    secret_keys: tuple[bytes, ...]  # newest first; the others only read what they once signed
    place_key: bytes  # signs printed QR cards, so it must outlive every other key
    max_upload_bytes: int = 12 * 1024 * 1024
    session_hours: int = 10  # ADR 1
    form_hours: int = 48  # a citizen may finish at home (docs/privacy.md)
    sso: SsoSettings | None = None
    backup_to: Path | None = None  # copies go there every day
    backup_keys_to: Path | None = None  # the file of keys; else beside the copies
    backup_keep: int = 14  # so many newest copies stay
    host: str = "127.0.0.1"  # where the server listens
    time_zone: str = "Asia/Jakarta"
    loopback_ok: bool = False  # cards and links may carry an address of this machine only

    @property
    def is_https(self) -> bool:
        """Whether cookies may demand TLS."""
        return self.base_url.startswith("https://")

    @property
    def has_loopback_address(self) -> bool:
        """Whether no other machine can open what cards and links carry."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def is_this_machine_only(self) -> bool:
        """Whether nobody but this machine's own people can come in: no network, no proxy."""
        hosts = (self.host, *self.trusted_hosts)
        return not self.proxy_hops and self.has_loopback_address and all(map(is_loopback, hosts))

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment and the key files; raise SettingsError on the first unsafe value."""
        env = settings_in_effect(environ)
        where = locations(env)
        base_url = _base_url(env)
        proxy_hops, sso = _whole_number(env, "PROXY_HOPS", default=0), _sso(env)
        _make_missing_keys(where)
        return cls(
            database_url=where.database_url,
            base_url=base_url,
            instance_dir=where.instance_dir,
            trusted_hosts=_trusted_hosts(env, base_url),
            proxy_hops=proxy_hops,
            secret_keys=_closed_keys(where.keys / "secret"),
            place_key=_closed_keys(where.keys / "place")[0],
            sso=sso,
            backup_to=_folder(env.get("BACKUP_TO", ""), "BACKUP_TO"),
            backup_keys_to=_folder(env.get("BACKUP_KEYS_TO", ""), "BACKUP_KEYS_TO"),
            backup_keep=max(1, _whole_number(env, "BACKUP_KEEP", default=14)),
            host=env.get("HOST", "") or "127.0.0.1",
            time_zone=_time_zone(env),
            loopback_ok=env.get("LOOPBACK_OK") == "1",
        )


def settings_in_effect(environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The environment over the instance folder's file of settings."""
    try:
        return instance.in_effect(os.environ if environ is None else environ)
    except instance.SettingsFileError as error:
        raise SettingsError(str(error)) from None


def is_for_this_machine_only(environ: Mapping[str, str] | None = None) -> bool:
    """The same as `Settings.is_this_machine_only`, before there are keys; nothing is made."""
    env = settings_in_effect(environ)
    hosts = (env.get("HOST", "") or "127.0.0.1", *_trusted_hosts(env, _base_url(env)))
    return not _whole_number(env, "PROXY_HOPS", default=0) and all(map(is_loopback, hosts))


def locations(environ: Mapping[str, str] | None = None) -> Locations:
    """Where this environment's office is; nothing is made, and no database or key is read."""
    env = settings_in_effect(environ)
    found = instance.chosen(env)
    return Locations(database_url(env, found.folder), found.folder, is_office=found.is_office)


def _time_zone(env: Mapping[str, str]) -> str:
    text = env.get("TIME_ZONE", "") or "WIB"
    if text.upper() in TIME_ZONES:
        return TIME_ZONES[text.upper()]
    if text not in TIME_ZONES.values():
        raise SettingsError(f"TIME_ZONE must be WIB, WITA or WIT, not {text!r}")
    return text


def _base_url(env: Mapping[str, str]) -> str:
    port = _whole_number(env, "PORT", default=8000)
    text = (env.get("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"BASE_URL must look like https://suara.example.go.id, not {text!r}")
    is_plain = parts.scheme == "http" and not is_loopback(parts.hostname)
    if is_plain and env.get("ALLOW_PLAIN_HTTP") != "1":
        raise SettingsError(
            f"BASE_URL {text} is not encrypted; use https, or set ALLOW_PLAIN_HTTP=1 "
            "for a trial inside one office network"
        )
    return text


def office_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where an office's keys belong, whether or not they are there yet: never the demo's folder."""
    env = os.environ if environ is None else environ
    return instance.chosen({**env, "DEMO": "0"}).folder


def database_url(env: Mapping[str, str], instance_dir: Path) -> str:
    """The database's address as SQLAlchemy wants it; SettingsError for one we do not serve."""
    url = env.get("DATABASE_URL", "")
    if not url:
        return f"sqlite:///{instance_dir / 'suara_loket.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_absolute():
        raise SettingsError(f"DATABASE_URL {url} must hold an absolute path (sqlite:////full/path)")
    if not url.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise SettingsError("DATABASE_URL must start with sqlite:/// or postgresql://")
    return url


def _trusted_hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip())
    own = urlsplit(base_url).hostname or ""
    return tuple(dict.fromkeys((own, *LOOPBACK_HOSTS, *named)))


def _sso(env: Mapping[str, str]) -> SsoSettings | None:
    """Single sign-on as a whole or not at all; its secret lies in a file of mode 0600."""
    issuer = env.get("OIDC_ISSUER", "").strip()
    client_id = env.get("OIDC_CLIENT_ID", "").strip()
    secret_file = env.get("OIDC_CLIENT_SECRET_FILE", "").strip()
    if not (issuer or client_id or secret_file):
        return None
    if not (issuer and client_id and secret_file):
        raise SettingsError(
            "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET_FILE belong together"
        )
    parts = urlsplit(issuer)
    if not parts.hostname or parts.scheme not in ("https", "http") or parts.query:
        raise SettingsError(f"OIDC_ISSUER must look like https://sso.example.go.id, not {issuer!r}")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(f"OIDC_ISSUER {issuer} is not encrypted; use https")
    return SsoSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=_read_secret(Path(secret_file)),
        name=env.get("OIDC_NAME", "").strip() or str(parts.hostname),
    )


def _folder(text: str, name: str) -> Path | None:
    """It need not be there now: a stick may be plugged in later."""
    if text and not Path(text).is_absolute():
        raise SettingsError(f"{name} must be a full path, not {text!r}")
    return Path(text) if text else None


def _read_secret(path: Path) -> str:
    try:
        text = path.read_text().strip()
    except (OSError, ValueError):
        raise SettingsError(f"OIDC_CLIENT_SECRET_FILE {path} cannot be read") from None
    _refuse_readable_by_others(path)
    if not text:
        raise SettingsError(f"OIDC_CLIENT_SECRET_FILE {path} is empty")
    return text


def _refuse_readable_by_others(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} can be read by others; run: chmod 600 {path}")


def _whole_number(env: Mapping[str, str], name: str, *, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def _make_missing_keys(where: Locations) -> None:
    """Make keys (0600) at the first start. Call it only where no database waits for its own.

    `services/upkeep/wrong_files.py` looks before.
    """
    missing = [name for name in KEY_NAMES if not (where.keys / name).exists()]
    if not missing:
        return
    try:
        _make_keys(where, missing)
    except OSError as error:  # a full disk, a closed folder
        raise SettingsError(
            f"{where.keys}: kunci tidak dapat ditulis / keys cannot be written: {error.strerror}"
        ) from None


def _make_keys(where: Locations, missing: list[str]) -> None:
    where.instance_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    where.keys.mkdir(exist_ok=True, mode=0o700)
    if len(missing) == len(KEY_NAMES):  # before the first key: a start may end between the two
        os.close(os.open(where.keys / UNUSED, os.O_WRONLY | os.O_CREAT, 0o600))
    for name in missing:
        _create_key(where.keys / name)


def _closed_keys(path: Path) -> tuple[bytes, ...]:
    _refuse_readable_by_others(path)
    return read_keys(path)


def read_keys(path: Path) -> tuple[bytes, ...]:
    """Hex keys, newest first, one a line; SettingsError where the file holds anything else."""
    try:
        keys = tuple(bytes.fromhex(line) for line in path.read_text().split())
    except ValueError:
        raise SettingsError(f"{path} must hold hexadecimal keys, one a line") from None
    if not keys or any(len(key) < KEY_BYTES for key in keys):
        raise SettingsError(f"{path} must hold at least one key of {KEY_BYTES} bytes")
    return keys


def _create_key(path: Path) -> None:
    """Whole and on the disk before it has its name: a card printed minutes later depends on it."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _name(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _name(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    except OSError:  # a disk without hard links
        if not path.exists():
            fresh.replace(path)
