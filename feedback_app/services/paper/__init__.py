"""Paper forms: print numbered sheets, key them, and check how well they were keyed."""
