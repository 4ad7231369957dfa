"""Figures of counters for supervisors: live counts, and scores of closed blocks only."""
