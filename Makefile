# SPDX-License-Identifier: MIT
# The build of Vitrine. `make help` lists what it makes; `./vitrine` is the friendlier front door.
# Everything made goes to $(O); the tree stays clean but for a few links that course tools expect.

# INSECURE=1 and DEBUG=1 have directories of their own: an insecure kernel must not replace the usual one, and
# switching between them must not rebuild everything.
O ?= build$(if $(INSECURE),/insecure)$(if $(DEBUG),/debug)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
PYTHON ?= python3

# ---------------------------------------------------------------------------------------------
# Tools. Either of Debian's two compilers will do; TOOLPREFIX= names another, LLVM=1 builds the
# kernel with clang. WERROR=1 makes warnings fatal, V=1 shows the commands. DEBUG=1 adds the checks that
# cost time (lock order, filled frames, failing allocations), UBSAN=1 those of the compiler. INSECURE=1
# leaves the last owner's data in new memory (kernel/mm/aspace/fresh.h): a kernel to be attacked.

TOOLPREFIX ?= $(firstword $(foreach p,riscv64-unknown-elf- riscv64-linux-gnu- riscv64-elf-,\
	$(if $(shell command -v $(p)gcc),$(p))) riscv64-unknown-elf-)
OBJCOPY := $(TOOLPREFIX)objcopy
AR      := $(TOOLPREFIX)ar
NM      := $(TOOLPREFIX)nm
LD      := $(TOOLPREFIX)ld
UCC     := $(TOOLPREFIX)gcc

ifeq ($(LLVM),1)
KCC    := clang --target=riscv64-unknown-elf
KMARCH := -march=rv64imac
SMARCH := -march=rv64gc
else
KCC    := $(TOOLPREFIX)gcc
KMARCH := -march=rv64imac_zicsr_zifencei
SMARCH := -march=rv64imafdc_zicsr_zifencei
NOLOOPCALL := -fno-tree-loop-distribute-patterns
endif

# Calling an undeclared function is an error, not a warning: its result would be truncated to 32 bits.
WARN := -Wall -Wextra -Wshadow -Wvla -Werror=implicit-function-declaration $(if $(WERROR),-Werror)
KINC := -Ikernel -Iinclude -I$(O)/gen
UINC := -Iuser/include -Iinclude -I$(O)/gen

KFLAGS := -mabi=lp64 -mcmodel=medany -ffreestanding -fno-common -fno-stack-protector -fno-pic \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -nostdlib -O2 -g $(KINC)
KCFLAGS := $(KMARCH) $(KFLAGS) -std=gnu11 $(WARN) -Wmissing-prototypes -Wstrict-prototypes $(if $(DEBUG),-DDEBUG) \
	$(if $(INSECURE),-DINSECURE)

ifneq ($(and $(DEBUG),$(INSECURE)),)
$(error DEBUG=1 fills the memory that INSECURE=1 leaves as it is: choose one)
endif
KASFLAGS := $(SMARCH) $(KFLAGS) -D__ASSEMBLER__
KLDFLAGS := -nostdlib -static -z max-page-size=4096 $(if $(WERROR),--fatal-warnings)

# Programs have 64 KiB of stack. Those in ONEPAGE have no size and get xv6's one page: init (see user/init.c),
# and echo, which the course's usertests execute with arguments that must not fit.
USTACK = -Wl,-z,stack-size=65536
ONEPAGE := init echo
$(ONEPAGE:%=$(O)/bin/%): private USTACK =

UARCH := -march=rv64imafdc_zicsr_zifencei -mabi=lp64d
UCFLAGS := $(UARCH) -mcmodel=medany -ffreestanding -fno-common -fno-stack-protector -fno-pic \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections -std=gnu11 -O2 -g $(WARN) $(UINC)
ULDFLAGS = $(UARCH) -nostdlib -static -no-pie -T user/user.ld -Wl,-z,max-page-size=4096 \
	$(USTACK) -Wl,--gc-sections -Wl,--build-id=none -Wl,-u,_start

ifeq ($(V),1)
say = @:
Q :=
else
say = @printf '  %-6s %s\n'
Q := @
endif

# ---------------------------------------------------------------------------------------------
# The lists of sources.

# objects(SOURCES): their objects.
objects = $(patsubst %.c,$(O)/%.o,$(filter %.c,$(1))) $(patsubst %.S,$(O)/%.S.o,$(filter %.S,$(1)))

# The kernel, from the bottom up: each room may call those above it here, none below. The order is a
# reading order too; doc/tour.md says more. A room names its files without .c, assembly in full.

# lib: code independent of the kernel. Strings, numbers, ranges, the readers of ELF files and device trees.
lib := string printf bitmap range ranges page intrinsics utf8
lib/parse := fdt fdtwalk elf

# pt: Sv39 page tables, without CSR, lock or global. walk and map build a tree, unmap and protect change it.
# pt/read only reads: translate follows the manual; check and diff examine a tree.
pt := walk map rounded stock unmap protect batch super iter copy free
pt/read := translate check vmprint

# rv: the processor. Only this room names a CSR: entry, trampoline, traps, switching, firmware.
rv := entry.S cpu sbi timer trampoline.S kernelvec.S swtch.S usercopy.S fp.S

# panic: the end of the kernel, and the callers that led there.
panic := backtrace ksyms panic

# sync: spinlocks, sleep locks, wait queues.
sync := spinlock sleeplock waitq

# mm/frame: physical memory, the ledger of it, and the kernel's own objects.
mm/frame := buddy frame frame_put commit ledger compound kmem failnth

# mm/kvm: the kernel's half of the address space: the image, the direct map, devices, kernel stacks.
mm/kvm := kimage kvm kstack shootdown

# mm/aspace: address spaces. Regions, the one fault path, TLBs; design.h is the interface of mm/design.
mm/aspace := region aspace viewers spare asid fault faultaround brk super mmap tlb leaves defer mirror

# mm/design: the four designs of the kernel's page table.
mm/design := select unified global fullcopy sharedroot trampage

# mm/copy: the kernel reads and writes a program's memory, directly or by a walk.
mm/copy := copy

# mm/inspect: reports about memory and page tables: views, owners, the layout and its checks.
mm/inspect := layoutrules owners touched view viewprint

# explain: reports about faults of programs and of the kernel, with the texts of words.h.
explain := say near insn tell usersym usertrace explain kexplain catalogue layoutcheck

# dev: the device tree, and the device drivers.
dev := ram machine power rtc plic
dev/console := uart lineedit linering console
dev/disk := virtio virtio_blk blk

# fs: one cache of pages; the journal; ext2 on the disk; directories and paths; open files.
fs/cache := radix cache truncate pageio writeback reclaim
fs/journal := io journal recover ops commit log checkpoint
fs/ext2 := super balloc pending ialloc idisk bmap pages orphan orphanlist inodes dcache dirent dirindex op journalfile mount rw stat
fs/dir := dir dirread read namei symlink link rename
fs/file := file pipe devnode

# proc: processes, their traps and ends; the scheduler; exec.
proc := proc proclist trap fork exit oom alarm watch interpose
proc/sched := sched ticks flusher fpu
proc/exec := args image exec

# sys: the system calls, from the number in a7 to the functions above.
sys := syscall sysproc sysmem sysfile sysconsole sysview syspt systrace sysfail stats

# boot: from the first instruction in C to the first program.
boot := bootargs harts userinit main

# checked: DEBUG=1 checks lock order, fills freed and new memory, makes allocations fail, records where pages
# were mapped, and has tests that break the kernel. UBSAN=1: undefined behaviour panics.
checked := $(if $(DEBUG),lockcheck mapsite failtree selftest selfrules selflayout) $(if $(UBSAN),ubsan)

ROOMS := lib lib/parse pt pt/read rv panic sync mm/frame mm/kvm mm/aspace mm/design mm/copy mm/inspect explain \
	dev dev/console dev/disk fs/cache fs/journal fs/ext2 fs/dir fs/file proc proc/sched proc/exec sys boot checked
LISTED := $(foreach r,$(ROOMS),$(patsubst %.S.c,%.S,$(patsubst %,kernel/$(r)/%.c,$($(r)))))

# A new file is built at once; check.sources requires it in the lists above.
UNLISTED := $(filter-out $(LISTED) kernel/proc/offsets.c kernel/checked/%,\
	$(wildcard kernel/*.c kernel/*/*.c kernel/*/*/*.c kernel/*/*.S))
KSRC := $(wildcard $(LISTED)) $(UNLISTED)

KOBJ := $(call objects,$(KSRC))

# A command is a file user/NAME.c or a directory user/NAME/, and the same below user/tests/.
notprog   := ulib include root tests
userdirs  := $(filter-out $(notprog:%=user/%),$(patsubst %/,%,$(wildcard user/*/ user/tests/*/)))
progdirs  := $(foreach d,$(userdirs),$(if $(wildcard $(d)/*.c),$(d)))
progfiles := $(basename $(wildcard user/*.c user/tests/*.c))
allprogs  := $(sort $(progfiles) $(progdirs))

# A program in user/ takes the place of the one of that name in user/tests/.
PROGS     := $(filter-out $(patsubst user/%,user/tests/%,$(filter-out user/tests/%,$(allprogs))),$(allprogs))
ULIBOBJ   := $(call objects,$(wildcard user/ulib/*.c user/ulib/*.S)) $(O)/gen/user/usys.o

GENHDR := $(addprefix $(O)/gen/,abi/syscall.h sys/calls.inc user/usys.h)

# The lab on file systems has a disk of its own: the course's largest file fits, and files of 268 KiB fill it
# before its usertests run out of names for them.
DISK := $(O)/fs$(if $(filter fs,$(LAB)),-lab).img
DISKSIZE = $(or $(FSSIZE),$(if $(filter fs,$(LAB)),75M,32M))

.PHONY: all boot kernel fs testfs gen links compdb qemu qemu-gdb print-RUN print-GDBRUN print-gdbport grade tidy clean help \
	FORCE

# `make qemu` needs boot alone; the rest is for the tests.
all: boot testfs gen
boot: kernel fs links compdb

kernel: $(O)/kernel/kernel $(O)/kernel/kernel.sym
fs: $(DISK)
ifeq ($(O),build)
	@ln -sfn $(DISK) fs.img
endif
testfs: $(O)/test.img
gen: $(GENHDR) $(O)/gen/words/packed.h

# ---------------------------------------------------------------------------------------------
# Generated files: system-call numbers, dispatch list, stubs; structure offsets for assembly.

$(O)/gen/.syscalls: include/abi/syscall.tbl tools/gensys.py
	$(say) GEN $<
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) tools/gensys.py $< $(O)/gen
	$(Q)touch $@

$(GENHDR) $(O)/gen/user/usys.S: $(O)/gen/.syscalls ;

$(O)/gen/rv/offsets.h: $(wildcard kernel/proc/offsets.c) $(O)/.kflags | $(GENHDR)
	$(say) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)echo '#pragma once' > $@
	$(Q)$(if $(wildcard kernel/proc/offsets.c),\
		$(KCC) $(KCFLAGS) -MMD -MP -MT $@ -MF $(O)/gen/offsets.d -S -o $(O)/gen/rv/offsets.s kernel/proc/offsets.c && \
		sed -n 's/^[ \t]*\.ascii[ \t]*"->\([A-Za-z0-9_]*\) *\([^"]*\)"/#define \1 \2/p' $(O)/gen/rv/offsets.s >> $@)

KSTAMP := $(KCC) $(KCFLAGS) $(KASFLAGS) $(LD) $(KLDFLAGS) $(UBSAN)
USTAMP := $(UCC) $(UCFLAGS) $(ULDFLAGS) $(ONEPAGE)

# A changed compiler or flag rebuilds the objects that it affects.
$(O)/.kflags: FORCE
	@mkdir -p $(@D); echo '$(KSTAMP)' | cmp -s - $@ || \
		echo '$(KSTAMP)' > $@
$(O)/.uflags: FORCE
	@mkdir -p $(@D); echo '$(USTAMP)' | cmp -s - $@ || \
		echo '$(USTAMP)' > $@

# ---------------------------------------------------------------------------------------------
# The kernel. Its own symbol table, for backtraces, is linked in: once empty, then with the
# symbols of that link; the text must not have moved in between.

# The compiler must not turn the loops of memset() and memcpy() into calls of themselves.
$(O)/kernel/lib/string.o: KCFLAGS += $(NOLOOPCALL)

# The checks themselves and their printing are not instrumented.
sanitize = $(if $(UBSAN),$(if $(filter kernel/panic/% kernel/checked/% kernel/lib/%,$<),,-fsanitize=undefined))

$(O)/kernel/%.o: kernel/%.c $(O)/.kflags | $(GENHDR) $(O)/gen/rv/offsets.h
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(KCC) $(KCFLAGS) $(sanitize) -MMD -MP -c -o $@ $<

$(O)/kernel/%.S.o: kernel/%.S $(O)/.kflags | $(GENHDR) $(O)/gen/rv/offsets.h
	$(say) AS $<
	$(Q)mkdir -p $(@D)
	$(Q)$(KCC) $(KASFLAGS) -MMD -MP -c -o $@ $<

$(O)/.objects: FORCE
	@mkdir -p $(@D); echo '$(KOBJ)' | cmp -s - $@ || echo '$(KOBJ)' > $@

$(O)/kernel/kernel: $(KOBJ) $(O)/.objects kernel/kernel.ld tools/ksyms.py
	$(say) LD $@
	$(Q)$(PYTHON) tools/ksyms.py --nm '$(NM)' --cc '$(KCC) $(KASFLAGS)' \
		--ld '$(LD) $(KLDFLAGS) -T kernel/kernel.ld' --work $(O)/gen --out $@ $(KOBJ)

# Graders set breakpoints at a call's function by the course's name: sleep is pause since 2025.
$(O)/kernel/kernel.sym: $(O)/kernel/kernel
	$(Q)$(NM) -n $< | sed -n 's/^\([0-9a-f]\{16\}\) [A-Za-z] \([^$$. ][^ ]*\)$$/\1 \2/p' | \
		sed '/ sys_sleep$$/{p;s/sleep/pause/;}' > $@

# ---------------------------------------------------------------------------------------------
# User programs and the disk.

$(O)/user/%.o: user/%.c $(O)/.uflags | $(GENHDR)
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(UCC) $(UCFLAGS) $(if $(filter user/ulib/%,$<),-fno-tree-loop-distribute-patterns) -MMD -MP -c -o $@ $<

$(O)/user/%.S.o: user/%.S $(O)/.uflags | $(GENHDR)
	$(say) AS $<
	$(Q)mkdir -p $(@D)
	$(Q)$(UCC) $(UCFLAGS) -MMD -MP -c -o $@ $<

$(O)/gen/user/usys.o: $(O)/gen/user/usys.S $(O)/.uflags
	$(Q)$(UCC) $(UCFLAGS) -c -o $@ $<

$(O)/user/ulib.a: $(ULIBOBJ)
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# progobjs(user/NAME): the objects of one command. A file takes the place of a directory.
progobjs = $(call objects,$(or $(wildcard $(1).c),$(wildcard $(1)/*.c $(1)/*.S)))

# A program's list of sources may change without any source being newer.
$(O)/.programs: FORCE
	@mkdir -p $(@D); echo '$(PROGS) $(progfiles)' | cmp -s - $@ || echo '$(PROGS) $(progfiles)' > $@

define program
$(O)/bin/$(notdir $(1)): $(call progobjs,$(1)) $(O)/user/ulib.a user/user.ld $(O)/.uflags $(O)/.programs
	$$(say) LINK $(notdir $(1))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(UCC) $$(ULDFLAGS) -o $$@ $(call progobjs,$(1)) $(O)/user/ulib.a -lgcc
endef
$(foreach p,$(PROGS),$(eval $(call program,$(p))))

BINS := $(addprefix $(O)/bin/,$(notdir $(PROGS)))

# Programs built as in xv6, to show that such binaries run unchanged.
ifneq ($(wildcard tests/xv6/Makefile),)
XV6DIR := $(O)/xv6
$(O)/.xv6: $(wildcard tests/xv6/* tests/xv6/*/*)
	$(say) MAKE tests/xv6
	$(Q)mkdir -p $(XV6DIR)
	$(Q)$(MAKE) -s --no-print-directory -C tests/xv6 O=$(if $(filter /%,$(O)),,../../)$(XV6DIR) TOOLPREFIX=$(TOOLPREFIX)
	$(Q)touch $@
XV6STAMP := $(O)/.xv6
endif

ROOTFILES := $(wildcard user/root/* user/root/*/* README.md README.zh.md) tools/mkfs.sh

# As everywhere in the course, `rm fs.img` asks for a new disk, although the image itself is in $(O).
ifeq ($(O)$(wildcard fs.img),build)
FRESH := 1
endif

# The user's disk. A build updates its own files on an existing disk and keeps the user's; FRESH=1 makes the disk anew.
$(DISK): $(BINS) $(ROOTFILES) tools/disk.py $(if $(FRESH),FORCE)
	$(say) MKFS $@
	$(Q)FSSIZE=$(DISKSIZE) OBJCOPY='$(OBJCOPY)' sh tools/mkfs.sh $(O)/fs.new $(O)/root $(BINS)
	$(Q)$(PYTHON) tools/disk.py update $@ $(O)/fs.new $(O)/root $(if $(FRESH),fresh)

# An update that fails leaves the old disk, and make must not remove it.
.PRECIOUS: $(DISK)

# The disk of the tests: always made anew.
$(O)/test.img: $(BINS) $(XV6STAMP) $(ROOTFILES)
	$(say) MKFS $@
	$(Q)OBJCOPY='$(OBJCOPY)' sh tools/mkfs.sh $@ $(O)/test.root $(BINS) $(XV6DIR)

# ---------------------------------------------------------------------------------------------
# Links that course tools and editors look for, made by a build in the usual place.

ifeq ($(O),build)
kernel/kernel kernel/kernel.sym fs.img: links ;
endif

links: $(O)/kernel/kernel $(O)/kernel/kernel.sym fs
ifeq ($(O),build)
	@ln -sfn ../build/kernel/kernel kernel/kernel
	@ln -sfn ../build/kernel/kernel.sym kernel/kernel.sym
endif

HELP := $(patsubst %,-I%,$(wildcard tests/host/*/help))

compdb: $(GENHDR)
	@$(PYTHON) tools/compdb.py $(O)/compile_commands.json \
		'$(KCC) $(KCFLAGS)' $(filter %.c,$(KSRC)) -- '$(UCC) $(UCFLAGS)' \
		$(wildcard user/*.c user/*/*.c user/tests/*/*.c) -- \
		'cc -std=gnu11 -g -Itests/host/shim -Itests/host -Itests/host/help $(HELP) -Imachine -Ikernel -Iinclude -I$(O)/gen' \
		$(wildcard tests/host/*/*.c tests/fuzz/*.c) -- \
		'$(HOSTCC) -std=gnu11 -ffreestanding $(MACHINEWARN) $(MACHINEINC)' $(machine_host) -- \
		'$(WASMCC) $(WASMFLAGS)' $(wildcard machine/web/*.c)
ifeq ($(O),build)
	@ln -sfn build/compile_commands.json compile_commands.json
endif

# Two more readers of the kernel. .clang-tidy says what clang-tidy looks for; its -march is not gcc's. cppcheck
# knows neither noreturn nor must_check: the two exceptions.
tidy: compdb
	$(Q)printf '%s\n' $(filter %.c,$(KSRC) $(wildcard kernel/checked/*.c)) | sort -u | \
		xargs -P $$(nproc) -n 4 clang-tidy -quiet -p $(O) --extra-arg=--target=riscv64-unknown-elf \
		--extra-arg=-march=rv64imac --extra-arg=-mno-relax --extra-arg=-DDEBUG
	$(Q)cppcheck -q -j $$(nproc) --error-exitcode=1 --enable=warning,performance --std=c11 \
		-Ikernel -Iinclude -I$(O)/gen -DDEBUG -D__SIZEOF_LONG__=8 --suppress=va_end_missing \
		--suppress=syntaxError:kernel/mm/aspace/design.h kernel

# ---------------------------------------------------------------------------------------------
# Running it. CPUS= MEM= FSIMG= FAULTS= YEAR= LAB= KPT= MMU= BOOTARGS= QEMUEXTRA= as the words say.

QEMU  ?= qemu-system-riscv64
CPUS  ?= 3
MEM   ?= 128M
FSIMG ?= $(DISK)
GDBPORT ?= $(shell expr 25000 + $$(id -u) % 5000)
# BOOTLANG is the language of the environment, which ./vitrine run finds out; words of BOOTARGS come later and win.
APPEND = $(strip $(if $(BOOTLANG),lang=$(BOOTLANG)) $(if $(YEAR),year=$(YEAR)) $(if $(LAB),lab=$(LAB)) $(if $(KPT),kpt=$(KPT)) $(if $(MMU),mmu=$(MMU)) $(BOOTARGS))

# A comma in a file's name is doubled for QEMU.
comma := ,
QEMUARGS = -machine virt -bios default -kernel $(O)/kernel/kernel -m $(MEM) -smp $(CPUS) -nographic \
	-drive file='$(subst $(comma),$(comma)$(comma),$(FSIMG))',if=none,format=raw,id=x0 \
	-device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0 \
	$(if $(APPEND),-append "$(APPEND)") $(QEMUEXTRA)

# run(OPTIONS): QEMU as tools/run.py starts it.
run = $(PYTHON) tools/run.py $(1) $(if $(FAULTS),--faults '$(FAULTS)') --disk '$(FSIMG)' --out $(O) --prefix '$(TOOLPREFIX)' -- $(QEMU) $(QEMUARGS)
RUN = $(call run,$(if $(V),--verbose))
GDBRUN = $(call run,--plain) -S -gdb tcp::$(GDBPORT)

# The kernel's exit code is not an error for make; ./vitrine run exits with it.
qemu: boot
	exec $(call run,--for-make $(if $(V),--verbose))

qemu-gdb: boot
	exec $(call run,--plain --announce "$(WAITING)") -S -gdb tcp::$(GDBPORT)

# Printed as late as possible: a grader connects when it has read this line, with a short timeout.
WAITING = *** waiting for a debugger: gdb-multiarch -x tools/gdb/load.py -ex 'target remote :$(GDBPORT)' $(O)/kernel/kernel

# The commands as a shell reads them.
print-RUN print-GDBRUN:
	@: $(info $($(@:print-%=%)))

print-gdbport:
	@echo $(GDBPORT)

# print-NAME shows a variable, for scripts.
print-%:
	@echo '$($*)'

grade:
	./vitrine test

clean:
	rm -rf $(O)
ifeq ($(O),build)
	rm -f kernel/kernel kernel/kernel.sym fs.img compile_commands.json
endif

help:
	@echo 'make            kernel, programs and disk images, into $(O)/'
	@echo 'make qemu       builds the system and boots it (leave with Ctrl-A X)'
	@echo 'make qemu-gdb   boots it stopped, waiting for a debugger; make print-gdbport says where'
	@echo 'make machine    the glass machine, our own RISC-V computer, into $(O)/machine/'
	@echo 'make grade      all tests (./vitrine test)'
	@echo 'make fs FRESH=1 a new disk: your files on it are lost'
	@echo 'make tidy       clang-tidy and cppcheck over the kernel'
	@echo 'make clean      removes $(O)/, your disk too'
	@echo 'Variables: O=DIR CPUS=3 MEM=128M YEAR=2020 LAB=lazy KPT=unified MMU=sv39 BOOTARGS="quiet"'
	@echo '           FSIMG=disk.img QEMUEXTRA="-s"'
	@echo '           TOOLPREFIX=riscv64-linux-gnu- LLVM=1 DEBUG=1 UBSAN=1 INSECURE=1 WERROR=1 V=1'

include machine/machine.mk

-include $(KOBJ:.o=.d) $(O)/gen/offsets.d
-include $(wildcard $(O)/user/*.d $(O)/user/*/*.d $(O)/user/*/*/*.d)
