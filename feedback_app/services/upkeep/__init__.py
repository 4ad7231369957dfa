"""Keeping the database in order: schema, tallies, retention, and what the doctor finds."""
