"""What trainings did to scores: the panel, studies as jobs, their pages and files."""
