# `make help` lists what there is. A fresh machine needs Python 3.11 or newer, make, and a package registry.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
HTTP   ?= httpx
PACKAGES := generated/coinbase_pro_sdk generated/freqtrade_sdk generated/onefox_sdk

EDITABLE := -e . $(addprefix -e ,$(PACKAGES))
QUIETLY  := --quiet --disable-pip-version-check

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export PYTHONDONTWRITEBYTECODE := 1
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak bench generate check build sandbox lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: generate  ## set up, generate, start the servers, and call every operation of the three packages
	@$(BIN)/python -m sandbox.tour

test: generate  ## everything that can be proved without a network
	@$(BIN)/python -m pytest -n 2

soak: generate  ## the promises of safety in great numbers: tens of thousands of faulted calls (some minutes)
	@$(BIN)/python tests/soak.py

generate: setup  ## regenerate the packages whose spec or overlays changed
	@$(BIN)/python -m tradeloom generate --http $(HTTP)

bench: generate  ## everything measured beside its peers, each goal with its ratio; OPTIONS=--quick for a glance
	@$(BIN)/python -m benchmarks $(OPTIONS)

check: setup  ## lint, types, and whether generated/ is what the documents give
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy tradeloom sandbox $(addsuffix /src,$(PACKAGES))
	@$(BIN)/pyright
	@$(BIN)/python -m tradeloom check

build: generate  ## wheels of the three packages in dist/
	@rm -rf dist
	@for package in $(PACKAGES); do \
		$(BIN)/python -m build --no-isolation --wheel --outdir dist $$package >build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }; \
	done
	@ls -l dist | awk 'NR > 1 {printf "  dist/%s  %d kB\n", $$9, $$5 / 1024}'

sandbox: generate  ## servers to build bots against, on ports 8701 to 8703
	@$(BIN)/python -m sandbox all

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

lock: setup  ## pin what is installed (requirements.txt) anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --all-extras --group dev pyproject.toml -o requirements.txt

clean:  ## remove everything that is made here, but the packages
	@rm -rf $(VENV) build dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
