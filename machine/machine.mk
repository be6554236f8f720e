# SPDX-License-Identifier: MIT
# machine.mk - builds the glass machine: the native program and the module for WebAssembly.
#
# The core is compiled twice from the same files: it has no libc and calls nothing of the host.

HOSTCC ?= cc
WASMCC ?= clang

MACHINEDIR := $(O)/machine

# Shared with the kernel: the walk of page tables.
machine_core := $(wildcard machine/*.c $(patsubst %,machine/%/*.c,base board hart mmu time sight check words)) \
	kernel/pt/read/translate.c
machine_host := $(machine_core) $(wildcard machine/host/*.c)
machine_web  := $(machine_core) $(wildcard machine/web/*.c)

MACHINEWARN := -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes $(if $(WERROR),-Werror)
MACHINEINC  := -Imachine -Ikernel -Iinclude -I$(O)/gen
# Code that runs rarely is compiled for size: rooms, and files of other rooms.
SMALL := host words check board time code.c counted.c count.c hash.c facts.c lines.c symbols.c inlined.c fp.c number.c softfloat.c frames.c report.c spinlocks.c csr.c stack.c trees.c rvc.c
# ... but for a file of these rooms that runs often.
FAST  := delta.c snapshot.c leaves.c entries.c unset.c tables.c
OPT    = $(if $(filter $(FAST),$(notdir $<)),-O2,$(if $(filter $(SMALL),$(word 2,$(subst /, ,$<)) $(notdir $<)),-Os,-O2))
HOSTFLAGS   := -std=gnu11 -ffreestanding -fno-pie -falign-functions=1 -falign-jumps=1 -falign-labels=1 -fno-strict-aliasing -fno-asynchronous-unwind-tables -ffunction-sections \
	-fdata-sections $(MACHINEWARN) $(MACHINEINC)
HOSTLINK    := -s -no-pie -Wl,--gc-sections,-z,noseparate-code,-z,norelro,-z,common-page-size=64,--build-id=none,-O2
WASMFLAGS   := --target=wasm32 -mbulk-memory -std=gnu11 -O2 -ffreestanding -fno-builtin -fvisibility=hidden \
	-fno-strict-aliasing $(MACHINEWARN) $(MACHINEINC)
WASMLINK    := --target=wasm32 -nostdlib -fuse-ld=lld -Wl,--no-entry -Wl,--export-dynamic -Wl,--strip-debug \
	-Wl,-z,stack-size=262144

machine_host_o := $(machine_host:%.c=$(MACHINEDIR)/host/%.o)
machine_web_o  := $(machine_web:%.c=$(MACHINEDIR)/web/%.o)

.PHONY: machine
machine: $(MACHINEDIR)/glass $(if $(shell command -v $(WASMCC)),$(MACHINEDIR)/glass.wasm)

# A changed compiler or flag, or another list of files, builds anew.
$(MACHINEDIR)/.flags: FORCE
	@mkdir -p $(@D); echo '$(HOSTCC) $(SMALL) $(FAST) $(HOSTFLAGS) $(HOSTLINK) $(WASMCC) $(WASMFLAGS) $(WASMLINK) $(machine_host) $(machine_web)' | \
		cmp -s - $@ || echo '$(HOSTCC) $(SMALL) $(FAST) $(HOSTFLAGS) $(HOSTLINK) $(WASMCC) $(WASMFLAGS) $(WASMLINK) $(machine_host) $(machine_web)' > $@

$(MACHINEDIR)/packwords: tools/packwords.c machine/words/words.def
	$(say) HOSTCC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O1 $(MACHINEWARN) -Imachine -o $@ $<

$(O)/gen/words/packed.h: $(MACHINEDIR)/packwords
	$(say) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)$< > $@.new && mv $@.new $@

$(MACHINEDIR)/host/machine/words/words.o $(MACHINEDIR)/web/machine/words/words.o: $(O)/gen/words/packed.h

$(MACHINEDIR)/host/%.o: %.c $(MACHINEDIR)/.flags
	$(say) HOSTCC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(OPT) $(HOSTFLAGS) -MMD -MP -c -o $@ $<

$(MACHINEDIR)/web/%.o: %.c $(MACHINEDIR)/.flags
	$(say) WASMCC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(WASMCC) $(WASMFLAGS) -MMD -MP -c -o $@ $<

$(MACHINEDIR)/glass: $(machine_host_o)
	$(say) LD $@
	$(Q)$(HOSTCC) $(HOSTLINK) -o $@ $^

$(MACHINEDIR)/glass.wasm: $(machine_web_o)
	$(say) LD $@
	$(Q)$(WASMCC) $(WASMLINK) -o $@ $^

-include $(machine_host_o:.o=.d) $(machine_web_o:.o=.d)

# The kernel of a story of the page.
$(O)/page/fence: web/kernels/fence.c web/kernels/kernel.ld
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(UCC) -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -O1 -g -ffreestanding -nostdlib -static \
		-Wl,--build-id=none -Wl,-T,web/kernels/kernel.ld -o $@ $<
