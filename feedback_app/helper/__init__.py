"""Heavy work in a process beside the web process: its libraries and its memory end with it."""
