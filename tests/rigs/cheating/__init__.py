"""Simulated cheating: an office, its honest visitors, and those who cheat (`make attacks`)."""
