PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: run test check bench validate docs crosscheck page clean

# The main example: a person sits down, with a normal and with a tight psoas.
run: $(STAMP)
	$(BIN)/psoas sit --tight 6%

test: $(STAMP)
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/mypy --no-check-untyped-defs --disable-error-code arg-type --disable-error-code union-attr tests

bench: $(STAMP)
	$(BIN)/psoas bench

validate: $(STAMP)
	$(BIN)/psoas validate

docs: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs,browser]"
	for file in docs/make_*.py; do $(BIN)/python $$file || exit 1; done

crosscheck: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[crosscheck]"
	$(BIN)/python crosscheck/run.py

# The browser page, from web/ (needs Node 20 or later): checked, tested and built into the package, where it is committed.
page: $(STAMP) web/node_modules
	cd web && npm run --silent check && npm run --silent test && npm run --silent build

web/node_modules: web/package-lock.json
	cd web && npm ci --silent
	touch web/node_modules

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,check]"
	touch $(STAMP)
