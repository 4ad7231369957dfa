"""Who owns one copy of the database, and noted at which minute each visitor sent."""
