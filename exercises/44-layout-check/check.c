// SPDX-License-Identifier: MIT
// check.c - overlap: layouts of the write-ups, ends that touch, the end of all addresses.
#include "check.h"

struct part {
    const char *name;
    uint64 start, end;
};

int overlap(const struct part *part, int n, int *a, int *b);

static void
try(const struct part *part, int n, int first, int second)
{
    int a = -1, b = -1, found = overlap(part, n, &a, &b);
    if (first < 0) {
        DEMAND(!found, "it finds that %s and %s overlap, which are apart",
               "它认为 %s 和 %s 重叠, 其实没有", part[a].name, part[b].name);
        return;
    }
    DEMAND(found, "%s and %s overlap, but it finds nothing", "%s 和 %s 重叠, 但它没有发现",
           part[first].name, part[second].name);
    DEMAND(a == first && b == second, "it returns the pair (%d, %d), not (%d, %d)",
           "它给出的是 (%d, %d), 应为 (%d, %d)", a, b, first, second);
}

void
check(void)
{
    static const struct part stock[] = {{"CLINT", 0x2000000, 0x2010000},
                                        {"PLIC", 0xc000000, 0x10000000},
                                        {"UART", 0x10000000, 0x10001000},
                                        {"RAM", 0x80000000, 0x88000000},
                                        {"trampoline", TRAMPOLINE, MAXVA}};
    static const struct part stack[] = {{"user", 0, 0x3000}, {"stack", 0x1000, 0x2000}};
    static const struct part large[] = {{"CLINT", 0x2000000, 0x2010000}, {"user", 0, 0x2000001000}};
    static const struct part top[] = {
        {"kernel", 0xffffffc000000000, 0}, {"user", 0, MAXVA}, {"guard", 0xfffffffffffff000, 0}};
    static const struct part empty[] = {
        {"user", 0, 0x10000}, {"heap", 0x8000, 0x8000}, {"stack", 0x10000, 0x11000}};
    static const struct part pairs[] = {{"a", 0x9000, 0xa000},
                                        {"b", 0, 0x3000},
                                        {"c", 0x5000, 0x6000},
                                        {"d", 0x5000, 0x6000},
                                        {"e", 0x2000, 0x4000}};
    try(stock, 5, -1, -1);
    try(stack, 2, 0, 1);
    try(large, 2, 0, 1);
    try(empty, 3, -1, -1);
    try(top, 3, 0, 2);
    try(pairs, 5, 1, 4);
    try(pairs, 0, -1, -1);
}
