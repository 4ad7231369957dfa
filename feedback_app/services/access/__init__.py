"""Staff: their accounts, how they come in and stay in, and the log of what they did."""
