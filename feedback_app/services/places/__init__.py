"""Units, counters and services: seen, named anew, ended, and what comes after them."""
