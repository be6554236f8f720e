// SPDX-License-Identifier: MIT
// main.c - usertests: run sub-tests one by one, and check that each restores the system's state.
//
// Usage     usertests [-l | -q | NAME ...]
//           all sub-tests; -q without the slow ones; -l lists the names.
// Theory    A sub-test runs in a child whose working directory is a fresh one. When the child has
//           ended, the directory must be empty again, and the numbers of free blocks, free inodes
//           and pages that can be allocated must be as before.
// Output    `test NAME: OK` or `test NAME: FAILED: why`, each a whole line; at the end `ALL TESTS
//           PASSED` (exit status 0) or `SOME TESTS FAILED` (1).
// Next      t.h, order.c, then vm.c, file.c, proc.c and the other groups
#include "t.h"

#define SCRATCH     "/utest.d"
#define COUNT_LIMIT (300UL * MIB) // above this RAM size counting pages takes too long

static const struct test *const groups[] = {
    vm_tests,        brk_tests,      brkcount_tests,
    large_tests,     deferred_tests, deferredchange_tests,
    fault_tests,     file_tests,     dir_tests,
    share_tests,     name_tests,     proc_tests,
    wait_tests,      pipe_tests,     exec_tests,
    elf_tests,       reg_tests,      fd_tests,
    pointer_tests,   link_tests,     view_tests,
    watch_tests,     alarm_tests,    limit_tests,
    commit_tests,    secret_tests,   truncmap_tests,
    interpose_tests, count_tests,    0,
};

static const struct test *all[T_MOST]; // the sub-tests in the order in which they run
static int nall;

// The state that must be equal before and after a sub-test.
struct rest {
    struct meminfo mem;
    struct statfs disk;
};

static long pages_at_rest; // t_free_pages() at the start; 0: not counted

static void
measure(struct rest *r)
{
    memset(r, 0, sizeof(*r));
    meminfo(&r->mem);
    statfs("/", &r->disk);
}

// Empties the scratch directory after a sub-test has failed.
static void
empty_scratch(int depth)
{
    struct dirent de;
    char name[DIRSIZ + 1];
    int fd = open(".", O_RDONLY);

    while (fd >= 0 && read(fd, &de, sizeof(de)) == sizeof(de)) {
        memmove(name, de.name, DIRSIZ);
        name[DIRSIZ] = 0;
        if (de.inum == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (unlink(name) < 0 && depth < 50 && chdir(name) == 0) {
            empty_scratch(depth + 1);
            chdir("..");
            unlink(name);
        }
    }
    close(fd);
}

// Removes the scratch directory.
// Returns   the number of entries that the sub-test left in it.
static int
drop_scratch(void)
{
    int left = t_count(SCRATCH);

    if (left != 0) {
        chdir(SCRATCH);
        empty_scratch(0);
        chdir("/");
    }
    unlink(SCRATCH);
    return left;
}

// Compares the number of pages that can be allocated with that before.
// Returns   the number of pages lost; below 1 for none.
static long
pages_lost(const struct rest *before, const struct rest *after)
{
    long was = (before->mem.free + before->mem.cache) / PAGE;
    long is = (after->mem.free + after->mem.cache) / PAGE;

    if (is >= was || pages_at_rest == 0)
        return is + 16 < was ? was - is : 0;
    return pages_at_rest - t_free_pages();
}

// Runs the current sub-test in a child, and waits until the orphans of that child have ended.
// Returns   whether it passed; if not, a message has been printed.
static int
run_child(void)
{
    int before = t_processes(), pid = fork(), status = -1;

    if (pid == 0) {
        if (chdir(SCRATCH) < 0)
            exit(1);
        t_current->run();
        exit(0);
    }
    while (pid > 0 && wait(&status) != pid)
        ;
    if (status != 0 && status != T_REPORTED) {
        t_reason();
        printf("ended with status %d\n", status);
    }
    if (!t_settle(before) && status == 0) {
        t_reason();
        printf("%d processes, were %d\n", t_processes(), before);
        return 0;
    }
    return status == 0;
}

// Runs the current sub-test twice more. The size of the kernel's object caches varies by some
// pages; a real loss grows with each run.
static int
loses_again(void)
{
    for (int turn = 0; turn < 2; turn++) {
        long before = t_free_pages();

        if (mkdir(SCRATCH) < 0 || !run_child() || drop_scratch() != 0)
            return 1;
        if (t_free_pages() >= before)
            return 0;
    }
    return 1;
}

// Reports everything that a sub-test has left behind.
// Returns   whether the system is as it was.
static int
back_at_rest(const struct rest *before, int left)
{
    struct rest after;
    long lost;

    measure(&after);
    if (left != 0) {
        t_reason();
        printf("%d files left behind\n", left);
        return 0;
    }
    if (after.disk.bfree != before->disk.bfree || after.disk.ffree != before->disk.ffree) {
        t_reason();
        printf("free blocks %lu, were %lu; free inodes %lu, were %lu\n", after.disk.bfree,
               before->disk.bfree, after.disk.ffree, before->disk.ffree);
        return 0;
    }
    lost = pages_lost(before, &after);
    if (lost > 0 && loses_again()) {
        t_reason();
        printf("%ld pages lost\n", lost);
        return 0;
    }
    return 1;
}

// Runs one sub-test and prints its line.
// Returns   whether it passed.
static int
run(const struct test *t)
{
    struct rest before;
    int ok, left;

    t_current = t;
    if (t->flags & T_NOISY)
        printf("test %s: the kernel will report faults\n", t->name);
    else
        printf("test %s: ", t->name);
    measure(&before);
    if (mkdir(SCRATCH) < 0) {
        t_reason();
        printf("cannot make " SCRATCH "\n");
        return 0;
    }
    ok = run_child();
    left = drop_scratch();
    if (!ok || !back_at_rest(&before, left))
        return 0;
    if (t->flags & T_NOISY)
        printf("test %s: ", t->name);
    printf("OK\n");
    return 1;
}

static int
named(const struct test *t, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(t->name, argv[i]) == 0)
            return 1;
    }
    return 0;
}

// Runs the sub-tests that are asked for: those named, or all that have none of the flags in skip.
// Returns   the number that failed; the number run goes to *count.
static int
run_all(int argc, char **argv, int skip, int *count)
{
    int failed = 0;

    for (int i = 0; i < nall; i++) {
        if (argc > 1 ? !named(all[i], argc, argv) : (all[i]->flags & skip) != 0)
            continue;
        ++*count;
        failed += !run(all[i]);
    }
    return failed;
}

static void
list(void)
{
    for (int i = 0; i < nall; i++)
        printf("%s\n", all[i]->name);
}

// Touches every page of this program, so that its first use is not counted as a loss.
static void
touch_program(void)
{
    extern char end[]; // end of the loaded data, see user.ld

    for (char *p = 0; p < end; p += PAGE)
        t_load((long)p);
}

// Prepares the state that the sub-tests must return to: things that are made once at first use (a
// block of the root directory, kernel caches) are made now.
static void
settle(void)
{
    struct meminfo m;

    touch_program();
    unlink(SCRATCH);
    mkdir(SCRATCH);
    unlink(SCRATCH);
    if (meminfo(&m) < 0 || m.total > COUNT_LIMIT)
        return;
    t_free_pages();
    pages_at_rest = t_free_pages();
}

int
main(int argc, char **argv)
{
    int skip = 0, count = 0, failed;
    static const struct test self = {"usertests", 0, 0};

    nall = t_order(groups, all);
    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        list();
        exit(0);
    }
    if (argc == 2 && strcmp(argv[1], "-q") == 0) {
        skip = T_SLOW;
        argc = 1;
    }
    printf("usertests starting\n");
    t_current = &self;
    chdir("/");
    settle();
    failed = run_all(argc, argv, skip, &count);
    if (failed == 0 && count > 0 && (argc == 1 || count >= argc - 1)) {
        printf("ALL TESTS PASSED\n");
        exit(0);
    }
    if (count == 0 || (argc > 1 && count < argc - 1))
        printf("usertests: no such test; -l lists them\n");
    printf("%d of %d failed\nSOME TESTS FAILED\n", failed, count);
    exit(1);
}
