"""The states of the citizen's path, each led to by what a citizen does, for somebody to look at."""
