# The front door for people who would rather not learn cargo first. `make help` lists the targets.

CARGO ?= cargo
export CARGO

# Where `make install` puts things: the rest is bin, include, lib and share of PREFIX unless it is set.
# DESTDIR goes before each of them.
PREFIX ?= /usr/local
export PREFIX BINDIR INCLUDEDIR LIBDIR DATADIR MANDIR DESTDIR

TARGET_DIR = $(or $(CARGO_TARGET_DIR),target)
SHARED_NAME = libzoom_s2s.$(if $(filter Darwin,$(shell uname -s)),dylib,so)
SHARED = $(TARGET_DIR)/capi/$(SHARED_NAME)
STATIC = $(TARGET_DIR)/capi/libzoom_s2s.a
# Of the library's profile, so that what both are made of is compiled once.
COMMAND = $(TARGET_DIR)/capi/zoom-s2s
SOURCES = Cargo.toml Cargo.lock build.rs $(shell find src -name '*.rs')
COMMAND_SOURCES = $(shell find cli sandbox -name '*.rs' -o -name Cargo.toml)

.DEFAULT_GOAL := all
.PHONY: all install uninstall dist wheel deps test check bench fuzz header abi help
# `make deps test` must not test before it has installed, also under `make -j`.
.NOTPARALLEL:

all: $(SHARED) $(STATIC) $(COMMAND) ## build the C library and the zoom-s2s command into target/capi

# Cargo is asked only when a source is newer: `sudo make install` needs no cargo, and leaves no file
# of root's in the target folder. A pattern, because one call makes both libraries.
$(TARGET_DIR)/%/$(SHARED_NAME) $(TARGET_DIR)/%/libzoom_s2s.a: $(SOURCES)
	$(CARGO) rustc --lib --locked --features capi,redis --crate-type cdylib,staticlib --profile $*
	@touch $(@D)/$(SHARED_NAME) $(@D)/libzoom_s2s.a

$(COMMAND): $(SOURCES) $(COMMAND_SOURCES)
	$(CARGO) build --locked --package zoom-s2s-cli --profile capi
	@touch $@

install: $(SHARED) $(STATIC) $(COMMAND) ## install both to PREFIX, which is /usr/local; DESTDIR, LIBDIR, INCLUDEDIR, BINDIR, DATADIR, MANDIR
	@packaging/install '$(TARGET_DIR)/capi' '$(COMMAND)'

uninstall: ## remove what install put there; takes the same settings
	@packaging/install --remove

dist: ## make target/dist/zoom-s2s-VERSION-linux-x86_64.tar.gz, for glibc 2.17 and newer
	@packaging/dist

wheel: ## make target/dist/zoom_s2s-VERSION-py3-none-manylinux_2_17_x86_64.whl
	@python/wheel

deps: ## install what the tests use and this machine lacks (Debian packages)
	@scripts/deps

test: ## run every test; installs nothing, and names what it skipped
	@scripts/test

check: ## formatting, lints, documentation and dependencies, then the tests
	@scripts/check
	@scripts/test

FUZZ_SECONDS ?= 60
fuzz: ## compare the reader of users with serde_json on found bytes, for FUZZ_SECONDS=60
	@scripts/fuzz '$(FUZZ_SECONDS)'
bench: $(SHARED) ## measure what it costs beside libcurl, requests and others; all of it takes a quarter of an hour
	@benches/run

header: ## write include/zoom_s2s.h anew from src/ffi
	ZOOM_S2S_WRITE_HEADER=1 $(CARGO) test --quiet --locked --test header

abi: ## write abi/zoom_s2s.abi anew from the header
	ZOOM_S2S_WRITE_ABI=1 $(CARGO) test --quiet --locked --test abi the_interface_is_the_committed_one

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile \
	| while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'ZOOM_S2S_REQUIRE_ALL=1 make test   a test skipped for want of a tool is a failure'
	@echo 'make deps needs (tool, Debian package, use):'
	@scripts/deps --list | sed 's/^/  /'
