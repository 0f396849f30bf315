# Thin on purpose: every target calls a script that can be run by hand.
FILE ?=
KIND ?=
SAMPLE ?=
ARGS ?=

.PHONY: help run test check bench bench-classical docs wheel clean

help:
	@echo "make run [SAMPLE=1] [ARGS=…]        set up, and serve the application (with simulated recordings to look at)"
	@echo "make run FILE=recording [ARGS=…]    set up, and diagnose one recording in the terminal"
	@echo "make run KIND=rolling|journal       set up, and diagnose a simulated bearing in the terminal"
	@echo "make test                           set up, and run every test"
	@echo "make check                          format, lint, types, import contracts"
	@echo "make bench                          benchmarks, and the results on measured data"
	@echo "make bench-classical                every classical model on the default simulated dataset (an hour)"
	@echo "make docs                           build the documentation"
	@echo "make wheel                          build the wheel into dist/"

run:
	@scripts/setup run
ifneq ($(strip $(FILE)),)
	@.venv/bin/palier diagnose '$(FILE)' $(ARGS)
else ifneq ($(strip $(KIND)),)
	@.venv/bin/palier demo --kind $(KIND) $(ARGS)
else
	@.venv/bin/palier serve $(if $(SAMPLE),--sample) $(ARGS)
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
