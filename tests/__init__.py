"""Tests of every layer, and what they stand on."""

import os

# Sums here are small: the threads of a second core only wait for each other, at three times the work.
# numpy reads it when it is loaded, servers and scripts that tests start inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
