"""The program a web server loads: `granian --interface wsgi feedback_app.wsgi:app`."""

from feedback_app import create_app
from feedback_app.config import Settings

app = create_app(Settings.from_environment())
