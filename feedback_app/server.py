"""The program that `run.py` serves: `granian --interface rsgi feedback_app.server:app`.

It reads each request whole before a thread runs `feedback_app.wsgi:app`, which other servers may
load if they buffer bodies themselves or stand behind a proxy that does (docs/runbook.md).
"""

from functools import partial

from feedback_app.front.body_first import BodyFirst
from feedback_app.front.collecting import Patience
from feedback_app.web.daily import keep_up
from feedback_app.web.limits import FORM_BYTES, largest_body
from feedback_app.wsgi import app as program

app = BodyFirst(
    program,
    most_bytes=FORM_BYTES,
    most_bytes_at=partial(largest_body, program),
    patience=Patience(),
    soon=partial(keep_up, program),
)
