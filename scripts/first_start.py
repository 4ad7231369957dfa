"""Set up an office that nobody has begun yet: four questions, once.

`run.py --office` asks them at its first start: on the terminal, or, where there is none (a service,
a container), on a page that a code opens. This asks them on the terminal without serving.

Example: .venv/bin/python scripts/first_start.py
The answers go into settings.toml in the instance folder; scripts/settings.py changes them.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from werkzeug.serving import WSGIRequestHandler, make_server

from feedback_app import instance
from feedback_app.config import SettingsError, settings_in_effect
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.first_start import FIELDS, Answers, read_address, read_answers
from feedback_app.domain.texts import Text, Words
from feedback_app.services.access.links import IssuedLink
from feedback_app.services.office.first_start import AlreadyBegunError, begin_office
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import has_no_agency, upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate
from feedback_app.web.first_start import Lock, OneTimePage, create_page
from feedback_app.web.language import in_english

LOOK_S = 1.0  # whether scripts/create_account.py has made the office meanwhile
REQUEST_S = 15  # then a half-sent request is let go
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
QUESTIONS: dict[str, Words] = {
    "office_name": ("1. Nama kantor, seperti pada kop surat", "the office's name"),
    "address": (
        "2. Alamat yang dibuka ponsel warga, misalnya https://suara.contoh.go.id "
        "(kosong: belum ada)",
        "the address that citizens' phones open (empty: none yet)",
    ),
    "time_zone": ("3. Zona waktu: WIB, WITA, atau WIT", "time zone"),
    "admin_name": ("4. Nama lengkap admin pertama", "the first admin's full name"),
    "admin_username": ("   Nama pengguna admin itu (kosong: dari namanya)", "and user name"),
}


def main() -> int:
    """Ask and keep; 1 when nothing was kept, 2 when the call or the files are wrong."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    if not instance.chosen(os.environ | {"DEMO": os.environ.get("DEMO") or "0"}).is_office:
        print("DEMO=… chooses the demo, which needs no set-up", file=sys.stderr)
        return 2
    environ = os.environ | {"DEMO": "0"}
    try:
        site = open_site(settings_to_migrate(environ))
        upgrade_schema(site)
    except (SettingsError, NotSavedError) as error:
        print(error, file=sys.stderr)
        return 2
    if not has_no_agency(site):
        print("the office is set up already; scripts/settings.py changes it", file=sys.stderr)
        return 1
    return ask_on_terminal(site, environ)


def set_up_office(site: Site, host: str, port: int) -> int:
    """What a start does where nobody has begun yet; 0 when there is an office."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return ask_on_terminal(site, os.environ)
    ask_on_page(site, os.environ, host, port)
    return 0


def ask_on_terminal(site: Site, environ: Mapping[str, str]) -> int:
    """Ask until every answer can be used; 1 when it was broken off, and nothing was kept then."""
    print("\nKantor baru: empat pertanyaan / a new office: four questions")
    print("(Enter memakai isi dalam kurung / Enter takes what is in brackets)\n")
    typed = known_answers(site, environ)
    try:
        while True:
            answers = _ask_all(typed)
            print("\n" + "\n".join(f"  {line}" for line in _summary(answers)))
            if _is_yes(("Simpan?", "keep this?")):
                break
        issued = begin_office(site, answers, environ=environ)
    except (EOFError, KeyboardInterrupt):
        print("\nBelum ada yang disimpan. / Nothing was kept.", file=sys.stderr)
        return 1
    except AlreadyBegunError:
        print("Kantor ini sudah disiapkan. / This office is set up already.", file=sys.stderr)
        return 1
    except (NotSavedError, OSError) as error:
        print(f"Belum tersimpan / not saved: {error}", file=sys.stderr)
        return 1
    print(_invitation(answers, issued), flush=True)
    return 0


def known_answers(site: Site, environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment and an earlier, broken-off set-up say already."""
    env = settings_in_effect(environ)
    address = "" if site.settings.has_loopback_address else site.settings.base_url
    zones = {name: word for word, name in instance.TIME_ZONES.items()}
    return {
        "office_name": env.get("OFFICE_NAME", ""),
        "address": address,
        "time_zone": zones[site.settings.time_zone],
        "admin_username": env.get("FIRST_ADMIN", ""),
    }


def _ask_all(typed: dict[str, str]) -> Answers:
    is_plain = False
    for name in FIELDS:
        while True:
            typed[name] = _ask(QUESTIONS[name], typed.get(name, ""))
            is_plain = is_plain or (name == "address" and _is_trial(typed[name]))
            found = read_answers(typed, plain_is_fine=is_plain)
            if isinstance(found, Answers):
                if name == FIELDS[-1]:
                    return found
                break
            if name not in found:
                break
            _say(found[name])
            typed[name] = ""
    return _ask_all(typed)  # an answer taken above does not fit a later one


def _ask(question: Words, known: str) -> str:
    shown = f" [{known}]" if known else ""
    return input(f"{question[0]}\n   ({question[1].strip()}){shown}: ").strip() or known


def _is_trial(address: str) -> bool:
    """An address without encryption is taken when somebody says that he wants it."""
    is_plain = isinstance(read_address(address, plain_is_fine=False), Text) and not isinstance(
        read_address(address, plain_is_fine=True), Text
    )
    return is_plain and _is_yes(
        (
            "Alamat http tidak terenkripsi. Apakah ini uji coba di dalam satu jaringan kantor?",
            "http is not encrypted: is this a trial inside one office network?",
        )
    )


def _is_yes(question: Words) -> bool:
    said = input(f"{question[0]} (y/t) ({question[1]} y/n): ").strip().lower()
    return said in ("y", "ya", "yes")


def _say(fault: Text) -> None:
    print(f"   {fault}\n   ({in_english(fault)})")


def _summary(answers: Answers) -> list[str]:
    address = answers.address or "belum ada / none yet"
    return [
        answers.office_name,
        f"{address} · {answers.time_zone}",
        f"admin: {answers.admin_name} ({answers.admin_username})\n",
    ]


def _invitation(answers: Answers, issued: IssuedLink) -> str:
    lines = [
        "\nKantor sudah siap. Tautan ini untuk admin pertama, satu kali, selama 72 jam:",
        "The office is set up. This link is for the first admin, once, for 72 hours:",
        f"\n  {issued.username}: {issued.url}\n",
        "Hilang? / Lost? scripts/create_account.py NAMA --new-link",
    ]
    if answers.address.startswith("https://"):
        lines.append(
            f"{answers.address} harus diteruskan ke komputer ini / must be passed on to this "
            "computer: deploy/nginx.conf"
        )
    return "\n".join(lines)


def ask_on_page(site: Site, environ: Mapping[str, str], host: str, port: int) -> None:
    """Serve the one-time page until somebody has answered there, or made the office by a script."""
    used = threading.Event()
    page = OneTimePage(
        site,
        Lock(_announcer(host, port)),
        environ=environ,
        known=known_answers(site, environ),
        when_used=used.set,
    )
    server = make_server(host, port, create_page(page), threaded=True, request_handler=QuietHandler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    while not used.wait(LOOK_S) and has_no_agency(site):
        pass
    server.shutdown()
    serving.join()
    server.server_close()


def _announcer(host: str, port: int) -> Callable[[str], None]:
    shown = "ALAMAT-KOMPUTER-INI" if host in EVERY_ADDRESS else host

    def announce(code: str) -> None:
        print(
            f"\nKantor ini belum disiapkan. Buka http://{shown}:{port}/ dan masukkan kode: {code}"
            f"\nThis office is not set up yet. Open that page and enter the code: {code}\n",
            flush=True,
        )

    return announce


class QuietHandler(WSGIRequestHandler):
    """No line in a log names a visitor, and nobody holds a thread by sending half a request."""

    timeout = REQUEST_S

    def log(self, *_arguments: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    sys.exit(main())
