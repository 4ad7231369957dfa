"""Everything of others that the project and its tests import, loaded once for many short runs.

The project's own modules are forgotten again, so that each run reads them anew.
"""

from __future__ import annotations

import gc

import hypothesis  # noqa: F401 (all three are loaded, not used)
import pytest  # noqa: F401

import tests.conftest  # noqa: F401
from tests.rigs.planted import forget_the_project

forget_the_project("tests", "tests.rigs", __name__)  # empty, and still being imported
gc.freeze()  # what is here stays: no run need look through it again
