# Thin aliases for developers; run.py does the work.
.PHONY: serve test bench-page truth bench-impact bench-survey doctor one-code
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
# One code, one answer: 1,000 codes, each tried by 50 at once, on both engines; then the planted fault.
one-code:
	.venv/bin/python tests/rigs/one_code.py
	.venv/bin/python tests/rigs/one_code.py --control --codes 20
