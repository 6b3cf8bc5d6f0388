# Everything starts here, on any machine with python3, make and git. `make` alone lists what there is.

# The system's Python where it can be used: distributions compile it with profile-guided optimisation, which one that a person
# compiled seldom has, and without it the tests take a third longer. Another: make PYTHON=python3.13
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo /usr/bin/)python3
VENV ?= .venv
# Given to the command at hand: make pytest ARGS="-k export"
ARGS ?=
# Which of the scripts in benchmarks/ runs.
NAME ?= lists

BIN := $(VENV)/bin
# A file that is there when its requirements are installed, and newer than they are.
RUNTIME := $(VENV)/.runtime-installed
TOOLS := $(VENV)/.tools-installed
PEERS := $(VENV)/.peers-installed
SCANNERS := $(VENV)/scanners
PIP := $(BIN)/python -m pip install --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.PHONY: help run test check every-test lint types style pytest fmt bench security clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUNTIME) ## Start the dashboard; the first time, install what it needs
	@$(BIN)/python manage.py run $(ARGS)

# Compiled code is kept, whatever the environment says: every process of the tests would compile all of it again.
every-test pytest: export PYTHONDONTWRITEBYTECODE =

# The types take one processor for a minute, so they are checked beside the tests.
test: style ## Check everything, and run every test: what CI runs
	@$(MAKE) --no-print-directory -j2 types every-test

# First one process compiles what on a fresh clone all of them would, each for itself.
every-test: $(TOOLS)
	@$(BIN)/python -m pytest --collect-only -qq > /dev/null || :
	@$(BIN)/python -m pytest -n auto --dist worksteal --cov $(ARGS)

check: test ## The same as test

# The types take as long as all the rest, so the rest is checked beside them.
lint: $(TOOLS) ## Check format, lint, types, layers and templates
	@$(MAKE) --no-print-directory -j2 types style

types: $(TOOLS)
	@$(BIN)/mypy
# Benchmarks are run seldom: this tells when they call what is gone.
	@$(BIN)/mypy --config-file= --explicit-package-bases --ignore-missing-imports --follow-imports=silent --cache-dir .mypy_cache/benchmarks --exclude benchmarks/peers --no-error-summary benchmarks

style: $(TOOLS)
	@$(BIN)/ruff format --check --quiet . || { echo "Run 'make fmt'."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet templates

pytest: $(TOOLS) ## Run tests only, one after another: make pytest ARGS="-k export"
	@$(BIN)/python -m pytest $(ARGS)

fmt: $(TOOLS) ## Format the code, and repair what can be repaired
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(PEERS) ## Measure with many records, beside other dashboards; another measurement: make bench NAME=servers
	@PYTHONPATH=. $(BIN)/python benchmarks/$(NAME).py $(ARGS)

security: $(SCANNERS)/.installed ## Set Wapiti and sqlmap on a served dashboard; takes half an hour, ARGS="--only edge" seconds
	@$(BIN)/python tests/security/scan.py --scanners $(SCANNERS) $(ARGS)

clean: ## Remove what make has made; the data in instance/ stays
	rm -rf $(VENV) .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, but this is $$($(PYTHON) -V): try make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The interpreter's own time says nothing about what is installed, so it comes after the bar: it only has to exist.
$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what the dashboard runs on (only when requirements.txt has changed) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt requirements-oidc.txt requirements-s3.txt requirements.txt | $(BIN)/python
	@echo "Installing what the checks need (only when the requirements have changed) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $(RUNTIME) $@

# They pin other versions of what the dashboard runs on.
$(SCANNERS)/.installed: tests/security/requirements.txt $(TOOLS)
	@echo "Installing the scanners, into an environment of their own ..."
	@$(BIN)/python -m venv $(SCANNERS)
	@$(SCANNERS)/bin/python -m pip install --disable-pip-version-check -qq -r $<
	@touch $@

$(PEERS): benchmarks/requirements.txt $(TOOLS)
	@echo "Installing what the dashboard is measured against ..."
	@$(PIP) -r benchmarks/requirements.txt
	@touch $@
