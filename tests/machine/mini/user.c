// SPDX-License-Identifier: MIT
// user.c - the only program. It is copied to address 0, and has neither data nor constants in
// memory.
#include "mini.h"
#include "calls.h"

void user_main(void);

#define USER_TEXT __attribute__((section(".user.text"), noinline))

__asm__(".section .user.start, \"ax\"\n"
        "call user_main\n");

static inline u64
call(u64 number, u64 a)
{
    register u64 a0 __asm__("a0") = a;
    register u64 a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

// Grows by four pages, uses them, gives two back.
USER_TEXT static void
heap(void)
{
    volatile char *p = (char *)call(CALL_SBRK, 4 * PGSIZE);
    for (u64 i = 0; i < 4 * PGSIZE; i += 64)
        if (p[i] != 0)
            call(CALL_PUTC, '!');
    for (u64 i = 0; i < 4 * PGSIZE; i += 64)
        p[i] = 1;
    call(CALL_SBRK, -2 * PGSIZE);
}

// A child of the child ends; its status goes to a page that the child shares with its parent.
USER_TEXT static void
grandchild(volatile char *p)
{
    if (call(CALL_FORK, 0) == 0)
        call(CALL_EXIT, 5);
    call(CALL_WAIT, (u64)p);
    if (p[0] != 5)
        call(CALL_PUTC, '?');
}

// Two children and the parent store to memory that they share.
USER_TEXT static void
family(void)
{
    int status = 0;
    volatile char *p = (char *)call(CALL_SBRK, PGSIZE);
    p[0] = 'p';
    for (char c = 'a'; c <= 'b'; c++)
        if (call(CALL_FORK, (u64)c) == 0) { // fork() must change a0 for the child
            grandchild(p);
            p[0] = c;
            heap();
            *(volatile u64 *)USYSCALL;
            call(CALL_DIVE, 0);
            call(CALL_EXIT, 7);
        }
    for (int i = 0; i < 2; i++)
        if (call(CALL_WAIT, (u64)&status) == ~0UL || status != 7)
            call(CALL_PUTC, '?');
    call(CALL_PUTC, (u64)p[0]);
    call(CALL_SBRK, -PGSIZE);
}

// A child stores to its code, which must end it.
USER_TEXT static void
vandal(void)
{
    int status = 0;
    if (call(CALL_FORK, 0) == 0) {
        *(volatile u64 *)0 = *(volatile u64 *)0;
        call(CALL_EXIT, 0);
    }
    call(CALL_WAIT, (u64)&status);
    if (status == 0)
        call(CALL_PUTC, '!');
}

// Two pages that come when they are touched: one by the program, one by the kernel.
USER_TEXT static void
lazy(void)
{
    if (call(CALL_FORK, 0) == 0)
        call(CALL_EXIT, 9);
    volatile char *p = (char *)call(CALL_GROW_LAZILY, 2 * PGSIZE);
    p[8] = 1;
    call(CALL_WAIT, (u64)p + PGSIZE);
    if (p[PGSIZE] != 9)
        call(CALL_PUTC, '?');
    call(CALL_SBRK, -2 * PGSIZE);
}

// A child reads the kernel's memory, which must end it.
USER_TEXT static void
peek(void)
{
    if (call(CALL_FORK, 0) == 0) {
        *(volatile u64 *)KERNBASE;
        call(CALL_EXIT, 0);
    }
    call(CALL_WAIT, 0);
}

// A child whose stack runs over, into the guard page: that ends it.
USER_TEXT static void
overflow(void)
{
    if (call(CALL_FORK, 0) == 0) {
        volatile char frame[PGSIZE + 64];
        frame[0] = 1;
        call(CALL_EXIT, frame[0]);
    }
    call(CALL_WAIT, 0);
}

// A child reads the guard page below its stack, which must end it. The kernel may not store there.
USER_TEXT static void
guard(void)
{
    if (call(CALL_FORK, 0) == 0) {
        *(volatile u64 *)PGSIZE;
        call(CALL_EXIT, 0);
    }
    call(CALL_WAIT, PGSIZE);
}

// A child gives a page back, which its parent keeps, and uses it: that ends it.
USER_TEXT static void
shrink(void)
{
    volatile char *p = (char *)call(CALL_SBRK, PGSIZE);
    p[0] = 1;
    if (call(CALL_FORK, 0) == 0) {
        call(CALL_SBRK, -PGSIZE);
        call(CALL_EXIT, p[0]);
    }
    call(CALL_WAIT, 0);
    call(CALL_SBRK, -PGSIZE);
}

static inline u64
map_file(u64 length, u64 fd)
{
    register u64 a0 __asm__("a0") = 0;
    register u64 a1 __asm__("a1") = length;
    register u64 a2 __asm__("a2") = 3; // read, write
    register u64 a3 __asm__("a3") = 1; // shared
    register u64 a4 __asm__("a4") = fd;
    register u64 a5 __asm__("a5") = 0;
    register u64 a7 __asm__("a7") = CALL_MMAP;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return a0;
}

static inline void
unmap_file(u64 va, u64 length)
{
    register u64 a0 __asm__("a0") = va;
    register u64 a1 __asm__("a1") = length;
    register u64 a7 __asm__("a7") = CALL_MUNMAP;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
}

// A file of which two pages are mapped, also by a child, and changed. The child unmaps the first
// one. Then the file is mapped anew, and its first page a second time.
USER_TEXT static void
files(void)
{
    u64 fd = call(CALL_OPEN, 0);
    volatile char *p = (char *)map_file(2 * PGSIZE, fd);
    call(CALL_CHDIR, 0);
    p[PGSIZE] = 'm';
    p[0] = 'm';
    if (call(CALL_FORK, 0) == 0) {
        p[PGSIZE] = p[0] = 'm';
        u64 code = (u64)p[1];
        unmap_file((u64)p, PGSIZE);
        call(CALL_EXIT, code);
    }
    call(CALL_WAIT, 0);
    unmap_file((u64)p, 2 * PGSIZE);
    p = (char *)map_file(2 * PGSIZE, fd);
    unmap_file(map_file(PGSIZE, fd), PGSIZE);
    call(CALL_PUTC, (u64)p[0]);
    call(CALL_PUTC, (u64)p[PGSIZE]);
    unmap_file((u64)p, 2 * PGSIZE);
    call(CALL_CLOSE, fd);
}

// A child uses a page of its mapping that begins behind the end of the file: that ends it.
USER_TEXT static void
behind_file(void)
{
    u64 fd = call(CALL_OPEN, 0);
    volatile char *p = (char *)map_file(3 * PGSIZE, fd);
    if (call(CALL_FORK, 0) == 0)
        call(CALL_EXIT, (u64)p[2 * PGSIZE]);
    call(CALL_WAIT, 0);
    unmap_file((u64)p, 3 * PGSIZE);
    call(CALL_CLOSE, fd);
}

// Changes to the stack of another thread, and back.
USER_TEXT static void
threads(void)
{
    register u64 a0 __asm__("a0") = call(CALL_SBRK, PGSIZE) + PGSIZE;
    register u64 a7 __asm__("a7") = CALL_STACK;
    *(volatile u64 *)(a0 - 8) = 1;
    __asm__ volatile("ecall\necall" : "+r"(a0) : "r"(a7) : "memory");
    call(CALL_SBRK, -PGSIZE);
}

// Goes from one directory to another.
USER_TEXT static void
directories(void)
{
    for (u64 number = 3; number < 15; number += 2)
        call(CALL_CHDIR, number);
}

// A child that waits for input is killed.
USER_TEXT static void
kill_reader(void)
{
    u64 pid = call(CALL_FORK, 0);
    if (pid == 0) {
        call(CALL_GETC, 0);
        call(CALL_EXIT, 0);
    }
    for (volatile int i = 0; i < 300000; i++)
        ;
    call(CALL_KILL, pid);
    call(CALL_WAIT, 0);
}

// Prints the prompt. Returns the first byte of a line.
USER_TEXT static u64
line(void)
{
    call(CALL_PUTC, '$');
    call(CALL_PUTC, ' ');
    u64 first = call(CALL_GETC, 0), c = first;
    while (c != '\n' && c != '\r')
        c = call(CALL_GETC, 0);
    return first;
}

// A child uses a page that its parent alone has got, since: that ends it.
USER_TEXT static void
parent_grows(void)
{
    volatile char *next = (char *)call(CALL_SBRK, 0);
    if (call(CALL_FORK, 0) == 0) {
        line();
        call(CALL_EXIT, next[0]);
    }
    call(CALL_SBRK, PGSIZE);
    next[0] = 1;
    call(CALL_WAIT, 0);
    call(CALL_SBRK, -PGSIZE);
}

USER_TEXT void
user_main(void)
{
    for (;;) {
        u64 first = line();
        if (first == 'e')
            call(CALL_SHUTDOWN, 0);
        if (first == 'v')
            vandal();
        else if (first == 'l')
            lazy();
        else if (first == 'k')
            peek();
        else if (first == 's')
            shrink();
        else if (first == 'p')
            parent_grows();
        else if (first == 'b')
            guard();
        else if (first == 'o')
            overflow();
        else if (first == 'f')
            files();
        else if (first == 't')
            threads();
        else if (first == 'm')
            behind_file();
        else if (first == 'd')
            directories();
        else if (first == 'r')
            kill_reader();
        else
            family();
        call(CALL_PUTC, '\n');
    }
}
