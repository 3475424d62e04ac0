# Two commands for a newcomer: `make run` and `make test`. Needs Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: run setup test elasticsearch lint bench docs screenshots build clean

run: $(VENV)/.run  ## set up what running needs and start everything on this machine
	$(BIN)/gigdex up

setup: $(VENV)/.dev  ## set up everything that tests and benchmarks need

test: $(VENV)/.dev  ## all tests
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup

elasticsearch: $(VENV)/.dev  ## get an Elasticsearch that `make test` starts; without it those tests are skipped
	$(BIN)/python -m tests.elasticsearch

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev  ## all benchmarks; they print Markdown for docs/benchmarks.md
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.search
	$(BIN)/python -m benchmarks.http
	$(BIN)/python -m benchmarks.feeds
	$(BIN)/python -m benchmarks.crawl
	$(BIN)/python -m benchmarks.quality
	$(BIN)/python -m benchmarks.dedup
	$(BIN)/python -m benchmarks.dedup made
	$(BIN)/python -m benchmarks.alerts

docs: $(VENV)/.dev  ## write the generated parts of docs/ again
	$(BIN)/python -m docs.generate

screenshots: $(VENV)/.dev  ## photograph every page for docs/ (needs Debian's chromium)
	$(BIN)/python -m docs.screenshots

build: $(VENV)/.dev  ## wheel and source archive in dist/
	$(BIN)/python -m build --quiet

clean:
	rm -rf $(VENV) dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gigdex needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt tests/browser/package-lock.json | $(VENV)/bin/python
	$(PIP) --editable '.[dev,elasticsearch,postgresql,parquet]'
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund --silent; \
	else echo "npm is missing, so the tests for accessibility will be skipped; install Node.js and run make setup again"; fi
	@touch $@ $(VENV)/.run
