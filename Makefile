# The project's own commands. `make` alone lists them; each sets up what it needs, once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Another environment's settings must not leak into ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_REQUIREMENT PIP_CONSTRAINT
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

version = -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null

.PHONY: help report test coverage docs fuzz lab bench mutants pictures readme messages lock wheels clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

report: .venv/installed ## Build every report under params/ into output/
	@.venv/bin/reportkit build

test: .venv/installed programs ## Lint, check types and run the tests
	@.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/pytest -n 2 --dist worksteal

coverage: .venv/installed programs ## Run the tests and say which lines none has run, which takes twice as long
	@.venv/bin/pytest -n 2 --dist worksteal --cov

docs: .venv/installed ## Build the documentation's site, in Chinese and English, into site/
	@.venv/bin/python docs/website.py

fuzz: .venv/installed programs ## Run the property tests with new examples, again and again: ROUNDS=5
	@for ((round = 1; round <= $${ROUNDS:-5}; round++)); do
	  echo "== round $$round"
	  .venv/bin/pytest -n 2 -m hypothesis --hypothesis-profile=searching --no-header -q
	done

lab: .venv/installed ## Open the notebook in JupyterLab
	@as_root=
	if [ "$$(id -u)" = 0 ]; then as_root=--allow-root; fi
	exec .venv/bin/jupyter lab $$as_root notebooks/annual_report.ipynb

bench: .venv/installed ## Measure, with the programs in bench/ that take minutes
	@for program in startup intake throughput; do
	  echo "== bench/$$program.py"
	  .venv/bin/python "bench/$$program.py"
	done

build_requirements = import pathlib, tomllib; \
  declared = tomllib.loads(pathlib.Path("pyproject.toml").read_text("utf-8")); \
  print("editables", *declared["build-system"]["requires"], sep="\n")

mutants: .venv/installed programs ## Make small changes to a module and see which no test notices: MODULE=checks/privacy
	@.venv/bin/python bench/mutants.py $(MODULE) $(ARGUMENTS)

readme: .venv/installed ## Renew what the READMEs take from the code: the tables of rules
	@renew() {
	  .venv/bin/reportkit rules --format markdown --lang "$$2" > .venv/rules.md
	  sed -i -e '/<!-- rules -->/,/<!-- \/rules -->/{//!d}' -e '/<!-- rules -->/r .venv/rules.md' "$$1"
	}
	renew README.md en
	renew README.zh-CN.md zh

pictures: .venv/installed programs ## Make the documentation's pictures anew
	@.venv/bin/python docs/pictures.py

messages: .venv/installed ## Take new messages into the catalogues, and compile these
	@catalogues="--domain reportkit --output-dir src/reportkit/locale --input-file .venv/messages.pot"
	.venv/bin/pybabel --quiet extract --no-default-keywords --keywords 'Message Counted:1,2 _ ngettext:1,2' --no-location \
	  --sort-output --omit-header --output-file .venv/messages.pot src/reportkit \
	  "$$(.venv/bin/python -c 'import click, pathlib; print(pathlib.Path(click.__file__).parent)')"
	.venv/bin/pybabel --quiet update $$catalogues --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	.venv/bin/pybabel compile --domain reportkit --directory src/reportkit/locale --statistics

lock: ## Renew requirements.lock from pyproject.toml
	@if ! .venv/bin/python -m pip --version > /dev/null 2>&1; then
	  $(new_environment)
	fi
	echo 'Resolving the newest versions that pyproject.toml allows…'
	.venv/bin/python -m pip install --quiet --quiet --upgrade uv
	.venv/bin/python -c '$(build_requirements)' > .venv/build-requires.in
	.venv/bin/uv pip compile --quiet --system-certs --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' \
	  --all-extras --output-file .venv/renewed.lock pyproject.toml .venv/build-requires.in
	if cmp --silent .venv/renewed.lock requirements.lock; then
	  echo 'requirements.lock is up to date.'
	else
	  mv .venv/renewed.lock requirements.lock
	  echo 'requirements.lock is renewed; `make test` tells whether all still works.'
	fi

wheels: .venv/installed ## Pack the folder wheels/ for machines without the internet: PLATFORM=linux_aarch64 PYTHON_VERSION=3.12
	@.venv/bin/python -m pip install --quiet --quiet uv
	.venv/bin/python deploy/wheels.py wheels $(if $(PLATFORM),--platform $(PLATFORM)) $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

clean: ## Remove all that was built: output/, site/, .venv/ and caches
	@rm -rf output site dist wheels .venv .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- the environment

# It counts as made only where it still starts, in the folder it was made in, with the Python asked for.
made := $(shell .venv/bin/python -c 'print(open(".venv/made").read().strip())' 2>/dev/null)
ifneq ($(made),$(CURDIR))
.PHONY: .venv/made
else ifdef PYTHON
ifneq ($(shell $(PYTHON) $(version)),$(shell .venv/bin/python $(version)))
.PHONY: .venv/made
endif
endif

# A new lock makes a new environment, so that it holds what the lock names and nothing else.
.venv/made: requirements.lock
	@$(new_environment)
	echo 'Installing the pinned packages into .venv (under a minute on a fast line)…'
	.venv/bin/python -m pip install --quiet --quiet --require-hashes --no-deps -r requirements.lock
	pwd -P > $@

.venv/installed: .venv/made pyproject.toml
	@.venv/bin/python -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	.venv/bin/python -m pip check > .venv/check || {
	  cat .venv/check >&2
	  echo 'requirements.lock does not fit pyproject.toml: run `make lock`.' >&2
	  exit 1
	}
	touch $@

define new_environment
python=
for candidate in $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14); do
  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$$candidate
    break
  fi
done
if [ -z "$$python" ]; then
  echo 'reportkit needs Python 3.11 or later, and $(or $(PYTHON),python3) is none. Install it' \
    '(apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.11' >&2
  exit 1
fi
# Debian's Python comes without what a virtual environment is made with.
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then
  set -- "python$$("$$python" $(version))-venv"
  $(apt_install)
fi
"$$python" -m venv --clear .venv
endef

# ---------------------------------------------------------------- Debian's packages

# Tests read pages as a person sees them, in a browser with Chinese letters, have the Excel form reckoned, and read
# Word documents of the old kind.
.PHONY: programs
programs:
	@set --
	command -v "$${CHROMIUM:-chromium}" > /dev/null || set -- "$$@" chromium
	command -v soffice > /dev/null || set -- "$$@" libreoffice-calc-nogui
	ls "$$(dirname "$$(readlink -f "$$(command -v soffice)")")"/libswlo.* > /dev/null 2>&1 || set -- "$$@" libreoffice-writer-nogui
	[ -n "$$(fc-list 'Noto Serif CJK SC' 2>/dev/null)" ] || set -- "$$@" fontconfig fonts-noto-cjk
	if [ $$# -gt 0 ]; then
	  $(apt_install)
	fi

# Install the packages that the positional parameters name.
define apt_install
export PATH="$$PATH:/usr/local/sbin:/usr/sbin:/sbin"
  if ! command -v apt-get > /dev/null; then
    echo "This needs $$* (names of Debian's packages), and there is no apt-get: install them by hand." >&2
    exit 1
  elif [ "$$(id -u)" = 0 ]; then
    as_root=
  elif command -v sudo > /dev/null; then
    as_root=sudo
  else
    echo "This needs Debian's packages $$*: have root run 'apt-get install $$*'." >&2
    exit 1
  fi
  echo "Installing Debian's packages: $$*"
  $$as_root apt-get update -qq
  $$as_root apt-get install -qq --no-install-recommends "$$@" > /dev/null
endef
