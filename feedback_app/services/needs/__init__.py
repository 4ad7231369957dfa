"""Needs (kebutuhan): where people fall short of what others reach in the same place, and why."""
