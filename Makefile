# Two commands are enough: `make run` and `make test`. Both install what is missing.

MODEL ?= SampleModels/lenet-fashion
PREFIX ?= /usr/local
SWIFT ?= swift
PYTHON ?= python3

BINARY := .build/release/pare
VENV := .venv
BUNDLES := $(patsubst %/pare.json,%,$(wildcard SampleModels/*/pare.json))
FUZZ_SECONDS ?= 600
FUZZ_TARGET ?= onnx numpy idx image recipe
FUZZ := .build/fuzz
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

BUILD_PACKAGES := libdnnl-dev liblapacke-dev libncurses-dev libopenblas-dev libspng-dev \
  libsqlite3-dev libturbojpeg0-dev libxxhash-dev libzip-dev libzstd-dev zlib1g-dev
TEST_PACKAGES := libonnx-testdata python3-venv tmux

# Installs what is missing of the packages given, and says so.
define install-packages
@missing=; for package in $(1); do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  if ! command -v apt-get >/dev/null; then echo "Please install:$$missing" >&2; exit 1; fi; \
  echo "Installing Debian packages:$$missing"; \
  $(SUDO) apt-get update -q && \
  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
fi
@command -v $(SWIFT) >/dev/null || { \
  echo "Swift 6.2 or newer is needed: see https://www.swift.org/install/linux" >&2; exit 1; }
endef

.PHONY: run build packages test-packages test test-fast swift-test python-test lint bench fuzz soak install clean

## Open the dashboard on a sample model, or on MODEL=path.
run: build
	@$(BINARY) $(MODEL)

## Build the program and the tests, optimised.
build: packages
	@$(SWIFT) build -c release --product pare

packages:
	$(call install-packages,$(BUILD_PACKAGES))

test-packages: packages
	$(call install-packages,$(TEST_PACKAGES))

## Everything: style, the Swift tests, and the comparisons with ONNX Runtime.
test: test-packages lint swift-test python-test

## Everything that needs neither ONNX Runtime nor a terminal: under two minutes once built.
test-fast: test-packages
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --skip RealTerminalTests

swift-test:
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

python-test: $(VENV)/tests
	$(SWIFT) build -c release --product pare
	$(VENV)/bin/python Tests/Python/check_inputs.py $(BINARY) SampleModels/lenet-fashion
	$(VENV)/bin/python Tests/Python/compare_run.py $(BINARY)
	$(VENV)/bin/python Tests/Python/compare_networks.py $(BINARY)
	$(VENV)/bin/python Tests/Python/compare_recipes.py $(BINARY) SampleModels/lenet-fashion $(filter-out %/lenet-fashion,$(BUNDLES))
	$(VENV)/bin/python Tests/Python/compare_static.py $(BINARY) SampleModels/lenet-fashion
	$(VENV)/bin/python Tests/Python/compare_removal.py $(BINARY)
	$(VENV)/bin/python Tests/Python/compare_scaling.py $(BINARY)
	$(VENV)/bin/python Tests/Python/check_distill.py $(BINARY) SampleModels/gru-motion

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

## Times against ONNX Runtime and PyTorch, how soon a key is seen, and sliders on a large model.
bench: test-packages build $(VENV)/bench
	$(VENV)/bin/python Benchmarks/compare.py $(BINARY) SampleModels/lenet-fashion
	$(VENV)/bin/python Benchmarks/screen.py $(BINARY) SampleModels/lenet-fashion
	$(VENV)/bin/python Benchmarks/networks.py $(BINARY)
	$(VENV)/bin/python Benchmarks/session.py $(BINARY) SampleModels/lenet-fashion --sensitivity
	$(VENV)/bin/python Benchmarks/session.py $(BINARY) SampleModels/resnet-fashion
	$(VENV)/bin/python Benchmarks/session.py $(BINARY) SampleModels/gpt-text
	$(VENV)/bin/python Benchmarks/sliders.py $(BINARY)
	$(call install-packages,dataset-fashion-mnist)
	$(VENV)/bin/python Benchmarks/distill.py $(BINARY) SampleModels/lenet-fashion SampleModels/resnet-fashion SampleModels/gpt-text

## Changed files by the million against what reads files, FUZZ_SECONDS for each FUZZ_TARGET: no crash, no input that takes
## ten seconds, none that takes a gigabyte. What it has learned stays in .build/fuzz/corpus; what it finds, in findings.
fuzz: test-packages
	$(SWIFT) build -c release --package-path Tests/Fuzzing --scratch-path $(FUZZ) --sanitize fuzzer \
	  -Xswiftc -assert-config -Xswiftc Debug
	$(PYTHON) Tests/Fuzzing/make_seeds.py $(FUZZ)/seeds
	@for target in $(FUZZ_TARGET); do \
	  echo "Fuzzing $$target for $(FUZZ_SECONDS) seconds"; \
	  mkdir -p $(FUZZ)/corpus/$$target $(FUZZ)/findings; \
	  (ulimit -v 4194304; FUZZ_TARGET=$$target SWIFT_BACKTRACE=enable=no nice $(FUZZ)/release/Fuzz \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=65536 -keep_seed=1 \
	    -dict=$(FUZZ)/seeds/$$target.dict -artifact_prefix=$(FUZZ)/findings/$$target- -print_final_stats=1 \
	    $(FUZZ)/corpus/$$target $(FUZZ)/seeds/$$target) || exit 1; \
	done

## Twenty thousand moves in one session: memory and files must stay where they are. A few more under Valgrind: nothing lost,
## nothing read that is not there.
soak: build
	$(call install-packages,valgrind)
	valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	  --suppressions=Benchmarks/valgrind.supp --error-exitcode=1 $(BINARY) replay SampleModels/gru-motion --random 5 --cache 64M
	$(PYTHON) Benchmarks/soak.py $(BINARY) SampleModels/gru-motion

$(VENV)/tests: Tests/Python/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q -r $<
	@touch $@

$(VENV)/bench: Benchmarks/requirements.txt | $(VENV)/tests
	$(VENV)/bin/pip install -q -r $<
	@touch $@

## Install the program, its themes and the sample models below PREFIX.
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/pare
	install -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/pare
	cp -R Themes SampleModels $(DESTDIR)$(PREFIX)/share/pare/

clean:
	$(SWIFT) package clean
	rm -rf $(VENV)
