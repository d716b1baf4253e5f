.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: help demo test coverage long browser lint check soak mutants format readme benchmark peers wheel pythons locks system-packages rooms sections clean

VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready
UV := .venv-uv/uv

# An account without a home has one without files: libraries ask for its name.
ifndef HOME
export HOME := /dev/null
endif

# Libraries are compiled once into the environment. Told not to keep that, each process of the tests and each `stimaudit`
# they start would compile Great Expectations and Prefect again, ten seconds each time.
unexport PYTHONDONTWRITEBYTECODE

# uv keeps what it fetches below HOME, and where nothing can be written there, in the checkout.
ifndef UV_CACHE_DIR
export UV_CACHE_DIR := $(shell \
	cache="$${XDG_CACHE_HOME:-$(HOME)/.cache}"; place="$$cache"; \
	until [ -e "$$place" ]; do place="$$(dirname "$$place")"; done; \
	if [ -d "$$place" ] && [ -w "$$place" ]; then echo "$$cache/uv"; else echo "$(CURDIR)/.cache/uv"; fi)
endif

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

demo: $(READY) ## audits the sample data and says where the reports are
	$(RUN)/stimaudit demo

test: $(READY) ## runs the tests
	POLARS_MAX_THREADS=1 $(RUN)/pytest -n auto --dist loadgroup -q

coverage: $(READY) ## runs the tests and says which lines and branches they reach
	POLARS_MAX_THREADS=1 $(RUN)/pytest -n auto --dist loadgroup -q --cov --cov-report=term

long: $(READY) ## runs the tests that take long: nights through Prefect, the wheel, laws over many members
	POLARS_MAX_THREADS=1 $(RUN)/pytest -n auto --dist loadgroup -q -m "long and not soak"

browser: $(READY) ## runs the tests of the pages in Chromium, which `make test` leaves out
	STIMAUDIT_TEST_BROWSER="$${STIMAUDIT_TEST_BROWSER:-$$(command -v chromium || echo chromium)}" \
	$(RUN)/pytest -q -m browser

lint: $(READY) ## format, lint, types, the order of the rooms and SQL
	$(RUN)/ruff format --check
	$(RUN)/ruff check
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache --no-logo
	$(RUN)/sqlfluff lint --processes 0 sql

check: lint test long ## format, lint, types, the order of the rooms, SQL, and the tests, the long ones too

soak: $(READY) ## what takes hours: Prefect for real, a thousand kills and mutated files, full disks, a bad night, a year
	$(RUN)/pytest -q -m soak
	$(RUN)/python -m tests.soak.crash --kills 1000
	STIMAUDIT_SOAK_PUBLISHES=200 STIMAUDIT_SOAK_READERS=20 $(RUN)/pytest -q -n 0 -s tests/whole/test_readers.py
	POLARS_MAX_THREADS=1 $(RUN)/python -m tests.soak.mutated --files 1000
	POLARS_MAX_THREADS=1 $(RUN)/python -m tests.soak.changed
	POLARS_MAX_THREADS=1 $(RUN)/python -m tests.soak.disks
	$(RUN)/python -m tests.soak.canaries --prefect
	$(RUN)/python -m tests.soak.bad_night
	$(RUN)/python -m tests.soak.year
	POLARS_MAX_THREADS=1 $(RUN)/python -m tests.soak.faults --quick

mutants: $(READY) ## changes the rule in many small ways and shows that a check fails each time
	$(RUN)/python -m tests.mutants

format: $(READY) ## formats Python and SQL
	$(RUN)/ruff format
	$(RUN)/ruff check --fix
	$(RUN)/sqlfluff fix --processes 0 sql

readme: $(READY) ## runs the commands README shows and writes their output into it
	$(RUN)/python -m tests.house.readme

rooms: $(READY) ## draws the rooms from the code's imports into docs/architecture.md
	$(RUN)/python -m tests.house.rooms

sections: $(READY) ## writes below each section of docs/rule.md and docs/contract.md who carries it out
	$(RUN)/python -m tests.house.sections

benchmark: $(READY) ## measures landing, auditing and the nightly run against bare DuckDB
	$(RUN)/python -m benchmarks.run --lines 10000000 --format csv

PEERS := .venv-peers
PEER_LINES := 1000000

$(PEERS)/.ready: $(READY) benchmarks/peers/requirements.lock
	$(UV) venv --quiet --allow-existing --python $(RUN)/python $(PEERS)
	$(UV) pip sync --quiet --python $(PEERS)/bin/python --require-hashes benchmarks/peers/requirements.lock
	@touch $@

peers: $(PEERS)/.ready ## measures ours beside scripts of DuckDB, pandas and PySpark on the same files; PEER_LINES=10000000 for more
	$(RUN)/python -m benchmarks.peers.run --lines $(PEER_LINES) --peers $(PEERS)/bin/python

wheel: $(READY) ## builds the wheel below build/
	$(UV) build --quiet --wheel --no-build-isolation --python $(RUN)/python -o build

pythons: $(READY) ## every Python that is supported: resolves the lock, and runs the demo and fast tests where it is there
	$(RUN)/python -m tests.house.pythons

locks: $(UV) ## resolves pyproject.toml anew into both locks; what is pinned stays unless it must move
	$(UV) pip compile --quiet --universal --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra dev -c requirements.lock \
	pyproject.toml -o requirements-dev.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 -c requirements.lock \
	benchmarks/peers/requirements.in -o benchmarks/peers/requirements.lock

system-packages: ## installs the system packages in apt-packages.txt where they are missing
	@missing=$$(for name in $$(cat apt-packages.txt); do dpkg -s "$$name" >/dev/null 2>&1 || echo "$$name"; done); \
	if [ -z "$$missing" ]; then echo "System packages are there."; \
	elif ! command -v apt-get >/dev/null; then echo "No apt-get here. Install what these are called on this system:" $$missing; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; \
	elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "Needs root to install:" $$missing; exit 1; fi

clean: ## removes the environment and what the demo made
	rm -rf $(VENV) $(PEERS) .venv-uv .cache build demo_output

# The first Python that is new enough; PYTHON=... names another.
define FIND_PYTHON
python=; for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "stimaudit needs Python 3.11 or newer; python3 is: $$(python3 --version 2>&1 || true)" >&2; exit 1; \
fi
endef

# uv is taken from the path, else brought here as it is locked; nothing is installed outside the checkout.
$(UV):
	@mkdir -p $(@D); \
	if command -v uv >/dev/null; then ln -sf "$$(command -v uv)" $@; exit; fi; \
	$(FIND_PYTHON); \
	sed -n '/^uv==/,/# via/p' requirements-dev.lock > $(@D)/uv.lock && \
	install="-m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r $(@D)/uv.lock" && \
	if "$$python" -m venv $(@D) >/dev/null 2>&1; then $(@D)/bin/python $$install; \
	elif "$$python" -m pip --version >/dev/null 2>&1; then "$$python" $$install --target $(@D); \
	else echo "This Python has neither venv nor pip; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi && ln -sf bin/uv $@

$(READY): requirements-dev.lock pyproject.toml | $(UV)
	@$(FIND_PYTHON); \
	{ [ -x $(RUN)/python ] || $(UV) venv --quiet --clear --python "$$(command -v "$$python")" $(VENV); } && \
	$(UV) pip sync --quiet --python $(RUN)/python --require-hashes requirements-dev.lock && \
	$(UV) pip install --quiet --python $(RUN)/python --no-deps --no-build-isolation -e . && \
	touch $@
