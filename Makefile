# Thin verbs. `make demo` and `make test` set themselves up on a machine that has only Python 3.11.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2
export NO_MKDOCS_2_WARNING := 1

.PHONY: help demo test check mutants strangers bench docs specs sync format soak clean

help:            ## this list
	@grep -hE '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: .venv/.demo        ## start the reference server, certify it, write ./digione-report
	$(BIN)/digione demo

test: .venv/.dev check   ## everything that must hold: tools, then the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/.dev        ## formatting, lint, types, architecture, stale artefacts
	$(BIN)/python scripts/check.py

mutants: .venv/.dev      ## the kill matrix: no fault survives, no check is idle
	$(BIN)/digione mutants --seen scripts/docs_builders/recorded/kill-matrix.json \
		--admitted tests/conformance/open-faults.txt
	$(BIN)/digione mutants --packages --admitted tests/bulk/open-export-faults.txt

strangers: .venv/.dev    ## a server that is not ours: its legal variants are clean, its defects noticed
	$(BIN)/python -m tests.strangers.runs

bench: .venv/.dev        ## ratios measured in one run
	$(BIN)/python -m tests.bench

docs: .venv/.dev         ## build the documentation site into ./site
	$(BIN)/python scripts/docs_pages.py
	$(BIN)/mkdocs build --strict  # not --quiet: it silences the very warnings that strict counts

specs: .venv/.dev        ## rebuild specs/ from models and endpoint tables
	$(BIN)/python scripts/build_specs.py

sync: .venv/.dev         ## regenerate the sync client from the async one
	$(BIN)/python scripts/unasync.py

format: .venv/.dev       ## format and fix what can be fixed
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

soak: .venv/.dev         ## the long-running tests
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m soak --timeout 3600

clean:           ## remove what the other verbs made
	rm -rf .venv site dist build digione-report .mypy_cache .ruff_cache .pytest_cache .hypothesis

# uv installs four times faster; plain pip does the same work where uv cannot be had.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and no python3 is on PATH" >&2; exit 3; }
	$(PYTHON) -m venv .venv
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.demo: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python scripts/install.py --extras cli,conformance,server
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python scripts/install.py --extras all --dev
	@touch $@ .venv/.demo
