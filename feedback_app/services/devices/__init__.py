"""Displays and kiosks as admins keep them, and what a display shows."""
