"""The small office of `office.py` behind a real server, with single sign-on at a real provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from feedback_app.config import Settings
from feedback_app.services.site import Site, open_site
from feedback_app.storage.models import Account
from tests.ground.browser import free_port, running_server
from tests.ground.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider


@dataclass
class StaffedSite:
    """Where it is served, its services, and the provider it trusts."""

    address: str
    site: Site
    provider: Provider


@contextmanager
def staffed_site(database_url: str, folder: Path) -> Iterator[StaffedSite]:
    """Serve the office that lies in this database, by the machine's own clock."""
    port = free_port()
    _write(folder / "keys" / "secret", (b"s" * 32).hex())  # those that sealed the office's factors
    _write(folder / "keys" / "place", (b"p" * 32).hex())
    _write(folder / "oidc-secret", CLIENT_SECRET)
    with running_provider(f"http://127.0.0.1:{port}/masuk/sso/kembali") as provider:
        environment = {
            "INSTANCE_DIR": str(folder),
            "PORT": str(port),
            "DATABASE_URL": database_url,
            "OIDC_ISSUER": provider.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET_FILE": str(folder / "oidc-secret"),
            "OIDC_NAME": "SSO Pemda",
            "LOOPBACK_OK": "1",
        }
        site = open_site(Settings.from_environment(environment))
        with site.db.transaction() as tx:
            alice = update(Account).where(Account.username == "alice")
            tx.execute(alice.values(sso_name="alice@office.example"))
        with running_server(environment, port) as address:
            yield StaffedSite(address, site, provider)
        site.db.close()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text + "\n")
    path.chmod(0o600)
