# Thin on purpose: every target calls a script that can be run by hand.
FILE ?=
KIND ?= rolling
ARGS ?=

.PHONY: help run test check bench bench-classical docs wheel clean

help:
	@echo "make run [FILE=recording] [ARGS=…]  set up, and diagnose FILE (or a simulated bearing)"
	@echo "make run KIND=journal               the same for a journal bearing: simulate, train, diagnose"
	@echo "make test                           set up, and run every test"
	@echo "make check                          format, lint, types, import contracts"
	@echo "make bench                          benchmarks, and the results on measured data"
	@echo "make bench-classical                every classical model on the default simulated dataset (an hour)"
	@echo "make docs                           build the documentation"
	@echo "make wheel                          build the wheel into dist/"

run:
	@scripts/setup run
ifeq ($(strip $(FILE)),)
	@.venv/bin/palier demo --kind $(KIND) $(ARGS)
ifeq ($(KIND),rolling)
	@echo "For a journal bearing (simulate, train, diagnose): make run KIND=journal"
endif
else
	@.venv/bin/palier diagnose '$(FILE)' $(ARGS)
endif

test:
	@scripts/setup test
	@scripts/test

check:
	@scripts/setup dev
	@scripts/check

bench:
	@scripts/setup dev
	@scripts/bench

bench-classical:
	@scripts/setup dev
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 .venv/bin/python benchmarks/classical_models.py $(ARGS)

docs:
	@scripts/setup dev
	@.venv/bin/python scripts/generate_docs.py
	@.venv/bin/sphinx-build -W -n -q docs docs/_build/html
	@echo "docs/_build/html/index.html"

wheel:
	@scripts/setup dev
	@.venv/bin/python -m build --wheel --no-isolation --outdir dist .

clean:
	rm -rf .venv build dist docs/_build .coverage* .pytest_cache .mypy_cache .ruff_cache
