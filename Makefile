.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: help demo test lint check soak mutants format readme benchmark system-packages clean

VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

demo: $(READY) ## audits the sample data and says where the reports are
	$(RUN)/stimaudit demo

test: $(READY) ## runs the tests, with branch coverage
	POLARS_MAX_THREADS=1 $(RUN)/pytest -n auto --dist loadgroup -q --cov --cov-report=term

lint: $(READY) ## format, lint, types and SQL
	$(RUN)/ruff format --check
	$(RUN)/ruff check
	$(RUN)/mypy
	$(RUN)/sqlfluff lint --processes 0 sql

check: lint test ## everything CI runs but the demo: format, lint, types, SQL, tests with branch coverage

soak: $(READY) ## what takes long: Prefect for real, and a hundred kills
	$(RUN)/pytest -q -m soak
	$(RUN)/python -m tests.soak.crash --kills 100

mutants: $(READY) ## changes the rule in many small ways and shows that a check fails each time
	$(RUN)/python -m tests.mutants

format: $(READY) ## formats Python and SQL
	$(RUN)/ruff format
	$(RUN)/ruff check --fix
	$(RUN)/sqlfluff fix --processes 0 sql

readme: $(READY) ## runs the commands README shows and writes their output into it
	$(RUN)/python -m tests.house.readme

benchmark: $(READY) ## measures landing, auditing and the nightly run against bare DuckDB
	$(RUN)/python -m benchmarks.run --lines 10000000 --format csv

system-packages: ## installs the system packages in apt-packages.txt where they are missing
	@missing=$$(for name in $$(cat apt-packages.txt); do dpkg -s "$$name" >/dev/null 2>&1 || echo "$$name"; done); \
	if [ -z "$$missing" ]; then echo "System packages are there."; \
	elif ! command -v apt-get >/dev/null; then echo "No apt-get here. Install what these are called on this system:" $$missing; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; \
	elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "Needs root to install:" $$missing; exit 1; fi

clean: ## removes the environment and what the demo made
	rm -rf $(VENV) .venv-uv demo_output

# uv is taken from the path, else brought into .venv-uv; nothing is installed outside the checkout.
$(READY): requirements-dev.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "stimaudit needs python3, version 3.11 or newer; found: $$(python3 --version 2>&1 || true)" >&2; exit 1; }
	@command -v uv >/dev/null || [ -x .venv-uv/bin/uv ] \
	|| { python3 -m venv .venv-uv && .venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	@uv=$$(command -v uv || echo .venv-uv/bin/uv); \
	[ -x $(RUN)/python ] || "$$uv" venv --quiet --python "$$(command -v python3)" $(VENV); \
	"$$uv" pip sync --quiet --python $(RUN)/python --require-hashes requirements-dev.lock; \
	"$$uv" pip install --quiet --python $(RUN)/python --no-deps --no-build-isolation -e .
	@touch $@
