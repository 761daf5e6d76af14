# `make demo` shows a callback from SMS to CDR; `make test` passes the tests. Both set up what they
# need. The rest is for those who change Ringback.

# pjsua2, the media engine, has wheels for Python 3.11 and 3.12.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
export PYTHON

.PHONY: setup demo test tuned test-tuned check check-format check-lint check-types check-imports \
	format lock package vendor translations screenshots prompts pjsua2 bench chaos soak flood clean

setup: .venv/installed

demo: setup
	$(BIN)/ringback demo

test: setup
	infra/machine.sh test
	tests/dynamodb_local/fetch.sh
	tests/browser/fetch.sh
	$(if $(ARGS),$(BIN)/pytest $(ARGS),$(BIN)/python -m tests.side_by_side)

# An environment that has all of the first, but for pjsua2, which is that of production.
tuned: pjsua2
	$(BIN)/python -m venv --clear --without-pip var/tuned
	$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" \
		% sysconfig.get_path("purelib"))' >$$(echo var/tuned/lib/python*/site-packages)/first.pth
	$(PIP) --python var/tuned/bin/python install --no-deps var/pjsua2/wheel/*.whl

# What speaks SIP and RTP, again in it.
SPEAKING := pjsip_phone pjsip_audio engine_limits callbacks_for_real \
	conversation_for_real conversations_at_once trunks_for_real secured_calls \
	pjsip_release guard bouncer quality_for_real
test-tuned: tuned
	var/tuned/bin/python -m tests.second_try $(SPEAKING:%=tests/integration/test_%.py) $(ARGS)

# Locked packages first, from scratch whenever the lock changes, so that nothing is left of an older
# one; then Ringback itself, in place.
.venv/locked: requirements.lock
	infra/machine.sh demo
	@echo "Building .venv from $<: about a minute"
	$(PYTHON) -m venv --clear .venv
	$(PIP) install --require-hashes -r requirements.lock
	touch $@

.venv/installed: .venv/locked pyproject.toml
	$(PIP) install --no-build-isolation --no-deps -e .
	touch $@

check: check-format check-lint check-types check-imports

check-format: setup
	$(BIN)/ruff format --check .

check-lint: setup
	$(BIN)/ruff check .

check-types: setup
	$(BIN)/mypy

# The Chalice app is imported as Lambda does it, with api/ on the path.
check-imports: setup
	PYTHONPATH=api $(BIN)/lint-imports --no-logo

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Keeps the versions that are locked; `make lock ARGS=--upgrade` takes the newest. The second file is
# what Chalice packs for Lambda: a part of the first. Chalice's runtime comes from the packager, boto3
# and what it needs from Lambda. The third is a worker's image, whose pjsua2 is built for it.
COMPILE = var/uv/bin/uv pip compile pyproject.toml --quiet --generate-hashes --python-version 3.11 $(ARGS)
lock: var/uv/bin/uv
	$(COMPILE) --no-header --group dev --universal --output-file requirements.lock
	$(COMPILE) --custom-compile-command "make lock" --group lambda --constraint requirements.lock \
		--python-platform x86_64-manylinux_2_17 \
		--no-emit-package boto3 --no-emit-package botocore --no-emit-package s3transfer \
		--no-emit-package jmespath --no-emit-package python-dateutil --no-emit-package six \
		--output-file api/requirements.txt
	$(COMPILE) --custom-compile-command "make lock" --group workers --constraint requirements.lock \
		--python-platform x86_64-manylinux_2_28 --no-emit-package pjsua2-python \
		--output-file workers/requirements.txt

var/uv/bin/uv:
	$(PYTHON) -m venv var/uv
	var/uv/bin/pip install --quiet uv

# api/requirements.txt names with hashes all that is packed; what it leaves to Lambda is not to be
# looked for. The template's region is that of the deployment.
package: setup
	cd api && PIP_NO_DEPS=1 AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-eu-west-1} \
		../$(BIN)/chalice package ../dist/api

# `make bench ONLY=fleet` prints the rows of one bench. Most of the fleet's want `make tuned` before,
# or RINGBACK_TUNED: the Python of another environment with that engine.
bench: setup
	$(BIN)/python -m tests.bench $(ONLY)

# Processes killed and paused, AWS and the carrier failing, and what must hold after it: by a seed.
chaos: setup
	$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) $(ARGS)

# Thousands of short callbacks, and what they leave behind: with the engine of production where `make
# tuned` has set it up, else fewer with the stock one.
soak: setup
	$(or $(wildcard var/tuned/bin/python),$(BIN)/python) -m tests.soak $(ARGS)

# 10,000 datagrams a second at each port of a worker, and what else hurts.
flood: setup
	$(or $(wildcard var/tuned/bin/python),$(BIN)/python) -m pytest --log-cli-level=INFO \
		tests/integration/test_sip_that_hurts.py

vendor:
	api/vendor_static.sh

# Into var/pjsua2/wheel/; `make pjsua2 SOURCE=FILE` takes a tarball of pjproject.
pjsua2: setup
	infra/machine.sh pjsua2
	PYTHON=$(BIN)/python workers/pjsip/build/build.sh $(SOURCE)

# What pages say, into the catalogues of their languages (api/chalicelib/locale/), and these compiled.
translations: setup
	PYTHON=$(CURDIR)/$(BIN)/python api/translate.sh

# Every page as a PNG, into var/screenshots/.
screenshots: setup
	$(BIN)/python -m tests.browser.screenshots

prompts: setup
	infra/machine.sh prompts
	workers/prompts/build.sh

# What tools made; the state of `ringback up`, in var/, stays.
clean:
	rm -rf .venv var/uv var/bench var/voice var/axe var/screenshots var/dynamodb-local var/pjsua2 var/tuned build dist *.egg-info \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
		api/.chalice/deployments
	find . -name __pycache__ -prune -exec rm -rf {} +
