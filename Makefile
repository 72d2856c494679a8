# `make` alone lists the targets. Python ≥ 3.11 with venv, git and make are enough to run any of them.
ANXIN_VENV ?= .venv
export ANXIN_VENV
BIN := $(ANXIN_VENV)/bin
PY := "$(BIN)/python"
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ' *## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: env-run ## set up and start everything; prints the address (ANXIN_PORT, ANXIN_HOME, ANXIN_DATABASE_URL)
	@$(PY) -m anxin run

demo: env-run ## load the Lin'an demo into the database; ARGS="--orders 2000"
	@$(PY) -m anxin demo $(ARGS)

build: env-run ## set up, build front end and translations, start nothing

test: env-dev ## the tests, the browser journeys last; ARGS are passed to pytest
	@$(PY) -m tools.run_tests $(ARGS)

test-pg: env-dev ## all tests without browser against Debian's PostgreSQL 15, the long ones too
	@$(PY) -m tools.run_tests --debian $(ARGS)

check: env-dev ## format, lint, types, import contracts, migrations, templates, translations, docs
	@$(PY) -m tools.check

fuzz: env-dev ## nonsense for every operation and parser, far longer than `make test` does; ARGS="--examples 200 --seed 7"
	@$(PY) -m tools.fuzz $(ARGS)

conformance: env-dev ## requirement by requirement, what its tests say; IDS="B-7.3.2 D-3a"
	@$(PY) -m tools.run_tests --conformance $(IDS)

bench: env-bench ## the benchmarks, one after the other; ONLY=name
	@$(PY) -m tools.bench $(ONLY)

faults: env-dev ## kill, fill, jump, silence: nothing acknowledged is lost or doubled; ARGS="database --grabs 100000"
	@$(PY) -m benchmarks.faults $(ARGS)

docs: env-dev ## write anew what is made from the code: docs/conformance.md, docs/states.md, docs/personal-data.md, docs/permissions.md, docs/security-level2.md, docs/settings.md, the message catalogues
	@$(PY) -m tools.conformance
	@$(PY) -m tools.messages
	@$(PY) -m tools.states
	@$(PY) -m tools.personal_data
	@$(PY) -m tools.level2
	@$(PY) -m tools.settings_page
	@$(PY) -m tools.rights

lock: env-dev ## compute the lock files anew from requirements*.in
	@UV="$(BIN)/uv" tools/lock

clean: ## remove what was built and installed here; data in .anxin stays
	rm -rf .venv .anxin-test frontend/node_modules frontend/dist test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache src/anxin.egg-info
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -exec rm -f {} +

env-run env-dev env-bench: env-%:
	@tools/setup $*
	@$(PY) -m tools.build

.PHONY: help run demo build test test-pg check fuzz conformance bench faults docs lock clean env-run env-dev
