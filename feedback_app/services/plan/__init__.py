"""A year's training plan: candidate runs, what is worked out, fixed, spent and looked back on."""
