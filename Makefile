# Two commands for users: `make demo` and `make test`. The rest is for developers.
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: demo test check fmt bench bench-ingest bench-recognition bench-replay bench-watch trial trial-corrupted trial-faults trial-clock trial-properties trial-watches crash-watch migrate lock clean

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv .venv

.venv/%.installed: requirements/%.txt pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: .venv/demo.installed
	.venv/bin/shouwang demo

test: .venv/dev.installed
	$(PY) -m pytest

check: .venv/dev.installed
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m pytest -q -p no:cacheprovider tests/unit -k core --cov --cov-report=term-missing:skip-covered

fmt: .venv/dev.installed
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: .venv/dev.installed
	$(PY) bench/demo.py

# What 54 cameras cost, against two other ways; MINUTES for each of the three. Needs ffmpeg.
MINUTES ?= 5
bench-ingest: .venv/dev.installed
	$(PY) bench/ingest.py --minutes $(MINUTES)

# What a tick of the watch costs with a million residents; takes 15 minutes, most of them to fill two databases.
bench-watch: .venv/dev.installed
	$(PY) bench/watch.py

# What a replay costs; REPLAY='--only worth' and '--only outages' tell what the usual hours are worth and what outages do.
REPLAY ?=
bench-replay: .venv/dev.installed
	$(PY) bench/replay.py $(REPLAY)

bench-recognition: .venv/dev.installed
	$(PY) bench/recognition.py

# Long trials on real people; TRIAL is a folder as docs/recognition.md describes it.
TRIAL ?= ../shared/eval
trial: .venv/dev.installed
	.venv/bin/shouwang evaluate $(TRIAL)/lfw-dev --engine sface --engine dlib --engine sface+dlib
	.venv/bin/shouwang evaluate $(TRIAL)/asl-clips

trial-corrupted: .venv/dev.installed
	$(PY) bench/corrupted.py --streams 1000

# Cameras and workers that fail, on real sockets; the whole of it takes FAULTS='--rounds 50 --restarts 20 --kills 200 --hangs 10
# --reconnects 10000' and 80 minutes.
FAULTS ?=
trial-faults: .venv/dev.installed
	$(PY) bench/faults.py $(FAULTS)

# Every way in which the machine's clock may jump, at MOMENTS moments of an evening each: 10 minutes on two cores.
MOMENTS ?= 50
trial-clock: .venv/dev.installed
	$(PY) bench/clock.py --moments $(MOMENTS)

# What must hold in every history of a resident, in EXAMPLES random ones for each property.
EXAMPLES ?= 700
trial-properties: .venv/dev.installed
	SHOUWANG_EXAMPLES=$(EXAMPLES) $(PY) -m pytest tests/integration/test_wellness_properties.py

# Three watches of one estate, of which the acting one is killed KILLS times.
KILLS ?= 20
trial-watches: .venv/dev.installed
	$(PY) bench/watches.py --kills $(KILLS)

# kill -9 before every statement and around every commit of the watch, and a start after each: 10 minutes on two cores.
crash-watch: .venv/dev.installed
	$(PY) bench/crashes.py

migrate: .venv/run.installed
	.venv/bin/shouwang migrate

# The lock holds names, versions and hashes only: no address of any package index.
lock:
	for set in "run" "demo --extra sample" "dev --extra sample --extra postgres --extra dev"; do \
	  set -- $$set; name=$$1; shift; \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-annotate "$$@" pyproject.toml requirements/build.in -o requirements/$$name.txt || exit 1; \
	done

clean:
	rm -rf .venv data
