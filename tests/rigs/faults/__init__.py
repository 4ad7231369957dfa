"""What the fault rigs share: an office on either engine, its server, its citizens, and the books."""
