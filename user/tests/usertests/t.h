// SPDX-License-Identifier: MIT
// t.h - declarations for all sub-tests of usertests.
//
// Theory    A sub-test is a function. It runs in a process and a scratch directory of its own and
//           passes by returning. want() ends the process with a message when a condition is false.
// Promises  The runner (main.c) compares free memory, free blocks and free inodes around each
//           sub-test, so a sub-test removes its files and never has to count pages.
// Next      t.c, main.c
#pragma once

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "abi/mman.h"
#include "abi/sysinfo.h"
#include "abi/usyscall.h"
#include "user/user.h"

#define PAGE       4096
#define MIB        (1024 * 1024)
#define T_REPORTED 99  // exit status: the reason has been printed
#define T_MOST     512 // sub-tests

#define T_NOISY 1 // the kernel prints messages about deliberate errors
#define T_SLOW  2 // not in the quick set

struct test {
    const char *name;
    void (*run)(void);
    int flags;
};

#define TEST(n, flags)                                                                             \
    {                                                                                              \
#n, t_##n, flags                                                                           \
    }

#define want(cond, ...)                                                                            \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            int error = ((struct usyscall *)USYSCALL)->err;                                        \
            t_reason();                                                                            \
            printf(__VA_ARGS__);                                                                   \
            printf(" (error %d)\n", error);                                                        \
            exit(T_REPORTED);                                                                      \
        }                                                                                          \
    } while (0)

extern const struct test vm_tests[], brk_tests[], brkcount_tests[], fault_tests[], file_tests[],
    dir_tests[], share_tests[], name_tests[], limit_tests[], proc_tests[], wait_tests[],
    pipe_tests[], exec_tests[], elf_tests[], reg_tests[], pointer_tests[], fd_tests[],
    alarm_tests[], view_tests[], watch_tests[], link_tests[], large_tests[], commit_tests[],
    secret_tests[], truncmap_tests[], interpose_tests[], deferred_tests[], deferredchange_tests[],
    count_tests[];

extern const struct test *t_current; // the sub-test that runs
extern const uint64 t_bad[];         // addresses that no program may use, ended by 0

int t_order(const struct test *const *groups, const struct test **all); // order.c

void t_reason(void);                                    // print the start of a failure line
int t_fork(void);                                       // fork that must work
int t_spawn(void (*fn)(long), long arg);                // run fn(arg) in a child; its pid
int t_wait(int pid);                                    // status of that child; any if pid is 0
void t_wait_ok(int n);                                  // wait for n children that must succeed
int t_status(void (*fn)(long), long arg);               // t_spawn, then t_wait
void t_must_die(void (*fn)(long), long arg);            // fn(arg) must be killed, not return
void t_load(long va);                                   // read the byte there
void t_store(long va);                                  // write it
void t_call(long va);                                   // jump there
uint t_random(uint *state);                             // next of a fixed sequence
char t_byte(uint seed, uint at);                        // the byte that belongs at this offset
void t_fill(char *buf, int n, uint seed, uint at);      // fill with t_byte
int t_same(const char *buf, int n, uint seed, uint at); // has it the bytes of t_fill
void t_put(const char *path, int size, uint seed);      // make a file of t_byte
void t_get(const char *path, int size, uint seed);      // it must hold exactly that
int t_open(const char *path, int flags);                // open that must work
void t_remove(const char *path);                        // unlink that must work
char *t_name(char *buf, const char *stem, int i);       // stem with a number behind it; buf
char *t_grow(long n);                                   // sbrk that must work
int t_processes(void);                                  // processes, zombies included
int t_settle(int most);                                 // wait until there are no more than most
long t_free_pages(void);                                // pages that one process can get
int t_count(const char *dir);                           // entries of a directory but . and ..
