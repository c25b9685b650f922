# Every target goes through .venv/bin by a relative path: folder names may have spaces.
# nbgrader calls alembic by name, and Jupyter its own commands, so .venv/bin stands first on PATH.

# Settings for some other Python are no business of this one.
unexport PYTHONHOME PYTHONPATH PYTHONPLATLIBDIR PYTHONEXECUTABLE PYTHONUSERBASE
unexport PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE PYTHONWARNINGS

PYTHON ?= python3
BIN := .venv/bin
IN_VENV = PATH="$$PWD/$(BIN):$$PATH"
UNIT ?=
ARGS ?=
# What a person runs has said in a sentence how it ended (0, 1 or 2), also at ctrl-C: make adds none.
SAYS = trap : INT;
SAID = || test $$? -le 2

.PHONY: help setup demo test quick format check lab release grade formgrader book bench quality figures soak

help: ## this list (the default)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## make or renew the environment in .venv; quick when nothing changed
	@$(PYTHON) -I bootstrap.py

demo: setup ## release, grade and report a demonstration class, and say where the report lies
	@$(IN_VENV) $(BIN)/autograder demo $(ARGS)

test: setup ## every test, shared between the processors (ARGS=tests/house, or ARGS='-m recurrence' for one unit's)
	@$(IN_VENV) $(BIN)/pytest --numprocesses logical $(ARGS)

quick: setup ## the tests that tell most within a minute: no sandbox, no browser, no whole notebook
	@$(IN_VENV) $(BIN)/pytest --numprocesses logical -m "not slow" $(ARGS)

format: setup ## format and tidy all code
	@$(IN_VENV) $(BIN)/ruff format .
	@$(IN_VENV) $(BIN)/ruff check --fix .

check: setup ## format, lint, types, drift and leaks of the notebooks, spelling
	@$(IN_VENV) $(BIN)/ruff format --check .
	@$(IN_VENV) $(BIN)/ruff check .
	@$(IN_VENV) $(BIN)/mypy
	@$(IN_VENV) $(BIN)/autograder release --check
	@$(IN_VENV) $(BIN)/codespell

lab: setup ## JupyterLab for a learner, on own copies in work/
	@$(SAYS) $(IN_VENV) $(BIN)/autograder lab $(ARGS) $(SAID)

release: setup ## notebooks/ out of solutions/ (UNIT=1 for one unit)
	@$(IN_VENV) $(BIN)/autograder release $(UNIT) $(ARGS)

grade: setup ## grade course/submitted: all that was handed in (UNIT=1 for one unit)
	@$(SAYS) $(IN_VENV) $(BIN)/autograder grade $(UNIT) $(ARGS) $(SAID)

formgrader: setup ## JupyterLab for the instructor, with nbgrader's Formgrader
	@$(SAYS) $(IN_VENV) JUPYTER_CONFIG_PATH="$$PWD/autograder/instructor_jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" $(BIN)/jupyter lab $(ARGS) $(SAID)

book: setup ## a readable edition of the course in book/, to open in a browser (UNIT=1 for one unit)
	@$(SAYS) $(IN_VENV) $(BIN)/autograder book $(UNIT) $(ARGS) $(SAID)

bench: setup ## what is slow, measured: checks, widgets, grading beside nbgrader, training beside PyTorch (if it is in .venv)
	@$(IN_VENV) $(BIN)/python benchmarks/check_latency.py $(ARGS)
	@$(IN_VENV) $(BIN)/python -m benchmarks.slider_latency || test $$? -eq 2
	@$(IN_VENV) $(BIN)/python benchmarks/rnn_ref_vs_torch.py $(ARGS) || test $$? -eq 2
	@$(IN_VENV) $(BIN)/autograder bench $(ARGS) || test $$? -eq 2

quality: setup ## how well the checks work, measured with every slip in every model answer: QUALITY.md
	@$(IN_VENV) $(BIN)/autograder quality --write --located 8
	@$(IN_VENV) $(BIN)/autograder quality --write $(ARGS)

soak: setup ## kill gradings; fuzz all that is read (needs atheris); new draws for property tests; whole kits; 140 environments
	@$(IN_VENV) $(BIN)/python -m tests.soak.kills
	@$(IN_VENV) $(BIN)/python tests/soak/fuzz.py $(ARGS)
	@$(IN_VENV) $(BIN)/pytest -m hypothesis --hypothesis-profile=soak
	@$(IN_VENV) $(BIN)/pytest tests/kit/test_every_unit.py tests/kit/test_same_names.py --hypothesis-profile=soak
	@$(IN_VENV) $(BIN)/python -m tests.environments.harness

figures: setup ## make anew what is saved in rnn_ref/data: weights and curves, a few minutes each
	@for script in rnn_ref/data/make_*.py; do $(IN_VENV) $(BIN)/python $$script || exit 1; done
