"""Needs: a mixed model of ratings tells the officer's part of a gap from the place's."""
