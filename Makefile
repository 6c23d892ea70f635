# The vocabulary of this repository; CI calls the same targets.
VENV   := .venv
PY     := $(VENV)/bin/python
PYTHON ?= python3
STAMP  := $(VENV)/.installed
PYTEST := $(PY) -m pytest
# Two cores are what tests are promised; more are used when there are more.
JOBS   ?= 2
# A file stays on one worker, so that what its tests share is made once; the longest come first.
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-spark run test test-all check fmt bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup: $(STAMP)  ## create .venv with the locked packages and gosales itself

$(STAMP): requirements-dev.lock pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(PY) -m uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements-dev.lock
	$(PY) -m uv pip install --quiet --python $(PY) --no-deps --editable .
	# Once, not at every start of a process that may not write bytecode (audits seal theirs).
	$(PY) -m compileall -q src
	touch $(STAMP)

setup-spark: setup  ## Spark for engine=spark (needs Java 17; its tests are skipped without)
	$(PY) -m uv pip install --quiet --python $(PY) --require-hashes --no-deps -r requirements-spark.lock

run: setup  ## the whole path on the synthetic world: ingest to ranked lists, all in MLflow
	@# Three divisions are trained there: side by side they keep both cores busy to the end.
	@# The launch keeps its named outcome: the heuristic's audit would be a fourth (fallback=heuristic).
	$(VENV)/bin/gosales pipeline n_jobs=3 fallback=none $(ARGS)

test: setup  ## the tests that CI runs
	$(PYTEST) $(SPREAD) -m "not slow" $(ARGS)

test-all: setup  ## the slow tests too
	$(PYTEST) $(SPREAD) $(ARGS)

check: setup  ## format, lint, types, layers
	$(VENV)/bin/ruff format --check src tests
	$(VENV)/bin/ruff check src tests
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

fmt: setup  ## format and mend what can be mended
	$(VENV)/bin/ruff format src tests
	$(VENV)/bin/ruff check --fix src tests

bench: setup  ## the benchmark studies under experiments/
	$(PY) experiments/run.py $(ARGS)

lock: setup  ## resolve pyproject.toml anew into the lock files (hashes, no addresses)
	$(PY) -m uv pip compile --quiet --no-header --no-annotate --universal --generate-hashes --python-version 3.11 \
	  pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile --quiet --no-header --no-annotate --universal --generate-hashes --python-version 3.11 \
	  --extra dev --extra sql --extra datasets pyproject.toml -o requirements-dev.lock
	printf 'pyspark>=4.1,<5\n' | $(PY) -m uv pip compile --quiet --no-header --no-annotate --universal --generate-hashes --python-version 3.11 \
	  - -o requirements-spark.lock

clean:  ## remove what runs leave behind (not mlflow.db)
	rm -rf .gosales .pytest_cache .ruff_cache .mypy_cache outputs
