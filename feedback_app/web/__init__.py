"""HTTP only: one room per audience."""
