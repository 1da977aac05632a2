# make demo   a pipeline as a tree, compiled to three files, and run; all that it makes is removed by `make clean`
# make test   all tests that this machine can run
VENV := .venv

.PHONY: help demo test clean
help:
	@sed -n 's/^# \(make\)/\1/p' Makefile

demo:
	@.ci/venv $(VENV)
	@.ci/demo $(VENV)

test:
	@.ci/venv $(VENV) test
	@$(VENV)/bin/pytest -n 3 --dist worksteal

clean:
	rm -rf $(VENV) build conducto_compiler.egg-info
