"""What a province reads of this site: the open data of its public pages, and nothing else."""

from __future__ import annotations

from feedback_app.services.office.agency import any_is_demo
from feedback_app.services.public.open_data import FIELDS, rows_of_site
from feedback_app.services.site import Site
from feedback_app.storage import published


class MadeUpError(ValueError):
    """A province must not add up the made-up office."""


def publish(site: Site, url: str) -> int:
    """Write every published result into the province's table at `url`; how many there are.

    MadeUpError for the demo, NotSavedError where that database refuses.
    """
    if any_is_demo(site):
        raise MadeUpError("this office is made up: nothing was published")
    rows = rows_of_site(site)
    published.replace_all(url, rows, columns=tuple(FIELDS))
    return len(rows)
