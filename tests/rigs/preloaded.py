"""Everything of others that the project and its tests import, loaded once for many short runs.

The project's own modules are forgotten again, so that each run reads them anew.
"""

from __future__ import annotations

import gc
import sys

import hypothesis  # noqa: F401 (all three are loaded, not used)
import pytest  # noqa: F401

import tests.conftest  # noqa: F401

_KEPT = ("tests", "tests.rigs", __name__)  # empty, and still being imported
for _name in list(sys.modules):
    if _name.partition(".")[0] in ("feedback_app", "tests") and _name not in _KEPT:
        del sys.modules[_name]
gc.freeze()  # what is here stays: no run need look through it again
