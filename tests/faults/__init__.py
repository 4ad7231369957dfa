"""Small forms of the fault rigs (docs/reliability.md): each holds its promise, each control fails."""
