"""The four questions of an office's first start: what was typed, read and checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedback_app.domain.texts import Text

Typed = Mapping[str, str]
# The fields in the order of asking; the first admin is one question of two fields.
FIELDS = ("office_name", "address", "time_zone", "admin_name", "admin_username")
ZONES = ("WIB", "WITA", "WIT")
NAME_MAX = 200
CODE_MAX = 40  # of an agency, which stands in the addresses of its published results
USERNAME_MAX = 80
HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_NEEDED = {
    "office_name": Text("Isi nama kantor."),
    "admin_name": Text("Isi nama lengkap admin pertama."),
}
_NAME = Text("Paling banyak 200 huruf, dalam satu baris.")
_ADDRESS = Text("Tulis alamat seperti https://suara.contoh.go.id, tanpa halaman di belakangnya.")
_LOOPBACK = Text(
    "Alamat ini hanya dapat dibuka di komputer ini. Kosongkan bila alamat kantor belum ada."
)
_PLAIN = Text(
    "Alamat http tidak terenkripsi: hanya untuk uji coba di dalam satu jaringan kantor. "
    "Pakai https, atau nyatakan bahwa ini uji coba."
)
_PORT = Text("Tulis juga nomor portanya, misalnya http://192.168.1.10:8000.")


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers that can be used. `address` is '' where the office has none yet."""

    office_name: str
    address: str
    time_zone: str  # WIB, WITA or WIT
    admin_name: str
    admin_username: str

    @property
    def agency_code(self) -> str:
        """A short name for addresses, from the office's name: 'dinas-dukcapil-kabupaten-tebo'."""
        words = _plain(self.office_name).split()
        code = ""
        for word in words:
            if len(code) + len(word) + 1 > CODE_MAX:
                break
            code = f"{code}-{word}" if code else word
        return code or "kantor"


def read_answers(typed: Typed, *, plain_is_fine: bool) -> Answers | dict[str, Text]:
    """The answers, or what is wrong with which field."""
    faults: dict[str, Text] = {}
    plain = {name: " ".join(typed.get(name, "").split()) for name in FIELDS}
    for name in ("office_name", "admin_name"):
        if fault := fault_of_name(name, plain[name]):
            faults[name] = fault
    address = read_address(plain["address"], plain_is_fine=plain_is_fine)
    if isinstance(address, Text):
        faults["address"] = address
    zone = plain["time_zone"].upper() or ZONES[0]
    if zone not in ZONES:
        faults["time_zone"] = Text("Pilih WIB, WITA, atau WIT.")
    username = plain["admin_username"].lower() or username_from(plain["admin_name"])
    if not _is_username(username):
        faults["admin_username"] = Text(
            "Nama pengguna: 3 sampai 80 huruf, angka, titik, atau tanda hubung."
        )
    if faults or isinstance(address, Text):
        return faults
    return Answers(plain["office_name"], address, zone, plain["admin_name"], username)


def read_address(text: str, *, plain_is_fine: bool) -> str | Text:
    """The office's address as it is kept, '' for none yet, or what is wrong with it."""
    if not text:
        return ""
    whole = (text if "://" in text else f"https://{text}").rstrip("/").lower()
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _ADDRESS
    is_bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in ("http", "https") or not is_bare or not _is_host(host) or port == 0:
        return _ADDRESS
    if host == "localhost" or (_is_number(host) and ip_address(host).is_loopback):
        return _LOOPBACK
    if parts.scheme == "http" and not plain_is_fine:
        return _PLAIN
    if parts.scheme == "http" and port is None:
        return _PORT
    return whole


def username_from(name: str) -> str:
    """A user name made of a person's name: 'Siti Rahmawati, S.Sos.' -> 'siti.rahmawati'."""
    words = _plain(name.partition(",")[0]).split()
    made = ".".join(words[:2])[:USERNAME_MAX].strip(".")
    return made if _is_username(made) else "admin"


def fault_of_name(field: str, text: str) -> Text | None:
    """What is wrong with the name of an office (`office_name`) or a person (`admin_name`)."""
    if not text:
        return _NEEDED[field]
    return None if len(text) <= NAME_MAX and text.isprintable() else _NAME


def _is_username(text: str) -> bool:
    return 3 <= len(text) <= USERNAME_MAX and text.replace(".", "").replace("-", "").isalnum()


def _is_host(host: str) -> bool:
    return _is_number(host) or (bool(HOST.fullmatch(host)) and not host.replace(".", "").isdigit())


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    """Letters and figures of ASCII in small letters, everything else as blanks."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
