.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## Make .venv with everything that is locked

.venv/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 is needed: make setup PYTHON=python3.11")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## Plan the example day
	@$(BIN)/tutti solve examples/day.json

PROCESSES ?= 2

test: setup ## Run the whole test suite (PROCESSES=2)
	@$(BIN)/pytest --numprocesses $(PROCESSES)

chaos: setup ## Hurt a whole service while it plans 200 jobs for each fault, and print what happened (CHAOS_JOBS, CHAOS_SEED)
	@CHAOS_JOBS=$${CHAOS_JOBS:-200} exec $(BIN)/pytest tests/chaos

alerts: setup ## Provoke the alerts on a whole service of this machine (needs prometheus, some minutes), and print what was seen
	@$(BIN)/python -m tests.monitoring.provoke $(PROVOKE)

check: setup ## Lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Put the code into the agreed format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

UPGRADE ?= --upgrade
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet
KEEP := --constraints requirements-dev.lock

lock: setup ## Lock the newest allowed versions of all dependencies (UPGRADE= keeps those that are locked)
	$(COMPILE) pyproject.toml --extra monitoring --extra tracing --group dev $(UPGRADE) -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra monitoring --extra tracing $(UPGRADE) $(KEEP) -o requirements.lock
	$(COMPILE) --group build $(UPGRADE) $(KEEP) -o requirements-build.lock

IMAGE ?= tutti:dev
VALUES ?= k8s/values-kind.yaml
VERSION = $(shell git describe --tags --always --dirty)

image: ## Build the container image (IMAGE=tutti:dev) with docker
	docker build --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) -t $(IMAGE) .

chart: setup ## Write the chart's values.yaml, schema and README table from charts/schema
	$(BIN)/python -m charts.schema

chart-check: setup ## Hold the chart against Helm, its schema and Kubernetes' (needs helm)
	$(BIN)/pytest tests/chart

e2e: setup ## Install IMAGE on the cluster of KUBECONFIG, and try it there
	TUTTI_IMAGE=$(IMAGE) exec $(BIN)/pytest tests/e2e --ignore-glob="*/test_scaling*"

SCALE ?= tests/e2e/test_scaling*.py

e2e-scale: setup ## Let workers come and go there with the jobs (needs KEDA; SCALE=tests/e2e/test_scaling.py: a short form)
	TUTTI_IMAGE=$(IMAGE) exec $(BIN)/pytest $(SCALE)

PROMETHEUS_IMAGE ?= prom/prometheus:v3.5.0

e2e-monitoring: setup ## Watch it there by a Prometheus, and provoke alerts (needs KEDA and PROMETHEUS_IMAGE, or one of tests/e2e/prometheus)
	TUTTI_IMAGE=$(IMAGE) TUTTI_PROMETHEUS_IMAGE=$(PROMETHEUS_IMAGE) exec $(BIN)/pytest tests/e2e/test_monitoring.py

kind-up: image ## Make a kind cluster and load the image into it
	kind create cluster --name tutti --config k8s/kind.yaml
	kind load docker-image --name tutti $(IMAGE)

deploy: ## Install the chart on the cluster of KUBECONFIG (VALUES=k8s/values-kind.yaml)
	helm upgrade --install tutti charts/tutti --namespace tutti --create-namespace --values $(VALUES) --wait --timeout 5m

manifests: ## Write plain manifests to out/manifests.yaml, for those without Helm (VALUES=k8s/values-production.yaml)
	@mkdir -p out
	helm template tutti charts/tutti --namespace tutti --values $(VALUES) --skip-tests > out/manifests.yaml
	@echo "kubectl create namespace tutti; kubectl -n tutti apply -f out/manifests.yaml"

up: .env ## Run the whole service in Docker (compose.yaml), reachable from this machine only
	docker compose up --build --detach --wait

down: ## Stop it; jobs stay in their volumes
	docker compose down

.env:
	@umask 077 && for name in POSTGRES REDIS FLOWER; do \
	    echo "$${name}_PASSWORD=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(24))')"; \
	done > $@
	@echo "passwords for compose.yaml are in .env; nobody else has them"

clean: ## Remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis out

.PHONY: help setup run test chaos alerts check format lock image chart chart-check e2e e2e-scale e2e-monitoring kind-up deploy manifests up down clean
