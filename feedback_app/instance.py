"""Which folder is read, the office's or the demo's, and the file of settings in it.

Standard library only: `run.py` reads it before anything is installed.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "instance"
DEMO = ROOT / "instance-demo"
FILE = "settings.toml"
# What an instance folder holds from its first start on; an empty one (a fresh volume) is none yet.
TRACES = (FILE, "keys", "suara_loket.db")
# What the file may hold: the names of the environment in small letters, and nothing else.
NAMES = (
    "OFFICE_NAME",
    "BASE_URL",
    "TIME_ZONE",
    "FIRST_ADMIN",
    "HOST",
    "PORT",
    "ALLOW_PLAIN_HTTP",
    "LOOPBACK_OK",
    "PROXY_HOPS",
    "TRUSTED_HOSTS",
    "DATABASE_URL",
    "BACKUP_TO",
    "BACKUP_KEYS_TO",
    "BACKUP_KEEP",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET_FILE",
    "OIDC_NAME",
)
HEAD = """\
# Suara Loket: setelan kantor ini / settings of this office (docs/runbook.md).
# Ubah dengan / change with: scripts/settings.py NAME=VALUE, lalu jalankan ulang / then restart.
# Program menulis ulang seluruh berkas; komentar lain hilang / rewritten whole: comments get lost.
"""
# What a citizen's day and an officer's hours are told in; Indonesia has these three.
TIME_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def is_loopback(host: str) -> bool:
    """Whether this name or address of a host reaches this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class SettingsFileError(ValueError):
    """The file of settings cannot be read; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Instance:
    """The folder that is read, and whether it is an office's, which made-up data must not enter."""

    folder: Path
    is_office: bool

    @property
    def file(self) -> Path:
        """The file of settings, whether or not it is there."""
        return self.folder / FILE

    @property
    def words(self) -> str:
        """How a script says on stderr what it reads."""
        shown = f"{self.folder.name}/" if self.folder in (OFFICE, DEMO) else str(self.folder)
        kind = "kantor / office" if self.is_office else "data contoh / demo"
        if not self.is_office and self.folder != DEMO:
            return f"Suara Loket: {shown}"
        return f"Suara Loket: {shown} ({kind})"


def chosen(environ: Mapping[str, str]) -> Instance:
    """The one place where it is decided; nothing is made.

    DEMO=0 means the office and any other DEMO the demo. Without it `instance/` is read where it
    is, else `instance-demo/`. INSTANCE_DIR names another folder for either.
    """
    asked, named = environ.get("DEMO", ""), environ.get("INSTANCE_DIR", "")
    if named:
        folder = Path(named).resolve()
        is_office = folder == OFFICE or os.path.exists(folder / FILE)  # noqa: PTH110 (never raises)
        return Instance(folder, is_office=asked == "0" or (not asked and is_office))
    is_office = asked == "0" if asked else _is_begun(OFFICE)
    return Instance((OFFICE if is_office else DEMO).resolve(), is_office=is_office)


def _is_begun(folder: Path) -> bool:
    """A folder that may not be looked into counts too: passing it over would hide an office."""
    if not os.path.isdir(folder):  # noqa: PTH112 (never raises)
        return os.path.lexists(folder)
    is_closed = not os.access(folder, os.R_OK | os.X_OK)
    return is_closed or any(os.path.exists(folder / name) for name in TRACES)  # noqa: PTH110


def in_effect(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment over the file of settings; an empty variable counts as none."""
    kept = read(chosen(environ).file)
    return kept | {name: value for name, value in environ.items() if value or name not in kept}


def overruled(environ: Mapping[str, str]) -> list[str]:
    """Names of the file's settings that the environment sets otherwise."""
    kept = read(chosen(environ).file)
    return [name for name, value in kept.items() if environ.get(name, "") not in ("", value)]


def read(path: Path) -> dict[str, str]:
    """What the file holds, by the environment's names; nothing where there is no file."""
    try:
        content = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and not os.access(path.parent, os.X_OK):
            return {}  # the folder is closed: whoever looks at the office's files says so
        raise _unreadable(path, error) from None
    import tomllib  # noqa: PLC0415 (.02 s of each start with the two below; a demo has no file)

    try:
        found = tomllib.loads(content)
    except ValueError as error:
        raise _unreadable(path, error) from None
    return {name.upper(): _text(path, name, value) for name, value in found.items()}


def _unreadable(path: Path, error: Exception) -> SettingsFileError:
    return SettingsFileError(
        f"{path} tidak dapat dibaca / cannot be read: {error}. Betulkan berkas itu; isinya "
        f'baris seperti / mend it; its lines look like: base_url = "https://…"'
    )


def _text(path: Path, name: str, value: object) -> str:
    if name.upper() not in NAMES or name != name.lower():
        raise SettingsFileError(
            f"{path}: {name} bukan nama setelan / is no setting. Yang ada / there are: "
            + ", ".join(known.lower() for known in NAMES)
        )
    if isinstance(value, bool):
        return "1" if value else "0"
    if not isinstance(value, str | int):
        raise SettingsFileError(f"{path}: {name} harus teks atau angka / must be text or a number")
    return str(value)


def write(path: Path, settings: Mapping[str, str]) -> None:
    """Write the file (0600) whole: on the disk before it has its name, so that none is cut off."""
    import secrets  # noqa: PLC0415 (see `read`)

    lines = [f"{name.lower()} = {_toml(settings[name])}\n" for name in NAMES if settings.get(name)]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        made = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8", newline="\n") as file:
            file.write(HEAD + "".join(lines))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _toml(value: str) -> str:
    """JSON's escapes are TOML's, but for the one character that JSON leaves as it is."""
    import json  # noqa: PLC0415 (see `read`)

    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
