# make            lists the targets
# make demo       sets up and runs the main job on samples/, from submission to the released package
# make test       sets up and runs what every change needs (under 10 minutes)
# make test-all   everything: corpora, kills, PostgreSQL
# make check      format, lint, types
# make bench      speed and false alarms, as JSON
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: help setup system demo test test-all check format lock samples bench clean
help:
	@sed -n 's/^# \(make.*\)/\1/p' Makefile

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.installed

# PostgreSQL, LibreOffice and fonts, where this machine lets us install them; what is missing skips its tests, loudly.
system:
	@bash tests/system.sh

demo: setup
	@$(BIN)/docpipe demo --folder demo

check: setup
	$(BIN)/ruff format --check docpipe flows tests samples
	$(BIN)/ruff check docpipe flows tests samples
	$(BIN)/mypy

test: setup system check
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

test-all: setup system check
	PROPERTY_EXAMPLES=200 $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "slow or not slow" --timeout 3600

bench: setup
	@for bench in tests/bench/*.py; do echo "== $$bench" >&2; $(BIN)/python $$bench || exit 1; done

format: setup
	$(BIN)/ruff check --fix -q docpipe flows tests samples; $(BIN)/ruff format -q docpipe flows tests samples

lock:
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q requirements/runtime.in --python-version 3.11 --universal --generate-hashes --no-emit-index-url -o requirements/runtime.txt
	$(BIN)/uv pip compile -q requirements/dev.in --python-version 3.11 --universal --generate-hashes --no-emit-index-url -o requirements/dev.txt

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache
