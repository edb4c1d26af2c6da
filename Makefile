# `make run` and `make test` are enough; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint check bench lock clean

VENV := .venv
BIN := $(VENV)/bin
# A stamp is named after its lock file and this folder (a virtual environment does not survive a move).
stamp = $(VENV)/.$(1)-$(shell { cat $(1); pwd; } | cksum | tr ' ' -)
RUNTIME := $(call stamp,requirements.txt)
DEV := $(call stamp,requirements-dev.txt)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The newest that can make a virtual environment; PYTHON=... goes first.
PYTHONS := $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: $(RUNTIME)  ## make .venv with the locked requirements

run: setup  ## migrate, load the demo on the first start, serve on 127.0.0.1:8000
	@set -e; \
	if [ -z "$${BLANGKO_SECRET_KEY:-}$${BLANGKO_SECRET_KEY_FILE:-}" ]; then \
	    key="$(CURDIR)/instance/secret_key"; \
	    if [ ! -s "$$key" ]; then \
	        (umask 077; mkdir -p instance; \
	         $(BIN)/python -c 'import secrets; print(secrets.token_hex(32))' > "$$key.new"; mv "$$key.new" "$$key"); \
	    fi; \
	    BLANGKO_SECRET_KEY_FILE="$$key"; export BLANGKO_SECRET_KEY_FILE; \
	fi; \
	BLANGKO_SECOND_FACTOR="$${BLANGKO_SECOND_FACTOR:-none}"; export BLANGKO_SECOND_FACTOR; \
	exec $(BIN)/blangko serve --demo

test: $(DEV)  ## all tests, on SQLite and on PostgreSQL (ARGS="-k ledger" chooses)
	@tools/ensure_postgres.sh $(BIN)/python
	@tools/ensure_chromium.sh $(BIN)/python
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

lint: $(DEV)  ## style, types, import contracts, container files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

check: lint test  ## lint and test

bench: $(DEV)  ## measure against this machine's PostgreSQL, write benchmarks/RESULTS.md
	@tools/ensure_postgres.sh $(BIN)/python
	$(BIN)/python -m benchmarks $(ARGS)

# uv.lock would name hosts; these files do not. Locked versions stay unless UPGRADE=1.
COMPILE = .venv-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra build \
	--generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade)
lock:  ## lock pyproject.toml's requirements again (UPGRADE=1: newest versions)
	@set -e; $(find_python); $$python -m venv .venv-lock
	.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra test --extra check --constraint requirements.txt --output-file requirements-dev.txt

clean:  ## remove what make made; instance/ (database, key) stays
	rm -rf $(VENV) .venv-lock build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define find_python
python=; \
for candidate in $(PYTHONS); do \
    $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
    : "$${python:=$$candidate}"; \
    if $$candidate -c 'import ensurepip, venv' 2>/dev/null; then python=$$candidate; break; fi; \
done; \
[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed and was not found (Debian: apt-get install python3-venv)' >&2; exit 2; }; \
$$python -c 'import ensurepip, venv' 2>/dev/null || { echo "$$python cannot make virtual environments (Debian: apt-get install python3-venv)" >&2; exit 2; }
endef

# A changed lock starts from an empty .venv: no package of the old lock stays behind. What is imported is compiled then,
# not all 2,600 files of all packages before the first start.
$(RUNTIME):
	@set -e; $(find_python); echo "making $(VENV) with $$($$python --version)"; $$python -m venv --clear $(VENV)
	@$(PIP) install --no-compile --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME)
	@echo 'installing what tests and checks need'
	@$(PIP) install --no-compile --require-hashes --requirement requirements-dev.txt
	@touch $@
