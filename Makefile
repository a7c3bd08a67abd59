PYTHON ?= python3

.PHONY: setup check format test bench

setup: .venv/installed

# Everything that CI runs, apart from the slow tests such as the clean wheel.
check: setup
	.venv/bin/python -m tests -m "not slow"

format: setup
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

test: setup
	.venv/bin/python -m tests --quick

bench: setup
	.venv/bin/python -m tests.benchmarks

# A stamp and not the folder: the folder exists before the install has gone well.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -q -e '.[dev]'
	touch $@
