# SPDX-License-Identifier: GPL-2.0-or-later
# make fuzz [RUNS=1000000] [FUZZERS="policy cvd"]: each tests/fuzz/fuzz_NAME.c from its corpus
# tests/fuzz/corpus/NAME, under ASan and UBSan. What is found is kept in build/fuzz/NAME-*.
RUNS ?= 1000000
FUZZ_CC ?= clang
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZERS ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BUILD := $(BUILD)/fuzz
FUZZ_ROOMS := $(foreach r,$(ROOMS),$(FUZZ_BUILD)/$(r).a)

$(FUZZ_BUILD)/fuzz_%: $(FUZZ_BUILD)/obj/tests/fuzz/fuzz_%.o $(FUZZ_ROOMS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(SAN) -fsanitize=fuzzer -o $@ $< $(FUZZ_ROOMS) $(LIBS)

# The rooms are compiled once more, by clang with coverage.
.PHONY: fuzz fuzz-programs
fuzz-programs:
	@$(MAKE) -s CC=$(FUZZ_CC) BUILD=$(FUZZ_BUILD) FUZZ_BUILD=$(FUZZ_BUILD) \
		SAN="$(FUZZ_SAN) -fsanitize=fuzzer-no-link" $(patsubst %,$(FUZZ_BUILD)/fuzz_%,$(FUZZERS))
fuzz: fuzz-programs
	@tests/fuzz/run.sh $(FUZZ_BUILD) $(RUNS) $(FUZZERS)
