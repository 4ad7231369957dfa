"""HR's training records: catalogue, runs, attendances, JP of the year."""
