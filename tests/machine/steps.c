// SPDX-License-Identifier: MIT
// steps.c - runs a bare-metal ELF file on the glass machine, for the tests of its harts.
// Usage     steps [-t] [-f] [-a] [-x] [-p] [-v 39|48|57] [-c HARTS] [-s SEED] [-l MODE] [-n STEPS]
//           ELF
//   -t  prints pc and registers of hart 0 before each step
//   -f  prints a hash of memory and registers at the end
//   -a  the hart does not set A and D itself (Svade)
//   -x  misaligned loads and stores trap
//   -p  without PMP entries, S and U may access everything
//   -v  the largest mode of satp
//   -l behaviour of the TLB: strict, lax, oldest, random or late
// The console goes to stdout. The exit status is the finisher's, or that of HTIF's tohost; 100 if the
// machine does not stop by itself, 101 if something is wrong with the arguments, 102 if a translation
// was used for which a fence was due.
//
// SOURCES: machine/*.c machine/board/*.c machine/hart/*.c machine/mmu/*.c machine/sight/*.c
// SOURCES: machine/check/*.c machine/time/*.c kernel/pt/read/translate.c
// CFLAGS: -Imachine
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/loader.h"
#include "hart/csr.h"
#include "run.h"

#define RAM_BYTES (128ULL << 20)

static struct machine *m;

static void *
zeroed(size_t bytes)
{
    return calloc(1, bytes);
}

static void
console(void *arg, uint8 byte)
{
    putc(byte, arg);
}

// A report ends the program: the tests that it runs fence as they must.
static void
stale(void *arg, struct machine *machine, const struct stale *s)
{
    (void)arg;
    (void)machine;
    printf("stale translation of %lx at %lx on hart %u\n", s->va, s->pc, s->hart);
    exit(102);
}

static void
give_up(const char *what, const char *name)
{
    fprintf(stderr, "steps: %s: %s\n", name, what);
    exit(101);
}

static struct file
read_file(const char *name)
{
    static uint8 bytes[16 << 20];
    FILE *f = fopen(name, "rb");
    if (f == NULL)
        give_up("cannot be opened", name);
    size_t n = fread(bytes, 1, sizeof(bytes), f);
    fclose(f);
    return (struct file){bytes, n};
}

// One line: pc, x1 to x31, f0 to f31, fcsr and the CSRs that traps set.
static void
print_state(const struct hart *h)
{
    uint64 mstatus;
    csr_peek(m, 0, 0x300, &mstatus);
    printf("%lx %d", h->pc, h->mode);
    for (int i = 1; i < 32; i++)
        printf(" %lx", h->x[i]);
    for (int i = 0; i < 32; i++)
        printf(" %lx", h->f[i]);
    printf(" %x %lx %lx %lx %lx %lx %lx %lx\n", h->fcsr, mstatus, h->mepc, h->mcause, h->mtval,
           h->sepc, h->scause, h->stval);
}

static enum stop
run_traced(uint64 steps)
{
    enum stop stop = STOP_NONE;
    while (steps-- != 0 && stop == STOP_NONE) {
        print_state(&m->s.hart[0]);
        stop = machine_run(m, 1);
    }
    return stop;
}

static void
load(struct config config, const char *name)
{
    struct file f = read_file(name);
    struct loaded l;
    uint64 value;
    load_symbol(f, "tohost", &config.tohost);
    m = machine_new(&config, RAM_BYTES, zeroed);
    if (m == NULL)
        give_up("no memory", name);
    enum load_error error = load_elf(m, f, RAM_BASE, &l, &value);
    if (error != LOAD_OK)
        give_up(load_words(error), name);
    for (unsigned h = 0; h < config.harts; h++)
        m->s.hart[h].pc = l.entry;
    m->host.console = console;
    m->host.stale = stale;
    m->host.arg = stdout;
}

static enum tlb_mode
tlb_mode(const char *name)
{
    static const char *const names[] = {[TLB_STRICT] = "strict",
                                        [TLB_LAX] = "lax",
                                        [TLB_OLDEST] = "oldest",
                                        [TLB_RANDOM] = "random",
                                        [TLB_LATE] = "late"};
    for (size_t i = 0; i < NELEM(names); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum tlb_mode)i;
    give_up("no such mode of the TLB", name);
    return TLB_STRICT;
}

// Sets the field of an option of the machine. Returns false if it is none.
static bool
choose(struct config *config, int option)
{
    if (option == 'a')
        config->svade = true;
    else if (option == 'x')
        config->misaligned_traps = true;
    else if (option == 'p')
        config->no_pmp = true;
    else if (option == 'v')
        config->mmu = (uint8)atoi(optarg);
    else if (option == 'c')
        config->harts = (unsigned)atoi(optarg);
    else if (option == 'l')
        config->tlb = tlb_mode(optarg);
    else if (option == 's')
        config->seed = strtoull(optarg, NULL, 0);
    else
        return false;
    return true;
}

int
main(int argc, char **argv)
{
    struct config config = {.harts = 1, .seed = 1, .mean_turn = 50, .mmu = 57};
    uint64 steps = 100000000;
    bool trace = false, hash = false;
    for (int option; (option = getopt(argc, argv, "tfaxpv:c:s:l:n:")) != -1;)
        if (option == 't')
            trace = true;
        else if (option == 'f')
            hash = true;
        else if (option == 'n')
            steps = strtoull(optarg, NULL, 0);
        else if (!choose(&config, option))
            give_up("unknown option", argv[0]);
    if (optind + 1 != argc)
        give_up("one ELF file is expected", argv[0]);
    load(config, argv[optind]);
    enum stop stop = trace ? run_traced(steps) : machine_run(m, steps);
    if (hash)
        printf("hash %lx\n", machine_hash(m));
    fflush(stdout);
    const struct finisher *f = &m->s.finisher;
    if (stop != STOP_FINISHED)
        return 100;
    return f->asked == FINISHER_FAIL ? (int)f->code : 0;
}
