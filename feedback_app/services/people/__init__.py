"""Officers and accounts as people: one table, one page each, and what happens to them."""
