# Thin aliases for developers; run.py does the work. `make help` lists them: a target's line is the
# comment above it.
.PHONY: alarms-truth attacks bad-imports bad-network bench-dashboard bench-flatness bench-impact bench-memory bench-minute bench-page bench-plan bench-restore bench-slow-phone bench-start bench-survey bench-yardstick busy-rig clock-rig dev differencing disk-owner disk-rig doctor failover-rig first-month formulas fuzz half-sent help holidays interrupted-rig kill-rig long-tests migration mutation needs-truth one-code plan-truth power-rig quick rig-sums routes screenshots serve states supply test truth
# Set up everything, load the made-up office, serve it.
serve:
	python3 run.py
# This list.
help:
	@awk '/^#/ { line = substr($$0, 3); next } /^[a-z][a-z-]*:/ { sub(":.*", ""); printf "make %-16s %s\n", $$0, line } { line = "" }' Makefile
# Serve to this machine only; changes of code, templates, styles and translations show at once.
dev:
	python3 run.py dev
# The table of public holidays, after the package `holidays` has changed.
holidays:
	.venv/bin/python tests/rigs/holidays_table.py --write
# Lint, types and the quick tests: before each commit.
quick:
	python3 run.py test --quick
# Lint, types and all tests: before work is handed in.
test:
	python3 run.py test
# The tests that `make test` leaves out: browsers on the second engine, every page in axe, more faults.
long-tests:
	.venv/bin/python tests/rigs/long_tests.py
# Draft the next migration from the models, as in: make migration NAME=officer_photo
migration:
	.venv/bin/python scripts/new_migration.py "$(NAME)"
	.venv/bin/ruff check -q --fix --exit-zero feedback_app/storage/migrations
	.venv/bin/ruff format -q feedback_app/storage/migrations
# What is unsafe or neglected in this deployment.
doctor:
	.venv/bin/python scripts/doctor.py --deep
# The route table of docs/architecture.md, from route_table.py and the views.
routes:
	.venv/bin/python tests/rigs/routes.py --write
# The pictures of README, from the demo of today.
screenshots:
	.venv/bin/python tests/rigs/screenshots.py --out docs/screenshots
# Every state of the citizen's path as a picture: OUT=folder, outside of git.
states:
	.venv/bin/python tests/rigs/states.py --out $(or $(OUT),$(HOME)/suara-loket-states)
# Time and bytes of the citizen's form.
bench-page:
	.venv/bin/python bench/citizen_page.py
# Taps and words of the citizen's form, and a model reader's seconds.
bench-minute:
	.venv/bin/python bench/minute.py
# Time of the citizen's form on Slow 3G with a slow processor, beside a bare page.
bench-slow-phone:
	.venv/bin/python bench/slow_phone.py
# Time of a backup, a drill and a restore of 1,000,000 answers.
bench-restore:
	.venv/bin/python bench/restore.py
# Time of the staff's pages, at two sizes of office.
bench-dashboard:
	.venv/bin/python bench/dashboard.py
# Time and memory of the impact study, beside a bare read.
bench-impact:
	.venv/bin/python bench/impact.py
# Time of a year's training plan, beside the bare solver on the same matrix.
bench-plan:
	.venv/bin/python bench/plan.py
# Time and memory of a survey's workbook, report and poster.
bench-survey:
	.venv/bin/python bench/survey_files.py
# Seconds of a warm start to the first page, beside a bare import.
bench-start:
	.venv/bin/python bench/start.py
# Staff's and public pages of a small office beside a province's of 10 million answers: SERVER is a PostgreSQL.
bench-flatness:
	.venv/bin/python bench/flatness.py --server "$(SERVER)"
# Whole flows of citizens beside a plain Flask program's: server CPU a flow, flows a second, tails.
bench-yardstick:
	.venv/bin/python bench/yardstick.py
# Memory of a web process over 20,000 mixed requests.
bench-memory:
	.venv/bin/python bench/memory.py
# Simulated offices with known effects, 2,000 repetitions a world; writes the table into the docs.
truth:
	.venv/bin/python tests/rigs/truth.py --repetitions 2000 --markdown docs/method.md
	.venv/bin/python tests/rigs/truth_several.py --repetitions 300 --markdown docs/method.md
# Simulated offices with known causes, 500 a world: which needs are told; writes the table into the docs.
needs-truth:
	.venv/bin/python tests/rigs/needs_truth.py --offices 500 --markdown docs/method.md
# Forecasts of plans and the power said before a lot, in 400 simulated years; into the docs.
plan-truth:
	.venv/bin/python tests/rigs/plan_truth.py --years 400 --markdown docs/method.md
# How often alarms come without a cause, and how soon with one, in simulated offices.
alarms-truth:
	.venv/bin/python tests/rigs/alarms_truth.py --offices 200 --markdown docs/method.md
# Simulated cheating among honest visitors: what is held, and what is held wrongly (P20).
attacks:
	.venv/bin/python tests/rigs/attacks.py --control --least 50
	.venv/bin/python tests/rigs/attacks.py --markdown docs/trust.md
# P21: delayed, lost and cut connections; no answer lost or doubled, on both engines.
bad-network:
	.venv/bin/python tests/rigs/bad_network.py --engine sqlite
	.venv/bin/python tests/rigs/bad_network.py --engine postgresql
# The bot that subtracts everything it can see (P19), a fortnight, with two planted faults.
differencing:
	.venv/bin/python tests/rigs/differencing.py --days 14
# One code, one answer: 1,000 codes, each tried by 50 at once, on both engines; then the planted fault.
one-code:
	.venv/bin/python tests/rigs/one_code.py
	.venv/bin/python tests/rigs/one_code.py --control --codes 20
# 1,000,000 odd requests over every route, as every role, on each engine: no server error.
fuzz:
	.venv/bin/python tests/rigs/fuzz.py --requests 1000000
# 10,000 spoilt files of every kind on each engine: taken whole or refused whole.
bad-imports:
	.venv/bin/python tests/rigs/bad_imports.py --files 10000
# 100,000 texts through every writer of exports: no cell that a spreadsheet runs.
formulas:
	.venv/bin/python tests/rigs/formulas.py --texts 100000
# Locks, licences, a changed byte, secrets in the history.
supply:
	.venv/bin/python -m pytest -q tests/guard/test_locks.py tests/guard/test_supply.py
# Faults planted in the code of submit, codes, access and disclosure: the share that tests find.
mutation:
	.venv/bin/python tests/rigs/mutation.py
# 200 half-sent, slow, silent connections; vanishing phones; a killed worker; then the planted fault.
half-sent:
	.venv/bin/python tests/rigs/half_sent.py --control
	.venv/bin/python tests/rigs/half_sent.py
# P2: power cut 0.3 s after a receipt, under load, inside a commit of several; controls. Needs root and loop mounts.
power-rig:
	for engine in sqlite postgresql; do for case in quiet loaded; do \
	.venv/bin/python tests/rigs/power_rig.py --engine $$engine --case $$case --cuts 15 || exit 1; done; done
	.venv/bin/python tests/rigs/power_rig.py --case group --cuts 15
	.venv/bin/python tests/rigs/power_rig.py --case group --cuts 4 --control "members told before the commit"
	.venv/bin/python tests/rigs/power_rig.py --case quiet --cuts 15 --control DELETE+FULL
	.venv/bin/python tests/rigs/power_rig.py --case quiet --cuts 5 --control synchronous=OFF
	.venv/bin/python tests/rigs/power_rig.py --case loaded --cuts 5 --control synchronous=NORMAL
	.venv/bin/python tests/rigs/power_rig.py --case loaded --cuts 5 --control "receipt before commit"
	.venv/bin/python tests/rigs/power_rig.py --engine postgresql --case quiet --cuts 5 --control synchronous_commit=off
# P2, P9: power cut during a first start, a migration, upkeep, backup, restore, settings; then the control.
interrupted-rig:
	.venv/bin/python tests/rigs/interrupted_rig.py --cuts 10
	.venv/bin/python tests/rigs/interrupted_rig.py --work "first start" --cuts 4 --control "nothing is synced"
	.venv/bin/python tests/rigs/interrupted_rig.py --work restore --cuts 4 --control "nothing is synced"
# P1: SIGKILL of the web server while 16 citizens rate and press again, on both engines; then the controls.
kill-rig:
	for engine in sqlite postgresql; do \
	.venv/bin/python tests/rigs/kill_rig.py --engine $$engine --server real --kills 30 || exit 1; \
	.venv/bin/python tests/rigs/kill_rig.py --engine $$engine --server forked --kills 100 || exit 1; done
	.venv/bin/python tests/rigs/kill_rig.py --server group --kills 40
	.venv/bin/python tests/rigs/kill_rig.py --server two --kills 20
	.venv/bin/python tests/rigs/kill_rig.py --server group --kills 4 --control "members told before the commit"
	.venv/bin/python tests/rigs/kill_rig.py --kills 10 --control "receipt before commit"
	.venv/bin/python tests/rigs/kill_rig.py --kills 40 --control "a new form each time"
# P3: small disks filled up to the last pages, and every so-manieth write failing. Needs root and strace.
disk-rig:
	.venv/bin/python tests/rigs/disk_rig.py --points 250
	.venv/bin/python tests/rigs/disk_rig.py --points 250 --disk tmpfs
	.venv/bin/python tests/rigs/disk_rig.py --points 60 --engine postgresql
	.venv/bin/python tests/rigs/disk_rig.py --case eio --points 1000
	.venv/bin/python tests/rigs/disk_rig.py --case eio --points 50 --engine postgresql
	.venv/bin/python tests/rigs/disk_rig.py --points 6 --control "receipt in spite of a fault"
# P7: the primary dies, its synchronous standby takes over; then an asynchronous one, which must lose.
failover-rig:
	.venv/bin/python tests/rigs/failover_rig.py --failovers 20
	.venv/bin/python tests/rigs/failover_rig.py --failovers 6 --control asynchronous
# P6: the clock an hour, a day and decades off, under load, on both engines.
clock-rig:
	.venv/bin/python tests/rigs/clock_rig.py
	.venv/bin/python tests/rigs/clock_rig.py --engine postgresql
	.venv/bin/python tests/rigs/clock_rig.py --control "a new form each time"
# P5: 32 writers beside pages, exports, recounts and backups; a reader of 30 s; then the controls.
busy-rig:
	for engine in sqlite postgresql; do for case in everything reader; do \
	.venv/bin/python tests/rigs/busy_rig.py --engine $$engine --case $$case || exit 1; done; done
	.venv/bin/python tests/rigs/busy_rig.py --case reader --control "an old SQLite"
	.venv/bin/python tests/rigs/busy_rig.py --engine postgresql --case reader --control "a locked tally"
# An office's first month in a browser, from an empty folder; then with a wrong clock, and switched off.
first-month:
	.venv/bin/python tests/rigs/first_month/rig.py
	.venv/bin/python tests/rigs/first_month/rig.py --month "a clock one day wrong"
	.venv/bin/python tests/rigs/first_month/rig.py --month "off for two weeks"
# The tables of docs/reliability.md and docs/trust.md, from what the rigs found so far.
rig-sums:
	.venv/bin/python tests/rigs/sums.py --write
# Who owns one copy of the database and noted when each visitor sent: what is recovered, both engines.
disk-owner:
	.venv/bin/python tests/rigs/disk_owner.py
