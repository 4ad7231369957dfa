"""Cases before the inspectorate: two people decide each, and comments are masked the same way."""
