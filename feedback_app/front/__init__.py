"""What stands between the server and the program: whole requests only, politely refused ones."""
