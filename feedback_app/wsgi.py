"""The program a web server loads: `granian --interface wsgi feedback_app.wsgi:app`."""

import sys

from feedback_app import create_app
from feedback_app.config import SettingsError
from feedback_app.services.upkeep.wrong_files import settings_to_answer

try:
    app = create_app(settings_to_answer())
except SettingsError as error:
    sys.exit(str(error))
