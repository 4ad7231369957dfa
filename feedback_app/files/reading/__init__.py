"""One reader for every table that comes in: bytes to sheets of rows."""
