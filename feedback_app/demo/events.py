"""What people did in the demo office: devices, held answers, appeals, paper forms."""

from __future__ import annotations

from datetime import date

import numpy as np

from feedback_app.demo.appeals import appeal_events, published_quarters
from feedback_app.demo.certificates import add_certificates, criteria_event
from feedback_app.demo.devices import device_events
from feedback_app.demo.held import held_events
from feedback_app.demo.lots import lot_events
from feedback_app.demo.officer_room import add_views, reply_event
from feedback_app.demo.paper import paper_events
from feedback_app.demo.people import run_in_order, viewer_named
from feedback_app.demo.places import Places
from feedback_app.demo.stories import INSPECTORS
from feedback_app.services.cases.decisions import case_page
from feedback_app.services.site import Site
from feedback_app.services.upkeep.retention import do_daily_work

SEED = 20_261_127


def let_happen(site: Site, places: Places, *, last: date) -> int:
    """Let it happen in the order of time, then the daily job; return how many cases there are."""
    rng = np.random.default_rng(SEED)
    quarters = published_quarters(site.today())
    officer, admin, inspector, hr = (
        viewer_named(site, name, unit_ids=frozenset())
        for name in ("petugas", "admin", INSPECTORS[0], "kepegawaian")
    )
    events = appeal_events(site, places, officer, quarters, rng)
    events.append(reply_event(officer, quarters[0]))
    events += held_events(rng, last=last)
    events += device_events(site, admin, last=last)
    events += paper_events(site, places, rng, last=last)
    events += lot_events(hr, last=last)
    events.append(criteria_event(hr, last=last))
    run_in_order(site, events)
    add_views(site, places)
    add_certificates(site, places, last=last)
    do_daily_work(site)  # fine times of the older answers go, as they would have
    return sum(
        case_page(site, inspector, kind="", is_open=is_open, page=1).total
        for is_open in (True, False)
    )
