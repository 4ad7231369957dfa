"""What the machine and its files are like: address, way in, disk, rights, database, clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from feedback_app.config import Locations, Settings
from feedback_app.domain.health import Check, Said
from feedback_app.instance import is_loopback
from feedback_app.services.citizen.daily_key import KEPT_DAYS
from feedback_app.services.site import Site
from feedback_app.services.upkeep import closed_files, schema
from feedback_app.storage import revision
from feedback_app.storage.health import Health

LEAST_FREE_BYTES = 1_000_000_000
CLOCK_SLACK = timedelta(minutes=2)
CONTAINER_MARK = Path("/.dockerenv")  # in a container the program listens to all of its own network


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a request came in: the host it asked for, and whether a proxy says it handed it on."""

    host: str
    is_forwarded: bool


def address(site: Site) -> Iterator[Check]:
    """Whether the address on cards and links is one that citizens can open, encrypted."""
    url = site.settings.base_url
    if site.settings.is_https:
        yield Check("ok", "TLS", Said(("%(url)s", "%(url)s"), url=url))
    elif site.settings.has_loopback_address:
        yield Check(
            "warn",
            "TLS",
            Said(
                (
                    "%(url)s hanya dapat dibuka di komputer ini; kartu dan tautan memerlukan "
                    "alamat lain.",
                    "%(url)s reaches this machine only; cards and links need another address.",
                ),
                url=url,
            ),
            Said(
                (
                    "Isi alamatnya: scripts/settings.py base_url=https://…",
                    "scripts/settings.py base_url=https://…",
                )
            ),
        )
    else:
        yield Check(
            "bad",
            "TLS",
            Said(("%(url)s tidak terenkripsi.", "%(url)s is not encrypted."), url=url),
            Said(
                (
                    "Pasang perantara (proxy) dengan TLS dan isi BASE_URL dengan https.",
                    "Put a proxy with TLS in front and set BASE_URL to https.",
                )
            ),
        )


def way_in(settings: Settings, arrived: Arrived | None) -> Check:
    """Whether HOST and PROXY_HOPS fit the address, and the request that asks (None: a script)."""
    is_near = is_loopback(settings.host)
    hops = settings.proxy_hops
    is_own = settings.has_loopback_address
    came_by_proxy = arrived is not None and arrived.is_forwarded
    past_proxy = (
        arrived is not None
        and not came_by_proxy
        and not is_loopback(urlsplit(f"//{arrived.host}").hostname or "")
    )
    if (settings.is_https or came_by_proxy) and not hops:
        return _WITHOUT_HOPS
    if hops and past_proxy:
        return _PAST_PROXY
    if hops and is_own and not came_by_proxy:
        return _HOPS_WITHOUT_PROXY
    if hops and not is_near and not CONTAINER_MARK.exists():
        return _OPEN_BESIDE_PROXY
    if not hops and is_near and not is_own:
        return _NOBODY_REACHES
    found = ("HOST %(host)s, PROXY_HOPS %(hops)s", "HOST %(host)s, PROXY_HOPS %(hops)s")
    return Check("ok", "proxy", Said(found, host=settings.host, hops=hops))


_WITHOUT_HOPS = Check(
    "bad",
    "proxy",
    Said(
        (
            "Ada perantara (proxy) di depan, tetapi PROXY_HOPS 0: semua pengunjung tampak sebagai "
            "satu orang, sehingga salah ketik satu orang menghalangi semuanya.",
            "A proxy stands in front but PROXY_HOPS is 0: all visitors look like one, so one "
            "person's mistyping stops everybody.",
        )
    ),
    Said(
        (
            "scripts/settings.py proxy_hops=1, lalu mulai lagi.",
            "scripts/settings.py proxy_hops=1, then restart.",
        )
    ),
)
_PAST_PROXY = Check(
    "bad",
    "proxy",
    Said(
        (
            "Halaman ini datang tanpa melewati perantara (proxy): siapa pun dapat memalsukan "
            "alamat jaringannya.",
            "This page did not come through the proxy: anybody can forge a network address.",
        )
    ),
    Said(
        (
            "Isi HOST=127.0.0.1, atau PROXY_HOPS=0 bila memang tidak ada perantara.",
            "Set HOST=127.0.0.1, or PROXY_HOPS=0 where there is no proxy.",
        )
    ),
)
_HOPS_WITHOUT_PROXY = Check(
    "warn",
    "proxy",
    Said(
        (
            "PROXY_HOPS terisi, padahal alamatnya alamat komputer ini sendiri.",
            "PROXY_HOPS is set, though the address is this machine's own.",
        )
    ),
    Said(("Isi BASE_URL, atau PROXY_HOPS=0.", "Set BASE_URL, or PROXY_HOPS=0.")),
)
_OPEN_BESIDE_PROXY = Check(
    "warn",
    "proxy",
    Said(
        (
            "Server juga terbuka di samping perantara (proxy).",
            "The server is open beside the proxy too.",
        )
    ),
    Said(
        (
            "Isi HOST=127.0.0.1, atau tutup porta itu untuk yang lain.",
            "Set HOST=127.0.0.1, or close that port to everybody else.",
        )
    ),
)
_NOBODY_REACHES = Check(
    "bad",
    "proxy",
    Said(
        (
            "Server hanya menerima dari komputer ini (HOST 127.0.0.1), dan tidak ada perantara.",
            "The server listens to this machine only (HOST 127.0.0.1), and there is no proxy.",
        )
    ),
    Said(
        (
            "Isi HOST=0.0.0.0, atau pasang perantara dan PROXY_HOPS=1.",
            "Set HOST=0.0.0.0, or a proxy and PROXY_HOPS=1.",
        )
    ),
)


def disk(where: Locations) -> Iterator[Check]:
    """Whether there is room for more answers."""
    folder = next(
        path
        for path in (where.instance_dir, *where.instance_dir.parents)
        if os.access(path, os.X_OK)
    )
    free = shutil.disk_usage(folder).free
    gigabytes = f"{free / 1e9:.1f}"
    size = Said(
        ("%(gb)s GB kosong di %(folder)s", "%(gb)s GB free in %(folder)s"),
        gb=(gigabytes.replace(".", ","), gigabytes),
        folder=folder,
    )
    if free < LEAST_FREE_BYTES:
        advice = (
            "Kosongkan diska: diska yang penuh menolak warga.",
            "Make room: a full disk turns citizens away.",
        )
        yield Check("bad", "disk", size, Said(advice))
    else:
        yield Check("ok", "disk", size)


def rights(where: Locations) -> Iterator[Check]:
    """Whether another account of this machine can read the office's files."""
    keys = closed_files.open_keys(where)
    others = [path for path in closed_files.open_to_others(where) if path not in keys]
    for name, paths in (("keys", keys), ("rights", others)):
        if paths:
            yield Check(
                "bad",
                name,
                Said(
                    ("Orang lain dapat membaca %(names)s", "others may read %(names)s"),
                    names=", ".join(str(path) for path in paths[:3]),
                ),
                Said(
                    (
                        "chmod -R go= %(folder)s, atau jalankan ulang programnya: ia menutupnya.",
                        "chmod -R go= %(folder)s, or start the program again: it does so",
                    ),
                    folder=where.instance_dir,
                ),
            )
        else:
            closed = ("Hanya dapat dibaca pemiliknya.", "readable by their owner only")
            yield Check("ok", name, Said(closed))


def daily_keys(site: Site) -> Iterator[Check]:
    """Whether the keys of past days are gone."""
    oldest = (site.today() - timedelta(days=KEPT_DAYS - 1)).isoformat()
    folder = site.settings.instance_dir / "keys" / "daily"
    stale = [path for path in folder.glob("*") if path.name < oldest]
    if stale:
        yield Check(
            "warn",
            "daily keys",
            Said(
                ("%(n)s lebih tua dari %(days)s hari.", "%(n)s older than %(days)s days"),
                n=len(stale),
                days=KEPT_DAYS,
            ),
            Said(
                (
                    "Terhapus bersama penilaian berikutnya; hapus sekarang bila tidak ada lagi.",
                    "they go with the next rating; delete them now if none comes",
                )
            ),
        )


def database(site: Site, found: Health) -> Iterator[Check]:
    """How safely it keeps, whether its schema is ours, whether its clock is."""
    if found.faults:
        said = Said(
            ("%(engine)s: %(faults)s", "%(engine)s: %(faults)s"),
            engine=found.engine,
            faults="; ".join(found.faults),
        )
        yield Check("bad", "database", said, Said(("Lihat ADR 2.", "see ADR 2")))
    else:
        yield Check("ok", "database", Said((found.engine, found.engine)))
    if schema.is_ready(site):
        yield Check("ok", "schema", Said(("Yang terbaru.", "newest")))
    else:
        said = Said(
            ("%(there)s, bukan %(newest)s", "%(there)s, not %(newest)s"),
            there=revision.current(site.db) or "none",
            newest=revision.newest(),
        )
        script = ("Jalankan scripts/migrate.py.", "scripts/migrate.py")
        yield Check("bad", "schema", said, Said(script))
    if found.clock is not None and abs(site.now() - found.clock) > CLOCK_SLACK:
        yield Check(
            "bad",
            "clock",
            Said(
                (
                    "Berbeda %(apart)s dari jam server basis data.",
                    "%(apart)s apart from the database server's",
                ),
                apart=abs(site.now() - found.clock),
            ),
            Said(
                (
                    "Samakan keduanya lewat NTP: petugas dan kode bergantung padanya.",
                    "set both by NTP: attribution and codes depend on it",
                )
            ),
        )
