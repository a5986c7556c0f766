# `make help` lists what there is. A fresh machine needs Python 3.11 or newer, make, and a package registry.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DOCS_READY := $(VENV)/.docs-ready
NODE_READY := docs/node_modules/.ready
HTTP   ?= httpx
BASE   ?=
PACKAGES := generated/coinbase_pro_sdk generated/freqtrade_sdk generated/onefox_sdk

EDITABLE := -e . $(addprefix -e ,$(PACKAGES))
QUIETLY  := --quiet --disable-pip-version-check

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
# Bytecode of everything, what uv installed too, so that no command compiles what it imports anew.
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/bytecode
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak fuzz bench verify-freqtrade generate check diff release build sandbox docs docs-serve lint-docs test-docs shots lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: generate  ## set up, generate, start the servers, and call every operation of the three packages
	@$(BIN)/python -m sandbox.tour

test: generate  ## everything that can be proved without a network
	@$(BIN)/python -m pytest -n 2

soak: generate  ## the promises of safety in great numbers: tens of thousands of faulted calls (some minutes)
	@$(BIN)/python tests/soak.py

verify-freqtrade: generate  ## compare the sandbox with a real Freqtrade 2020.8, installed into build/ (some minutes)
	@$(BIN)/python -m tests.real_freqtrade.compare

fuzz: generate  ## each sandbox against its document, 1,000 cases an operation (some minutes)
	@$(BIN)/python -m tests.fuzz

generate: setup  ## regenerate the packages whose spec or overlays changed
	@$(BIN)/python -m tradeloom generate --http $(HTTP)

bench: generate  ## everything measured beside its peers, each goal with its ratio; OPTIONS=--quick for a glance
	@$(BIN)/python -m benchmarks $(OPTIONS)

check: setup  ## lint, types, versions, and whether generated/ is what the documents give
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy tradeloom sandbox $(addsuffix /src,$(PACKAGES))
	@$(BIN)/pyright
	@$(BIN)/python -m tradeloom check

# Redocly's second opinion needs node; without it the comparison is the same.
diff: generate  ## what changed since the latest release, or since BASE=<git revision>, and the next versions
	@test -x docs/node_modules/.bin/redocly || { command -v npm >/dev/null && npm ci --silent --prefix docs >/dev/null 2>&1; } || true
	@$(BIN)/python -m tradeloom diff $(BASE)

release: generate  ## keep the packages as the latest release in releases/; from then on `make check` measures by them
	@$(BIN)/python -m tradeloom release

build: generate  ## wheels of the three packages in dist/
	@rm -rf dist
	@for package in $(PACKAGES); do \
		$(BIN)/python -m build --no-isolation --wheel --outdir dist $$package >build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }; \
	done
	@ls -l dist | awk 'NR > 1 {printf "  dist/%s  %d kB\n", $$9, $$5 / 1024}'

sandbox: generate  ## servers to build bots against, on ports 8701 to 8703
	@$(BIN)/python -m sandbox all

docs: $(DOCS_READY) generate  ## the documentation in site/; with npm also the interactive reference
	@$(BIN)/python -m tradeloom.site

docs-serve: docs  ## the same on http://127.0.0.1:8700
	@$(BIN)/python -m http.server 8700 --bind 127.0.0.1 --directory site

lint-docs: docs $(NODE_READY)  ## whether other tools take the documents: Redocly, openapi-typescript with tsc (needs npm)
	@node docs/lint.mjs

test-docs: docs $(NODE_READY)  ## walk the documentation in a browser (needs npm and chromium)
	@node --test docs/site.test.mjs

shots: docs $(NODE_READY)  ## screenshots in build/shots/ (needs npm and chromium)
	@$(BIN)/python docs/captures.py
	@node docs/shots.mjs

setup: $(READY)  ## .venv with everything in it

# uv is quick; where it cannot be had, pip does the same.
$(READY): pyproject.toml requirements.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@echo "Setting up $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit("tradeloom needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@$(BIN)/python -m pip install $(QUIETLY) uv==0.13.8 && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(EDITABLE) || { \
		echo "uv did not do it; pip will, though it takes longer …"; \
		$(BIN)/python -m pip install $(QUIETLY) -r requirements.txt && \
		$(BIN)/python -m pip install $(QUIETLY) --no-deps $(EDITABLE); \
	}
	@touch $@

$(DOCS_READY): $(READY) requirements-docs.txt
	@echo "Setting up what makes the documentation …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-docs.txt || \
	$(BIN)/python -m pip install $(QUIETLY) -r requirements-docs.txt
	@touch $@

$(NODE_READY): docs/package.json docs/package-lock.json
	@cd docs && npm ci --silent
	@touch $@

lock: setup  ## pin what is installed (requirements*.txt) anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --all-extras --group dev pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --constraints requirements.txt --group docs -o requirements-docs.txt

clean:  ## remove everything that is made here, but the packages
	@rm -rf $(VENV) build dist site docs/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
