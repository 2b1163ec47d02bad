# Everything a person does with this repository. `make` alone prints the list.

PYTHON ?= python3
UV ?= uv
ARGS ?=

# The program starts in half the time when it finds itself compiled, and the tests start it hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/run.stamp
ALL := $(VENV)/all.stamp
CLIENTS := tests/clients/node_modules/.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OURSELVES := $(PIP) install --no-deps --no-build-isolation --editable .
COMPILE := $(UV) pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test lint format bench bench-intent mutants lock clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22
	@echo
	@echo 'Arguments go in ARGS: make demo ARGS="--headless --for 20s", make test ARGS="-k money"'

install: $(ALL) ## Make .venv with the program and everything its tests need

demo: $(RUN) ## Run a simulated live shop in one process and print links to it (needs nothing but python3)
	$(BIN)/shopkeeper demo $(ARGS)

test: lint $(CLIENTS) ## Check style, types and floors, then run every test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(ALL) ## Check style, types and floors only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(ALL) ## Let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(ALL) ## Measure against the budgets and print the table
	$(BIN)/python -m bench $(ARGS)

bench-intent: $(ALL) ## Judge purchase intent on a real year of orders beside other methods, and put it beside its floors
	$(BIN)/python -m bench.intent $(ARGS)

mutants: $(ALL) ## Change the rules of attribution in hundreds of ways and count how many changes no test notices
	$(BIN)/mutmut run $(ARGS)
	$(BIN)/mutmut results
	$(BIN)/mutmut export-cicd-stats
	@$(BIN)/python -c 'import json; s = json.load(open("mutants/mutmut-cicd-stats.json")); \
		killed = s["killed"] + s["timeout"]; share = killed / max(s["total"] - s["skipped"], 1); \
		print("{} of {} killed: {:.1%}".format(killed, s["total"], share)); raise SystemExit(share < 0.9)'

lock: ## Choose the pinned versions anew (needs uv; LOCK=--upgrade takes the latest)
	$(COMPILE) --all-extras $(LOCK) --output-file requirements.lock
	$(COMPILE) --constraints requirements.lock --output-file requirements-run.lock
	cd tests/clients && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts

clean: ## Remove .venv, caches and built files; shop data stays
	rm -rf $(VENV) mutants tests/clients/node_modules build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -rf .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp is newer than what it was made from, so nothing is installed twice.

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "$(PYTHON) is not installed. shopkeeper needs Python 3.11 or later." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old: shopkeeper needs Python 3.11 or later." >&2; \
		  echo "If a later one is installed, name it: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
		  exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements-run.lock pyproject.toml | $(BIN)/python
	@echo "Installing the program into $(VENV) (once, about a minute) ..."
	$(PIP) install --require-hashes --requirement requirements-run.lock
	$(OURSELVES)
	@touch $@

$(ALL): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the program and its test tools into $(VENV) (once, about two minutes) ..."
	$(PIP) install --require-hashes --requirement requirements.lock
	$(OURSELVES)
	@touch $@ $(RUN)

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json
	@if command -v npm >/dev/null; then \
		cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.stamp; \
	else \
		echo "npm is not installed: the tests with the public JavaScript client will be skipped."; \
	fi
