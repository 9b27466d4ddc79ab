# Every task of the project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
UV := .venv/bin/uv
PYTEST := $(PYTHON) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder
# What takes minutes: no change is checked without them, but they are not for after each line.
JOURNEYS := tests/journeys tests/integration/automation/test_any_schedule.py tests/integration/automation/test_rehearsal.py
COMPILE := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate \
	--python-version 3.12 --custom-compile-command "make lock"
LAYERS := core ingest arrow detect migrate slack
# The web UI's tools find Node on the path.
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix frontend
UI_SOURCES = $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/generated/theme.css')
PORT ?= 8080
ORIGIN ?= http://localhost:$(PORT)
DATA ?=
STAGE ?= dev
PARAMETERS ?=
FLAGS ?=
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
RELEASE = cloudops-guardrails-$(VERSION)

.PHONY: help setup browser run ui check test journeys lint format types lock openapi onboarding build deploy releasable release size lighthouse screenshots bench clean

help: ## List the tasks
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.complete frontend/node_modules/.complete ## Make .venv and node_modules with everything that running and testing need

.venv/.complete: requirements/dev.txt requirements/bootstrap.txt pyproject.toml
	scripts/make-venv
	@scripts/install-browser || echo "Everything but the journeys works without it."
	touch $@

frontend/node_modules/.complete: frontend/package-lock.json frontend/package.json .venv/.complete
	$(NPM) ci --ignore-scripts --silent
	touch $@

browser: ## Find a Chromium for the journeys, or install Debian's
	scripts/install-browser

ui: setup frontend/dist/.complete ## Build the web UI into frontend/dist

frontend/dist/.complete: $(UI_SOURCES) frontend/node_modules/.complete
	$(NPM) run --silent build
	touch $@

.venv-sam/.complete: requirements/sam.txt .venv/.complete
	$(UV) venv --quiet --clear --python 3.12 .venv-sam
	$(UV) pip install --quiet --python .venv-sam/bin/python --require-hashes -r requirements/sam.txt
	touch $@

.venv-checkov/.complete: requirements/checkov.txt .venv/.complete
	$(UV) venv --quiet --clear --python .venv/bin/python .venv-checkov
	$(UV) pip install --quiet --python .venv-checkov/bin/python --require-hashes -r requirements/checkov.txt
	touch $@

run: ui ## Run the whole stack on this machine (PORT=8080, DATA=folder of exports; without DATA a demo)
	.venv/bin/cloudops up --port $(PORT) $(if $(DATA),--data "$(DATA)")

check: browser lint types test journeys ## Pass every check and every test: what a change has to pass

test: ui .venv-sam/.complete ## Test functions, jobs, database, template and the web UI's modules
	$(NPM) test --silent
	$(PYTEST) $(addprefix --ignore ,$(JOURNEYS))

journeys: browser ui .venv-sam/.complete ## Test whole stacks and runs: commands, killed processes, the demo, the web UI in a browser
	$(PYTEST) $(JOURNEYS)

lint: setup .venv-sam/.complete .venv-checkov/.complete ## Check style, walls, migrations and the template
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/squawk migrations/*.sql
	.venv/bin/cfn-lint template.yaml onboarding/*.yaml
	SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint --region us-east-1
	$(PYTHON) -m scripts.scan_template
	$(NPM) run --silent lint

types: setup ## Check types strictly
	.venv/bin/mypy
	$(NPM) run --silent types

format: setup ## Format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(NPM) run --silent format

lock: ## Lock every requirement with its hashes
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	for layer in $(LAYERS); do $(COMPILE) -c requirements/dev.txt requirements/$$layer.in -o requirements/$$layer.txt; done
	$(COMPILE) requirements/sam.in -o requirements/sam.txt
	$(COMPILE) requirements/checkov.in -o requirements/checkov.txt
	$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.txt

openapi: setup ## Write the API's description from the code, and the web UI's types from that
	$(PYTHON) -m local.openapi
	$(NPM) run --silent api

onboarding: setup ## Write the Terraform module's policies from the templates of the roles
	$(PYTHON) -m scripts.write_terraform_policies

layers/ui: frontend/dist/.complete
	rm -rf $@ && cp -R frontend/dist $@ && rm -f $@/.complete

build: .venv-sam/.complete layers/ui ## Build UI, functions and layers for AWS, without Docker
	PATH="$(CURDIR)/.venv/bin:$$PATH" SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam build

deploy: build ## Build and deploy (STAGE=dev; PARAMETERS="AdminEmail=..." whatever is to change; FLAGS=... for sam)
	SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam deploy --config-env $(STAGE) --parameter-overrides Stage=$(STAGE) $(PARAMETERS) $(FLAGS)

# Said before anything is built, which takes minutes.
releasable:
	@grep -qF '## $(VERSION) - ' CHANGELOG.md || { \
		echo "CHANGELOG.md has no section '## $(VERSION) - <date>': move there what this release brings." >&2; exit 1; }

release: releasable build ## Pack what is deployed with its bill of materials and licences into build/
	rm -rf build/$(RELEASE) && mkdir -p build/$(RELEASE)
	$(PYTHON) -m scripts.bill_of_materials build/$(RELEASE) $(VERSION)
	$(PYTHON) -m scripts.pack_stack .aws-sam/build build/$(RELEASE)/stack
	cp -R samconfig.toml onboarding docs requirements CHANGELOG.md LICENSE README.md build/$(RELEASE)/
	tar -C build -czf build/$(RELEASE).tar.gz $(RELEASE)
	cd build && sha256sum $(RELEASE).tar.gz > $(RELEASE).tar.gz.sha256

size: build ## Print the size of each built function against Lambda's limit
	$(PYTHON) bench/bench_package_size.py

lighthouse: browser setup ## Measure the pages of a running stack (EMAIL=, PASSWORD=, ORIGIN=http://localhost:8080)
	$(NPM)/lighthouse ci --ignore-scripts --silent
	PATH="$(CURDIR)/.venv/bin:$$PATH" node frontend/lighthouse/measure.mjs "$(ORIGIN)" "$(EMAIL)" "$(PASSWORD)"

screenshots: browser setup ## Take the README's pictures of a running demo (EMAIL=, PASSWORD=, ORIGIN=http://localhost:8080)
	$(PYTHON) -m scripts.take_screenshots "$(ORIGIN)" "$(EMAIL)" "$(PASSWORD)"

bench: setup ## Print every benchmark's ratio (takes minutes)
	for bench in bench/bench_*.py; do echo "== $$bench"; $(PYTHON) $$bench; done

clean: ## Remove what can be made again; keeps .cloudops
	rm -rf frontend/node_modules frontend/lighthouse/node_modules frontend/dist frontend/src/generated/theme.css layers/ui \
		.venv .venv-sam .venv-checkov .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
