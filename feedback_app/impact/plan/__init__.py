"""A year's training plan under a budget: the matrix, the solver, questions about it, forecasts."""
