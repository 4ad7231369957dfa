"""A real office's first month, driven in a real browser from an empty folder."""
