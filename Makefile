# The front door for people who would rather not learn cargo first. `make help` lists the targets.

CARGO ?= cargo
export CARGO

.DEFAULT_GOAL := all
.PHONY: all deps test check header help
# `make deps test` must not test before it has installed, also under `make -j`.
.NOTPARALLEL:

all: ## build the zoom-s2s command into target/release
	$(CARGO) build --release --locked --package zoom-s2s-cli

deps: ## install what the tests use and this machine lacks (Debian packages)
	@scripts/deps

test: ## run every test; installs nothing, and names what it skipped
	@scripts/test

check: ## formatting, lints, documentation and dependencies, then the tests
	@scripts/check
	@scripts/test

header: ## write include/zoom_s2s.h anew from src/ffi
	ZOOM_S2S_WRITE_HEADER=1 $(CARGO) test --quiet --locked --test header

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile \
	| while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'ZOOM_S2S_REQUIRE_ALL=1 make test   a test skipped for want of a tool is a failure'
	@echo 'make deps needs (tool, Debian package, use):'
	@scripts/deps --list | sed 's/^/  /'
