# Thin calls of cargo, cbindgen and the scripts under tests/ and capi-tests/.
#
# CC, CXX, CARGO, PYTHON and CARGO_TARGET_DIR are honoured. What is needed besides a Rust
# toolchain, a C compiler, make and Python is fetched into the target folder.

CARGO ?= cargo
# Passed to every cargo command that builds the library, such as --locked --offline.
CARGOFLAGS ?=
PYTHON ?= python3
# make has a default of its own, which need not be there.
ifeq ($(origin CXX),default)
CXX := c++
endif
export CARGO CC CXX PYTHON

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
LIB := $(TARGET)/release/librzlib.so
# The drop-in, and the static library that it is made of. That one is built by itself, because
# optimisation across crates is for libraries of one kind only.
DROPIN := $(TARGET)/release/libz.so.1
DROPIN_TARGET := $(TARGET)/dropin
# zlib 1.3.2 as a shared object; the tests find it by this variable.
ORACLE := $(TARGET)/oracle/libz-oracle.so
export RZLIB_ORACLE := $(ORACLE)

# KEEP_PANIC_TEXT=1 leaves the standard library's panics in the drop-in, which is twice as large
# then; packaging/dropin.sh has the reasons.
KEEP_PANIC_TEXT ?= 0
export KEEP_PANIC_TEXT

# Where a library with a prefix before its names is built (RZLIB_PREFIX=rz_ make).
PREFIXED := $(TARGET)/release/prefixed

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
INSTALL_DIRS = "$(PREFIX)" "$(LIBDIR)" "$(INCLUDEDIR)"
# What cargo-c installs.
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
MAJOR := $(word 1,$(subst ., ,$(VERSION)))
MINOR := $(word 2,$(subst ., ,$(VERSION)))
LIBRZLIB_FILES := librzlib.so librzlib.so.$(MAJOR) librzlib.so.$(MAJOR).$(MINOR) \
	librzlib.so.$(VERSION) librzlib.a pkgconfig/rzlib.pc

# The header is compared to the byte, so the version that makes it is fixed.
CBINDGEN_VERSION := 0.29.4
CBINDGEN := $(TARGET)/tools/cbindgen-$(CBINDGEN_VERSION)/bin/cbindgen
CBINDGEN_RUN = $(CBINDGEN) --quiet --config cbindgen.toml .

# What make check can use and skips without: programs, and what finds and links a library.
CHECK_PACKAGES := abigail-tools autoconf cmake curl dpkg-dev git libpng-dev lld meson nginx-light \
	ninja-build openjdk-17-jdk-headless openssh-client openssh-server perl php-cli pigz pkg-config \
	qemu-user qemu-utils rsync ruby squashfs-tools valgrind

# Sequences that fuzz-sequences runs.
COUNT ?= 20000

.DEFAULT_GOAL := build
.PHONY: help build install uninstall deb header header-check oracle test quick-inflate \
	quick-deflate quick-gz capi-test capi-test-sanitized tsan programs dropin check check-deps demo \
	bench instructions fmt lint fuzz-sequences replay fuzz-inflate replay-inflate fuzz-gz \
	replay-gz clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 22

build: ## librzlib.so, librzlib.a and the drop-in libz.so.1 in target/release
	$(CARGO) build --release $(CARGOFLAGS)
	$(CARGO) rustc --release $(CARGOFLAGS) --lib --crate-type staticlib \
		--target-dir $(DROPIN_TARGET)
	sh packaging/dropin.sh $(DROPIN_TARGET)/release/librzlib.a $(dir $(DROPIN))
ifdef RZLIB_PREFIX
	sh packaging/dropin.sh $(DROPIN_TARGET)/release/librzlib.a $(PREFIXED) $(RZLIB_PREFIX)
	sh packaging/prefix_header.sh $(RZLIB_PREFIX) >$(PREFIXED)/rzlib.h
endif

install: build ## the drop-in and, by cargo-c, librzlib; PREFIX, LIBDIR, INCLUDEDIR, DESTDIR
	DESTDIR="$(DESTDIR)" sh packaging/install.sh install $(dir $(DROPIN)) $(INSTALL_DIRS)
	@if $(CARGO) cinstall --version >/dev/null 2>&1; then \
		$(CARGO) cinstall --release $(CARGOFLAGS) --destdir "$(DESTDIR)/" --prefix $(PREFIX) \
			--libdir $(LIBDIR) --includedir $(INCLUDEDIR); \
	else \
		echo "librzlib is left out: it is installed by cargo-c (cargo install cargo-c)"; \
	fi

uninstall: ## take away what install put there
	DESTDIR="$(DESTDIR)" sh packaging/install.sh uninstall $(dir $(DROPIN)) $(INSTALL_DIRS)
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,$(LIBRZLIB_FILES))

deb: build ## Debian packages that install beside zlib1g, in target/deb
	sh packaging/deb.sh $(dir $(DROPIN)) $(TARGET)/deb

header: $(CBINDGEN) ## make include/rzlib.h from src/ffi and cbindgen.toml
	$(CBINDGEN_RUN) --output include/rzlib.h

header-check: $(CBINDGEN) ## fail if include/rzlib.h is not what `make header` makes
	@mkdir -p $(TARGET)/header-check
	$(CBINDGEN_RUN) --output $(TARGET)/header-check/rzlib.h
	@diff -u include/rzlib.h $(TARGET)/header-check/rzlib.h || { echo "FAIL header-check"; exit 1; }
	@echo "ok header-check"

$(CBINDGEN):
	$(CARGO) install cbindgen --version =$(CBINDGEN_VERSION) --locked --root $(abspath $(@D)/..)

oracle: ## zlib 1.3.2 as a shared object, which the tests compare with
	sh tests/oracle/build.sh $(ORACLE)

# deflate's tests that compare bytes with zlib.
DEFLATE_TESTS := --test matrix --test files --test oneshot --test sequences --test search

# Tests whose streams lose their tables at every, every 2nd, 3rd and 5th use.
ROBBED_TESTS := --test sequences --test inflate_sequences --test search
define robbed
	RZLIB_ROB=$(1) RZLIB_INDEX=always $(CARGO) test $(CARGOFLAGS) --no-fail-fast $(ROBBED_TESTS) -- $(TEST_ARGS)

endef

test: oracle ## the Rust tests; also with each choice of code that can be forced, and with stolen tables
	$(CARGO) test $(CARGOFLAGS) --no-fail-fast -- $(TEST_ARGS)
	RZLIB_INDEX=always $(CARGO) test $(CARGOFLAGS) --no-fail-fast $(DEFLATE_TESTS) -- $(TEST_ARGS)
	RZLIB_INDEX=never $(CARGO) test $(CARGOFLAGS) --no-fail-fast $(DEFLATE_TESTS) -- $(TEST_ARGS)
	RZLIB_INDEX=scalar $(CARGO) test $(CARGOFLAGS) --no-fail-fast $(DEFLATE_TESTS) -- $(TEST_ARGS)
	$(foreach nth,1 2 3 5,$(call robbed,$(nth)))
	RZLIB_INFLATE=branchless $(CARGO) test $(CARGOFLAGS) --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)
	RZLIB_INFLATE=branchy $(CARGO) test $(CARGOFLAGS) --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)
	RZLIB_INFLATE=scalar $(CARGO) test $(CARGOFLAGS) --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)
	RZLIB_ROB=1 $(CARGO) test $(CARGOFLAGS) --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)
	RZLIB_ROB=3 $(CARGO) test $(CARGOFLAGS) --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)

# While one works on a part: the unit tests, the law of modules, and what finds most mistakes of
# that part, with fewer random sequences. Under two minutes each on two cores.
QUICK = RZLIB_SEQUENCES=$(1) RZLIB_RANDOM_BYTES=2000000 $(CARGO) test $(CARGOFLAGS)
QUICK_GZ_TESTS = $(patsubst capi-tests/%.c,%,$(wildcard capi-tests/gz_*.c))

quick-inflate: oracle ## a part of the tests, for work on inflate: under two minutes
	$(call QUICK,2000) --lib --test structure --test 'inflate_*'
	RZLIB_INFLATE=branchless $(call QUICK,1000) --test inflate_matrix --test inflate_sequences
	RZLIB_INFLATE=branchy $(call QUICK,1000) --test inflate_matrix --test inflate_sequences
	RZLIB_INFLATE=scalar $(call QUICK,1000) --test inflate_matrix --test inflate_sequences
	RZLIB_ROB=2 $(call QUICK,1000) --test inflate_interleaved --test inflate_sequences

quick-deflate: oracle ## the same for deflate
	$(call QUICK,2000) --lib --test structure --test matrix --test oneshot --test 'search*' \
		--test sequences
	RZLIB_INDEX=always $(call QUICK,1000) --test matrix --test sequences
	RZLIB_INDEX=never $(call QUICK,1000) --test sequences
	RZLIB_INDEX=always RZLIB_ROB=2 $(call QUICK,1000) --test sequences

quick-gz: build oracle ## the same for gz files
	$(call QUICK,2000) --lib --test structure --test gz_sequences
	sh capi-tests/run.sh $(dir $(LIB)) include $(ORACLE) $(QUICK_GZ_TESTS)

capi-test: build oracle ## the C tests; TESTS="abi copy" runs some of them
	sh capi-tests/run.sh $(dir $(LIB)) include $(ORACLE) $(TESTS)

capi-test-sanitized: build oracle ## the C tests with AddressSanitizer and UBSan
	SANITIZE=1 sh capi-tests/run.sh $(dir $(LIB)) include $(ORACLE) $(TESTS)

tsan: oracle ## the C test of threads with ThreadSanitizer, in the library, too
	CARGOFLAGS="$(CARGOFLAGS)" sh tests/tsan/run.sh $(ORACLE) $(TARGET)/tsan

programs: build oracle ## programs made for zlib on rzlib: its examples, Python, git
	sh tests/programs/run.sh $(LIB) $(ORACLE) $(TARGET)/programs

dropin: build oracle ## the drop-in libz.so.1: what it is, installs of it, the system's programs on it
	sh tests/dropin/run.sh $(DROPIN) $(ORACLE) $(TARGET)/dropin-tests

check-deps: ## install the programs that the tests can use, from Debian's packages (as root)
	apt-get install -y --no-install-recommends $(CHECK_PACKAGES)

check: ## all tests; the last line is "N passed, N failed, N skipped"
	@$(PYTHON) tests/check.py "$(MAKE)" header-check test capi-test capi-test-sanitized \
		tsan programs dropin

demo: build oracle ## rzlib beside the system's zlib, in Python and in C: sizes, times, proofs
	$(PYTHON) tests/demo/demo.py $(LIB) $(ORACLE) $(TARGET)/demo

# bench is a package of its own: what measuring needs stays out of the library's lock file.
BENCH_PACKAGE := --manifest-path bench/Cargo.toml --target-dir $(TARGET)/bench

bench: build ## rzlib beside zlib, zlib-ng, zlib-rs, libdeflate and ISA-L; CORPUS=folder BENCH=options
	sh bench/peers.sh $(TARGET)/peers
	$(if $(CORPUS),,sh bench/corpus.sh $(TARGET)/corpus)
	$(CARGO) run --release $(CARGOFLAGS) $(BENCH_PACKAGE) -- --plots $(TARGET)/plots $(BENCH) \
		$(foreach peer,zlib zlibng zlibrs libdeflate isal,$$(sh -c 'f=$(TARGET)/peers/$(peer).so; [ ! -f $$f ] || echo $(peer)=$$f')) \
		rzlib=$(DROPIN) -- $(or $(CORPUS),$(TARGET)/corpus)

instructions: build ## count the instructions of fixed work; fails if any takes 3 % more than recorded
	sh bench/instructions/run.sh $(LIB) $(TARGET)/instructions

fmt: ## format all Rust code
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path bench/Cargo.toml

lint: ## formatting and clippy, of the library and of bench
	$(CARGO) fmt --check
	$(CARGO) fmt --manifest-path bench/Cargo.toml --check
	$(CARGO) clippy $(CARGOFLAGS) --all-targets -- -D warnings
	$(CARGO) clippy $(CARGOFLAGS) $(BENCH_PACKAGE) --all-targets -- -D warnings

fuzz-sequences: oracle ## random call sequences against zlib 1.3.2; COUNT=20000 SEED=n
	RZLIB_SEQUENCES=$(COUNT) RZLIB_SEED=$(or $(SEED),$(shell date +%s)) \
		$(CARGO) test --release $(CARGOFLAGS) --test sequences -- --nocapture

replay: oracle ## one call sequence again: make replay SEED=n
	RZLIB_SEQUENCES=1 RZLIB_SEED=$(or $(SEED),$(error SEED=n is missing)) \
		$(CARGO) test $(CARGOFLAGS) --test sequences random -- --nocapture

fuzz-inflate: oracle ## the same for inflate; COUNT=20000 SEED=n
	RZLIB_SEQUENCES=$(COUNT) RZLIB_SEED=$(or $(SEED),$(shell date +%s)) \
		$(CARGO) test --release $(CARGOFLAGS) --test inflate_sequences --test inflate_back -- --nocapture

replay-inflate: oracle ## one inflate sequence again: make replay-inflate SEED=n
	RZLIB_SEQUENCES=1 RZLIB_SEED=$(or $(SEED),$(error SEED=n is missing)) \
		$(CARGO) test $(CARGOFLAGS) --test inflate_sequences random -- --nocapture

fuzz-gz: oracle ## the same for gz files; COUNT=20000 SEED=n
	RZLIB_SEQUENCES=$(COUNT) RZLIB_SEED=$(or $(SEED),$(shell date +%s)) \
		$(CARGO) test --release $(CARGOFLAGS) --test gz_sequences -- --nocapture

replay-gz: oracle ## one sequence on gz files again: make replay-gz SEED=n
	RZLIB_SEQUENCES=1 RZLIB_SEED=$(or $(SEED),$(error SEED=n is missing)) \
		$(CARGO) test $(CARGOFLAGS) --test gz_sequences random -- --nocapture

clean: ## remove all that was built or fetched
	$(CARGO) clean
