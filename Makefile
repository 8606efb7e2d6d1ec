# Everything a person starts:
#   make run     set up what is missing, start all of Banyan, print its address
#   make test    all tests                     make test PYTEST_ARGS="tests/hosting -k postgres"
#   make check   format, lint, types, walls, templates, translations, migrations
#   make bench   all benchmarks                make bench BENCH=name
#   make oracle  compute nbgrader's scores of its own notebooks again, and store them
#   make setup   only set up; make setup EXTRAS=deep-learning adds PyTorch (4 GB)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMPS := $(VENV)/.stamps
PORT ?= 8000
# The demo has public passwords: only where nobody else can reach the site.
BANYAN_DEMO ?= $(if $(BANYAN_URL),0,1)
PYTEST_ARGS ?=
BENCH ?=

.PHONY: help run test check bench oracle setup

help:
	@sed -n '2,7s/^# \{0,1\}//p' Makefile

run: export PORT := $(PORT)
run: export BANYAN_DEMO := $(BANYAN_DEMO)
run: $(STAMPS)/python $(STAMPS)/node $(STAMPS)/system-run
	@exec $(PYTHON) -m app.cli up

test: $(STAMPS)/python $(STAMPS)/node $(STAMPS)/node-test $(STAMPS)/system-test
	@exec $(PYTHON) -m pytest -n 3 $(PYTEST_ARGS)

check: $(STAMPS)/python
	@exec bin/check

bench: $(STAMPS)/python $(STAMPS)/node $(STAMPS)/system-run
	@exec $(PYTHON) -m benchmarks $(BENCH)

oracle: $(STAMPS)/python $(STAMPS)/system-run
	@exec $(PYTHON) -m tests.engine.oracle

setup: $(STAMPS)/python $(STAMPS)/node $(STAMPS)/node-test $(STAMPS)/system-test
	@$(if $(filter command line,$(origin EXTRAS)),bin/setup python,true)
	@echo "Ready. Next: make run"

# A stamp is newer than the lock that it was made for, so a second start does nothing here.
$(STAMPS)/python: uv.lock pyproject.toml bin/setup
	@bin/setup python
	@mkdir -p $(@D) && touch $@

$(STAMPS)/node: package-lock.json package.json bin/setup $(STAMPS)/python
	@bin/setup node
	@mkdir -p $(@D) && touch $@

$(STAMPS)/node-test: tests/vc/js/package-lock.json tests/vc/js/package.json bin/setup $(STAMPS)/python
	@bin/setup node-test
	@mkdir -p $(@D) && touch $@

$(STAMPS)/system-%: bin/setup $(STAMPS)/python
	@bin/setup system-$*
	@mkdir -p $(@D) && touch $@
