"""Write what the public pages show into the database that a province reads (deploy/regency.sql).

Example: .venv/bin/python scripts/publish_results.py --to postgresql://suara_publisher@/suara_published
The open data of /hasil/data.csv, row by row, in one transaction; run it daily. An office on SQLite
may publish too. A password comes from ~/.pgpass or PGPASSWORD, never from the command line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feedback_app.config import SettingsError, database_url
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.public.province import MadeUpError, publish
from feedback_app.services.upkeep.wrong_files import open_office


def main() -> int:
    """Publish; exit 2 for a bad call, 1 where a database refuses."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", metavar="URL", required=True, help="postgresql://…")
    arguments = parser.parse_args()
    if not arguments.to.startswith("postgresql"):
        parser.error(
            "--to is a PostgreSQL address, like postgresql://suara_publisher@/suara_published"
        )
    try:
        url = database_url({"DATABASE_URL": arguments.to}, Path())
        done = publish(open_office(), url)
    except (SettingsError, MadeUpError) as error:
        print(error, file=sys.stderr)
        return 2
    except NotSavedError as error:
        print(f"not published: {error}", file=sys.stderr)
        return 1
    print(f"{done} published results")
    return 0


if __name__ == "__main__":
    sys.exit(main())
