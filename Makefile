# Thin aliases for developers; run.py does the work.
.PHONY: serve test bench-page
serve:
	python3 run.py
test:
	python3 run.py test
bench-page:
	.venv/bin/python bench/citizen_page.py
