# Two commands do everything: `make run` and `make test`. Both install what they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Torch's build differs by machine, so a script takes what pip finds here and checks it against the
# hashes of requirements-torch.lock. Only the builds of the package index and the CPU builds for Linux
# have known hashes; `make TORCH=--any-build` takes another one (ROCm, XPU) without a check.
TORCH :=
# Homes of the tests are kept in memory where 2 GB of it are free; `make prove` keeps them on the disk.
MEMORY := $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 2000000 {print "/dev/shm"}')

# Python compiles what it imports; pip would compile all of it, which takes a minute.
PLAINLY := --quiet --no-compile --no-deps

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run local-model test prove evidence check format lint types imports docs wheel lock train-detector train-sections clean

run: $(STAMP)  ## Set up, load the three sample tenants, serve the page on http://127.0.0.1:7860
	$(BIN)/quietdesk serve --demo

local-model: $(STAMP)  ## The same, written by a model in this process: the file QUIETDESK_MODEL_FILE
	$(BIN)/python -m pip install $(PLAINLY) --require-hashes -r requirements-local-model.lock
	QUIETDESK_WRITER=model QUIETDESK_MODEL_TIMEOUT_S=$${QUIETDESK_MODEL_TIMEOUT_S:-300} \
		$(BIN)/quietdesk serve --demo

test: $(STAMP)  ## Every test that ends within minutes
	$(if $(MEMORY),TMPDIR=$(MEMORY)) OMP_NUM_THREADS=1 \
		$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope

prove: $(STAMP)  ## The long proofs: network, kills, leaks, the wheel, 500 examples of each property
	$(BIN)/python -m pytest -m "prove or hypothesis" --hypothesis-profile prove

evidence: $(STAMP)  ## The promises of every policy, tried on twins; EVIDENCE names the folder of the report
	$(BIN)/quietdesk evidence --profile all --out $(EVIDENCE)

check: $(STAMP)  ## Format, lint, types, import contract, docs; side by side
	$(MAKE) --no-print-directory --jobs 2 types imports docs lint

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/basedpyright --warnings

imports: $(STAMP)
	$(BIN)/lint-imports

docs: $(STAMP)
	$(BIN)/python scripts/docs.py --check

wheel: $(STAMP)  ## dist/quietdesk-*.whl, built without the network
	rm -rf build dist
	$(BIN)/python -m build --wheel --no-isolation

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/docs.py

lock: $(STAMP)  ## Resolve pyproject.toml again; torch and its CUDA parts get locks of their own
	$(BIN)/python scripts/lock.py

train-detector: $(STAMP)  ## Rebuild the weights of the tagger; under an hour on two cores
	nice -n 10 $(BIN)/python -m scripts.detector.train --shared ../shared/data

train-sections: $(STAMP)  ## Rebuild the weights of the section ranker; SECTIONS_HOME keeps the corpora
	nice -n 10 $(BIN)/python -m scripts.sections.train --shared ../shared/data \
		--home $(or $(SECTIONS_HOME),$(VENV)/sections-home)

$(STAMP): pyproject.toml requirements.lock requirements-torch.lock requirements-cuda.lock
	$(PYTHON) scripts/need_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python scripts/install_torch.py $(TORCH)
	$(BIN)/python -m pip install $(PLAINLY) --require-hashes -r requirements.lock
	$(BIN)/python -m pip install $(PLAINLY) --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) *.egg-info
