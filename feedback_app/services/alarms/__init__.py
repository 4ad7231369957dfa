"""Alarms: which counter's element left its level, from the database or an analyst's file."""
