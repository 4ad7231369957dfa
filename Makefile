# Thin aliases for developers; run.py does the work.
.PHONY: differencing serve test bench-page truth bench-impact bench-survey doctor
serve:
	python3 run.py
test:
	python3 run.py test
bench-page:
	.venv/bin/python bench/citizen_page.py
# Simulated offices with known effects, 2,000 repetitions a world; writes the table into the docs.
truth:
	.venv/bin/python tests/rigs/truth.py --repetitions 2000 --markdown docs/method.md
bench-impact:
	.venv/bin/python bench/impact.py
bench-survey:
	.venv/bin/python bench/survey_files.py
# What is unsafe or neglected in this deployment.
doctor:
	.venv/bin/python scripts/doctor.py --deep
# The bot that subtracts everything it can see (P19), a fortnight, with two planted faults.
differencing:
	.venv/bin/python tests/rigs/differencing.py --days 14
