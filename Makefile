# make              build every program into bin/
# make demo         install what the build needs, build, run the examples
# make check        install what the tests need, build, run every test
# make check-fast   build, run the unit tests and the quick lints
# make SAN=1 check  run every test under the address and undefined sanitizers
# make check-full   compare models of full size with PyTorch, which it needs
# make check-arm64  build for arm64 and run the tests under qemu
# make lint         check style, layers, names and man pages
# make unused       list the functions that no program calls
# make units        build the unit tests, into build/unit/
# make bench        print timings beside those of libraries and of the machine
# make golden       compare Whisper with transformers, which it needs
# make bench-peers  time encoders beside PyTorch, ONNX Runtime, CTranslate2
# make install      install programs and pages into $(DESTDIR)$(PREFIX)
# make clean        remove bin/ and build/
# make help         print this list

PREFIX   = /usr/local
CFLAGS   = -O3 -g
WARN     = -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
           -Wstrict-prototypes -Wmissing-prototypes
HEADERS  = sndfile.h soxr.h fftw3.h cblas.h msgpack.h \
           cjson/cJSON.h xxhash.h
LDLIBS   = -lsndfile -lsoxr -lfftw3 -lopenblas $(MSGPACK) -lcjson -lxxhash -lm
# renamed in msgpack-c 6
MSGPACK := $(shell echo 'int main(void) { return 0; }' | \
           $(CC) $(LDFLAGS) -x c -o /dev/null - -lmsgpack-c 2>/dev/null && \
           echo -lmsgpack-c || echo -lmsgpackc)
B        = build$(SAN:%=/san)
BIN      = $(SAN:%=$B/)bin
ifdef SAN
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined \
           -fno-omit-frame-pointer
endif
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -Icommon -I$B -MMD -MP \
             -fopenmp -fno-math-errno -ffp-contract=fast -ffunction-sections \
             $(WARN) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -fopenmp -Wl,--as-needed $(SANITIZE) $(LDFLAGS)

FILTERS := $(patsubst filters/%.c,%,$(wildcard filters/*.c))
COMMON  := $(patsubst %,$B/%.o,$(basename $(wildcard common/*/*.[cS])))
UNITS   := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))

all: $(FILTERS:%=$(BIN)/%)

$(BIN)/%: $B/filters/%.o $B/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$B/unit/%: $B/tests/unit/%.o $B/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$B/libcommon.a: $(COMMON)
	@rm -f $@
	$(AR) qcs $@ $^

$B/%.o: %.c | $B/headers
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/%.o: %.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$B/common/model/builtin.o: pipelines/default/model.safetensors

# tells a stranger what to do before the compiler's wall of errors
$B/headers:
	@printf '#include <%s>\n' $(HEADERS) | \
	$(CC) $(CFLAGS) -E -x c - >/dev/null || \
	! echo 'make: to install it run pipelines/packages.sh build' >&2
	@mkdir -p $(@D) && touch $@

demo:
	@echo 'demo: install what the build needs, build, try the examples'
	@pipelines/packages.sh build
	@$(MAKE) -s all
	@PATH="$(CURDIR)/$(BIN):$$PATH" examples/demo.sh

check:
	@echo 'check: install what the tests need, build, run every test'
	@pipelines/packages.sh test
	@$(MAKE) -s all units
	@B=$B BIN=$(BIN) tests/run

check-fast: all units
	@B=$B BIN=$(BIN) tests/run --fast

units: $(UNITS:%=$B/unit/%)

unused: all
	@B=$B tests/lint/unused.sh

help:
	@sed -n 's/^# \(make\)/\1/p' Makefile

bench check-full: all
lint bench check-full check-arm64:
	B=$B BIN=$(BIN) tests/$(@:check-%=%)/run

PYTHON = python3
golden: all
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PYTHON) tests/full/whisper.py \
		$(ENCODER)

bench-peers: all
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PYTHON) tests/bench/peers.py

install: all
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install $(FILTERS:%=$(BIN)/%) "$(DESTDIR)$(PREFIX)/bin"
	for n in 1 5 7; do \
		to="$(DESTDIR)$(PREFIX)/share/man/man$$n"; \
		install -d "$$to" && install -m 644 man/*.$$n "$$to" || exit; \
	done

clean:
	rm -rf bin build

.PHONY: all demo check check-fast check-full check-arm64 units unused lint \
        bench bench-peers golden install clean help
.SECONDARY:
-include $(shell find $B -name '*.d' 2>/dev/null)
