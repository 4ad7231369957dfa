"""Survey periods: opening, closing, revisions, follow-up, and the files they owe."""
