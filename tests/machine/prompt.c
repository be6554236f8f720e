// SPDX-License-Identifier: MIT
// prompt.c - a kernel of a few lines for tests of the program around the glass machine.
//
// It prints a prompt and reads lines. "exit N" ends the run with code N, "wait" lets all harts wait for
// ever, "loop" runs for ever, "card" looks for a PCI card; other lines are printed back.

#define UART     ((volatile unsigned char *)0x10000000)
#define ECAM     ((volatile unsigned *)0x30000000)
#define FINISHER ((volatile unsigned *)0x100000)

void start(void);

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: csrr a0, mhartid\n"
        "1: beqz a0, 2f\n"
        "wfi\n"
        "j 1b\n"
        "2: la sp, stack_top\n"
        "call start\n"
        ".bss\n"
        ".balign 16\n"
        ".space 4096\n"
        "stack_top:\n"
        ".text\n");

static void
print(const char *s)
{
    while (*s)
        UART[0] = (unsigned char)*s++;
}

static char
get(void)
{
    while (!(UART[5] & 1))
        ;
    return (char)UART[0];
}

static void
read_line(char *line, int max)
{
    int n = 0;
    for (char c = get(); c != '\n' && c != '\r'; c = get())
        if (n < max - 1)
            line[n++] = c;
    line[n] = '\0';
}

static int
begins(const char *s, const char *with)
{
    while (*with)
        if (*s++ != *with++)
            return 0;
    return 1;
}

static unsigned
number(const char *s)
{
    unsigned n = 0;
    while (*s >= '0' && *s <= '9')
        n = 10 * n + (unsigned)(*s++ - '0');
    return n;
}

static void
obey(const char *line)
{
    if (begins(line, "exit "))
        *FINISHER = number(line + 5) ? number(line + 5) << 16 | 0x3333 : 0x5555;
    else if (begins(line, "wait"))
        for (;;)
            __asm__ volatile("wfi");
    else if (begins(line, "loop"))
        for (unsigned n = 0;; n++)
            __asm__ volatile("" : : "r"(n) : "memory");
    else if (begins(line, "card") && ECAM[0] != ~0U)
        print("a ");
    print(line);
    print("\n");
}

void
start(void)
{
    char line[80];
    for (;;) {
        print("$ ");
        read_line(line, sizeof(line));
        obey(line);
    }
}
