// SPDX-License-Identifier: MIT
// stubtarget.c - tells the debugger which registers there are.
#include <stdlib.h>
#include <string.h>

#include "host/stub.h"
#include "words/words.h"

static const char *const f_names[] = {"ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
                                      "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
                                      "fa6", "fa7", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
                                      "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
static const struct {
    const char *name;
    unsigned number;
} csrs[] = {
    {"sstatus", 0x100},  {"sie", 0x104},     {"stvec", 0x105},   {"scounteren", 0x106},
    {"sscratch", 0x140}, {"sepc", 0x141},    {"scause", 0x142},  {"stval", 0x143},
    {"sip", 0x144},      {"satp", 0x180},    {"mstatus", 0x300}, {"misa", 0x301},
    {"medeleg", 0x302},  {"mideleg", 0x303}, {"mie", 0x304},     {"mtvec", 0x305},
    {"mscratch", 0x340}, {"mepc", 0x341},    {"mcause", 0x342},  {"mtval", 0x343},
    {"mip", 0x344},      {"mhartid", 0xf14}, {"pmpcfg0", 0x3a0}, {"pmpaddr0", 0x3b0},
};

static void
print_names(FILE *f, const char *const *name, unsigned first)
{
    for (unsigned i = 0; i < 32; i++)
        fprintf(f, "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\"/>", name[i], first + i);
}

static void
print_target(FILE *f)
{
    fputs("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
          "<architecture>riscv:rv64</architecture><feature name=\"org.gnu.gdb.riscv.cpu\">",
          f);
    print_names(f, register_names, 0);
    fputs("<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\" regnum=\"32\"/></feature>"
          "<feature name=\"org.gnu.gdb.riscv.fpu\">",
          f);
    print_names(f, f_names, 33);
    fputs("<reg name=\"fflags\" bitsize=\"64\" regnum=\"66\"/>"
          "<reg name=\"frm\" bitsize=\"64\" regnum=\"67\"/>"
          "<reg name=\"fcsr\" bitsize=\"64\" regnum=\"68\"/></feature>"
          "<feature name=\"org.gnu.gdb.riscv.csr\">",
          f);
    for (unsigned i = 0; i < NELEM(csrs); i++)
        fprintf(f, "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\"/>", csrs[i].name,
                65 + csrs[i].number);
    fputs("</feature><feature name=\"org.gnu.gdb.riscv.virtual\">"
          "<reg name=\"priv\" bitsize=\"64\" regnum=\"4161\"/></feature></target>",
          f);
}

void
stub_add_target(struct stub *s, uint64 offset, uint64 length)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);
    if (f == NULL)
        return;
    print_target(f);
    fclose(f);
    if (offset > bytes)
        offset = bytes;
    if (length > PACKET_MAX - 16)
        length = PACKET_MAX - 16;
    uint64 left = bytes - offset, n = left < length ? left : length;
    stub_add(s, "%c%.*s", n == left ? 'l' : 'm', (int)n, text + offset);
    free(text);
}
