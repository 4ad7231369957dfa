"""Seats by lot: list, freeze, dice, draw, and what comes after."""
