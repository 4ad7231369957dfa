"""Bytes to typed rows and back."""
