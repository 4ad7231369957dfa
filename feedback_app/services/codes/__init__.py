"""Visit codes for the office: batches, tickets, the queue machine, and how many were used."""
