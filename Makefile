# Two commands matter: `make demo` shows Tiwizi with the demo programme, `make test` checks everything.
# `make check` is the fast part of the tests, before each commit. The others are for maintainers.
.DEFAULT_GOAL := help
.PHONY: help demo serve test check lint lock vendor messages bench seed-large

PYTHON_HERE = $(or $(TIWIZI_VENV),.venv)/bin/python
COMPILE = $(PYTHON_HERE) -m uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE)

help:
	@echo 'make demo      start Tiwizi with the demo programme (FRESH=1 starts over, PORT=9000 elsewhere)'
	@echo 'make serve     start Tiwizi on the database named by TIWIZI_DATABASE, else on var/tiwizi.sqlite3'
	@echo 'make test      every check and every test, on SQLite and on PostgreSQL, and in a browser'
	@echo 'make check     the fast part of it, before each commit'
	@echo 'make lint      style, types, import directions'
	@echo 'make seed-large  add a large invented programme to that database, to measure on (SCALE=0.1: a part of it)'
	@echo 'make bench     benchmarks; their results stand in bench/'
	@echo 'make messages  collect the sentences to translate (needs gettext)'
	@echo 'make lock      write requirements/*.txt again (UPGRADE=--upgrade takes newer releases)'
	@echo 'make vendor    copy the front-end files again (needs Node)'

demo:
	@scripts/bootstrap.sh app
	@exec $(PYTHON_HERE) scripts/serve.py --demo

serve:
	@scripts/bootstrap.sh app
	@exec $(PYTHON_HERE) scripts/serve.py

test:
	@scripts/debs.sh test
	@scripts/bootstrap.sh dev
	@exec $(PYTHON_HERE) scripts/test.py

check:
	@scripts/bootstrap.sh dev
	@exec $(PYTHON_HERE) scripts/test.py --fast

lint:
	@scripts/bootstrap.sh dev
	@exec $(PYTHON_HERE) scripts/test.py --lint

bench:
	@scripts/bootstrap.sh dev
	@for file in bench/*.py; do echo "$$file" && $(PYTHON_HERE) "$$file" || exit 1; done

seed-large:
	@scripts/bootstrap.sh app
	@$(PYTHON_HERE) manage.py migrate --verbosity 0
	@$(PYTHON_HERE) manage.py seed_large $(if $(SCALE),--scale $(SCALE))

# Each lock is constrained by the one before, so that a release is the same in all.
lock:
	@scripts/bootstrap.sh app
	$(COMPILE) requirements/boot.in --output-file requirements/boot.txt
	$(COMPILE) pyproject.toml --extra web --output-file requirements/app.txt
	$(COMPILE) pyproject.toml --extra web --extra matching --extra rollup --extra cluster --extra bench --extra dev --constraints requirements/app.txt --output-file requirements/dev.txt

vendor:
	npm ci --no-audit --no-fund
	@scripts/bootstrap.sh app
	@$(PYTHON_HERE) scripts/vendor.py

messages:
	@scripts/bootstrap.sh dev
	@$(PYTHON_HERE) scripts/catalogues.py extract
