"""Serve this machine only; show each change of code, templates, styles, translations at once.

For developers, never for an office: it is slow, and refuses any address but this machine's own.
`python3 run.py dev` prepares its database and starts it.

Example: .venv/bin/python scripts/dev_server.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from werkzeug.serving import run_simple

from feedback_app import create_app
from feedback_app.config import SettingsError
from feedback_app.services.upkeep.wrong_files import settings_of_office
from feedback_app.web import citizen_page, language

LOOPBACK = "127.0.0.1"
# What the product keeps for the life of a process because its files cannot change under it.
KEPT = (
    citizen_page.style,
    citizen_page.whole_style,
    language.catalogue,
)


def main() -> int:
    """Serve until stopped; a change of a Python file starts the program again."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        settings = settings_of_office()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    address = urlsplit(settings.base_url)
    if address.hostname not in (LOOPBACK, "localhost"):
        print(f"BASE_URL {settings.base_url} is no address of this machine", file=sys.stderr)
        return 2
    app = create_app(settings)
    show_changes_at_once(app)
    # "stat" looks at the files' times: it needs no further package, on Windows neither.
    run_simple(
        LOOPBACK,
        address.port or 80,
        app,
        threaded=True,
        use_reloader=True,
        reloader_type="stat",
        exclude_patterns=["*/.venv/*", "*/instance/*", "*/tests/*"],
    )
    return 0


def show_changes_at_once(app: Flask) -> None:
    """Keep nothing from request to request that comes from a file."""
    app.jinja_env.auto_reload = True
    app.before_request_funcs.setdefault(None, []).insert(0, _forget)
    app.teardown_request(_forget)  # for the form that web/light_path.py answers with


def _forget(_error: BaseException | None = None) -> None:
    citizen_page.forget_pages()
    for kept in KEPT:
        kept.cache_clear()


if __name__ == "__main__":
    sys.exit(main())
