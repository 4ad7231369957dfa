"""An office's first start: its answers become agency, first admin and file of settings at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from feedback_app import instance
from feedback_app.domain.first_start import Answers, fault_of_name
from feedback_app.domain.local_time import keep_time_of
from feedback_app.services.access.accounts import add_first_admin
from feedback_app.services.access.links import IssuedLink
from feedback_app.services.office.setup import SetupFaultError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import agencies, audit, office_marks

BEGUN = "begun"  # the mark whose row two set-ups at once would both write: the second one waits


class AlreadyBegunError(Exception):
    """Somebody else has set the office up meanwhile; nothing was changed."""


def begin_office(site: Site, answers: Answers, *, environ: Mapping[str, str]) -> IssuedLink:
    """Make the office and its first admin, keep the answers; return the admin's invitation.

    All or nothing: an office is there exactly when this has ended. The file is written last,
    before the commit; where that fails, the next start asks again and knows the answers.
    """
    there = _with_answers(site, answers)
    with there.db.transaction() as tx:
        office_marks.put(tx, BEGUN, text=answers.agency_code, at=there.now())
        if agencies.agencies(tx):
            raise AlreadyBegunError
        row = {"code": answers.agency_code, "name": answers.office_name, "is_demo": False}
        agency_id = bulk.add_rows(tx, "agency", [row])[0]
        issued = add_first_admin(
            tx,
            there,
            agency_id=agency_id,
            username=answers.admin_username,
            name=answers.admin_name,
        )
        path = site.settings.instance_dir / instance.FILE
        instance.write(path, instance.read(path) | settings_of(answers, environ))
    keep_time_of(there.settings.time_zone)
    return issued


def change_settings(
    site: Site, settings: Mapping[str, str], path: Path, *, changed: Collection[str]
) -> None:
    """Keep settings that the database must follow: the office's name, which pages read there.

    SetupFaultError where a change would make untrue what is kept; then nothing is changed.
    """
    with site.db.transaction() as tx:
        found = agencies.agencies(tx)
        if "TIME_ZONE" in changed and agencies.has_begun_to_work(tx):
            raise SetupFaultError(
                "Zona waktu tidak dapat diubah lagi: jadwal dan hari penilaian yang tersimpan akan "
                "bergeser."
            )
        if "OFFICE_NAME" in changed:
            if len(found) != 1:
                raise SetupFaultError("Nama kantor hanya dapat diubah bila ada tepat satu kantor.")
            if fault := fault_of_name("office_name", settings.get("OFFICE_NAME", "")):
                raise SetupFaultError(fault)
            found[0].name = settings["OFFICE_NAME"]
        for agency in found:
            audit.append(
                tx,
                agency_id=agency.id,
                at=site.now(),
                account_id=None,
                action="change_settings",
                subject=", ".join(sorted(name.lower() for name in changed)),
            )
        instance.write(path, settings)


def settings_of(answers: Answers, environ: Mapping[str, str]) -> dict[str, str]:
    """What the file keeps of the answers, and what follows from the address.

    An https address needs a proxy that does TLS, so one is in front. An http one is opened by
    other machines directly, so the program listens to them. What the environment says stays its.
    """
    found = {
        "OFFICE_NAME": answers.office_name,
        "TIME_ZONE": answers.time_zone,
        "FIRST_ADMIN": answers.admin_username,
    }
    follows: dict[str, str] = {}
    if answers.address:
        found["BASE_URL"] = answers.address
    if answers.address.startswith("https://"):
        follows = {"PROXY_HOPS": "1"}
    elif answers.address:
        found["ALLOW_PLAIN_HTTP"] = "1"
        follows = {"HOST": "0.0.0.0", "PORT": str(urlsplit(answers.address).port)}  # noqa: S104
    return found | {name: text for name, text in follows.items() if not environ.get(name)}


def _with_answers(site: Site, answers: Answers) -> Site:
    """The site by its new address. No address yet: the admin sits at this machine, and said so."""
    settings = replace(
        site.settings,
        base_url=answers.address or site.settings.base_url,
        time_zone=instance.TIME_ZONES[answers.time_zone],
        loopback_ok=True,
    )
    return replace(site, settings=settings)
