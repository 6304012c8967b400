# Thin calls of cargo, cbindgen and the scripts under tests/ and capi-tests/.
#
# CC, CXX, CARGO, PYTHON and CARGO_TARGET_DIR are honoured. What is needed besides a Rust
# toolchain, a C compiler, make and Python is fetched into the target folder.

CARGO ?= cargo
PYTHON ?= python3
# make has a default of its own, which need not be there.
ifeq ($(origin CXX),default)
CXX := c++
endif
export CARGO CC CXX PYTHON

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
LIB := $(TARGET)/release/librzlib.so
# zlib 1.3.2 as a shared object; the tests find it by this variable.
ORACLE := $(TARGET)/oracle/libz-oracle.so
export RZLIB_ORACLE := $(ORACLE)

# The header is compared to the byte, so the version that makes it is fixed.
CBINDGEN_VERSION := 0.29.4
CBINDGEN := $(TARGET)/tools/cbindgen-$(CBINDGEN_VERSION)/bin/cbindgen
CBINDGEN_RUN = $(CBINDGEN) --quiet --config cbindgen.toml .

# Sequences that fuzz-sequences runs.
COUNT ?= 20000

.DEFAULT_GOAL := build
.PHONY: help build header header-check oracle test capi-test capi-test-sanitized programs check \
	demo lint fuzz-sequences replay fuzz-inflate replay-inflate clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 22

build: ## the library: target/release/librzlib.so and librzlib.a
	$(CARGO) build --release

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
DEFLATE_TESTS := --test matrix --test files --test oneshot --test sequences

test: oracle ## the Rust tests; also with inflate's loop for any CPU, with deflate's index and without
	$(CARGO) test --no-fail-fast -- $(TEST_ARGS)
	RZLIB_INDEX=always $(CARGO) test --no-fail-fast $(DEFLATE_TESTS) -- $(TEST_ARGS)
	RZLIB_INDEX=never $(CARGO) test --no-fail-fast $(DEFLATE_TESTS) -- $(TEST_ARGS)
	RZLIB_PLAIN=1 $(CARGO) test --no-fail-fast --test 'inflate_*' -- $(TEST_ARGS)

capi-test: build oracle ## the C tests; TESTS="abi copy" runs some of them
	sh capi-tests/run.sh $(dir $(LIB)) include $(ORACLE) $(TESTS)

capi-test-sanitized: build oracle ## the C tests with AddressSanitizer and UBSan
	SANITIZE=1 sh capi-tests/run.sh $(dir $(LIB)) include $(ORACLE) $(TESTS)

programs: build oracle ## programs made for zlib on rzlib: its examples, Python, git
	sh tests/programs/run.sh $(LIB) $(ORACLE) $(TARGET)/programs

check: ## all tests; the last line is "N passed, N failed, N skipped"
	@$(PYTHON) tests/check.py "$(MAKE)" header-check test capi-test capi-test-sanitized programs

demo: build oracle ## rzlib beside the system's zlib, in Python and in C: sizes, times, proofs
	$(PYTHON) tests/demo/demo.py $(LIB) $(ORACLE) $(TARGET)/demo

lint: ## formatting and clippy
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings

fuzz-sequences: oracle ## random call sequences against zlib 1.3.2; COUNT=20000 SEED=n
	RZLIB_SEQUENCES=$(COUNT) RZLIB_SEED=$(or $(SEED),$(shell date +%s)) \
		$(CARGO) test --release --test sequences -- --nocapture

replay: oracle ## one call sequence again: make replay SEED=n
	RZLIB_SEQUENCES=1 RZLIB_SEED=$(or $(SEED),$(error SEED=n is missing)) \
		$(CARGO) test --test sequences -- --nocapture

fuzz-inflate: oracle ## the same for inflate; COUNT=20000 SEED=n
	RZLIB_SEQUENCES=$(COUNT) RZLIB_SEED=$(or $(SEED),$(shell date +%s)) \
		$(CARGO) test --release --test inflate_sequences --test inflate_back -- --nocapture

replay-inflate: oracle ## one inflate sequence again: make replay-inflate SEED=n
	RZLIB_SEQUENCES=1 RZLIB_SEED=$(or $(SEED),$(error SEED=n is missing)) \
		$(CARGO) test --test inflate_sequences -- --nocapture

clean: ## remove all that was built or fetched
	$(CARGO) clean
