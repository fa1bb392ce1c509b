# SPDX-License-Identifier: BSD-2-Clause
# The index of commands; the logic is in py_reference/percepnet. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
WIDTH ?= 128
CONFIG ?= py_reference/percepnet/training/configs/percepnet-$(WIDTH).toml
HOURS ?= 10
RUN ?= runs/percepnet-$(WIDTH)
DATA_OPTIONS = $(foreach folder,$(DATA),--data $(folder))
SET_UP := PYTHONSAFEPATH=1 $(PYTHON) py_reference/percepnet/building/environment.py

.DEFAULT_GOAL := all
.PHONY: all set-up set-up-quick set-up-train set-up-laboratory build wasm test test-quick demo bench docs codegen vectors train clean help

all: build ## the main job: set up, build, clean a noisy recording in a real browser, show before and after
	$(BIN)/percepnet showcase

set-up: ## virtual environment, web packages, browser: whatever is missing
	@$(SET_UP)

set-up-quick:
	@$(SET_UP) --no-browser

set-up-train:
	@$(SET_UP) --no-browser --train

set-up-laboratory: ## what percepnet evaluate can use: measures, other noise suppressors
	@$(SET_UP) --no-browser --train --laboratory

build: set-up ## native library, WASM modules, web folder
	$(BIN)/python -m percepnet.building.build

wasm: set-up-quick ## the WASM modules alone
	$(BIN)/python -m percepnet.building.build --wasm

test: set-up-laboratory build ## set up what is missing and pass every test
	$(BIN)/python -m pytest

test-quick: set-up-laboratory ## the tests without a browser
	$(BIN)/python -m percepnet.building.build --native --wasm
	$(BIN)/python -m pytest -m "not browser and not slow"

demo: build ## serve the demo page, with your own model: make demo MODEL=file
	$(BIN)/percepnet demo $(foreach model,$(MODEL),--model $(model))

bench: build ## what a frame costs, ours and others' in turns (they come with set-up-laboratory): build/bench.html
	$(BIN)/percepnet bench --html build/bench.html --json build/bench.json --markdown build/bench.md

docs: ## the documentation site, readable without a network: build/docs/index.html
	@$(SET_UP) --no-browser --docs
	$(BIN)/python -m percepnet.building.docs

codegen: set-up-quick ## rewrite the generated files from spec/percepnet.toml
	$(BIN)/python -m codegen

vectors: set-up-quick ## rewrite the golden vectors in tests/vectors
	$(BIN)/python -m percepnet.golden.vectors

train: set-up-train ## train a model (hours): make train DATA=folder [WIDTH=128]; docs/own-weights.md
	$(if $(DATA),,$(error say where the recordings are: make train DATA=folder, see docs/own-weights.md))
	$(BIN)/python -m percepnet.building.build --native
	$(BIN)/python -m percepnet.training extract $(DATA_OPTIONS) --out $(RUN)/features --hours $(HOURS)
	$(BIN)/python -m percepnet.training extract $(DATA_OPTIONS) --out $(RUN)/validation --split validation --hours 0.2
	$(BIN)/python -m percepnet.training train --config $(CONFIG) --features $(RUN)/features --validation $(RUN)/validation --run $(RUN) \
		$(if $(START),--start-from $(START))
	$(BIN)/python -m percepnet.training export --run $(RUN) --model $(RUN)/model.pnet $(DATA_OPTIONS) --features $(RUN)/features \
		--validation $(RUN)/validation

clean: ## remove everything built; the virtual environment stays
	rm -rf build web/dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile
