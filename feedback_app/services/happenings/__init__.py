"""What happened at counters: the register, and what others read of it."""
