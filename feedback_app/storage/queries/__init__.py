"""Reads, each named after the question it answers."""
