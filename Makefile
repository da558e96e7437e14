# Two commands do everything: `make run` and `make test`. Both install what they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Torch is left out of the hash-locked list: its build differs by machine (CPU wheels, CUDA).
TORCH := torch==2.13.0

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run local-model test prove check format lock train-detector clean

run: $(STAMP)  ## Set up, load the three sample tenants, serve the page on http://127.0.0.1:7860
	$(BIN)/quietdesk serve --demo

local-model: $(STAMP)  ## The same, written by a model in this process: the file QUIETDESK_MODEL_FILE
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-local-model.lock
	QUIETDESK_WRITER=model QUIETDESK_MODEL_TIMEOUT_S=$${QUIETDESK_MODEL_TIMEOUT_S:-300} \
		$(BIN)/quietdesk serve --demo

test: $(STAMP)  ## Every test that ends within minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

prove: $(STAMP)  ## The long proofs: network, kills, leaks
	$(BIN)/python -m pytest -m prove

check: $(STAMP)  ## Format, lint, types, import contract, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --warnings
	$(BIN)/lint-imports
	$(BIN)/python scripts/docs.py --check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/docs.py

lock: $(STAMP)  ## Resolve pyproject.toml again; torch and its CUDA parts stay out
	$(BIN)/python scripts/lock.py

train-detector: $(STAMP)  ## Rebuild the weights of the tagger; under an hour on two cores
	nice -n 10 $(BIN)/python -m scripts.detector.train --shared ../shared/data

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) scripts/need_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) *.egg-info
