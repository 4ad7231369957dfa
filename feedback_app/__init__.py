"""Suara Loket: citizen feedback at government counters."""
