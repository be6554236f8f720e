// SPDX-License-Identifier: MIT
// main.c - failnth: each single allocation of a workload fails once, and everything survives it.
//
// Usage     failnth [-q] [-c] [-a] [-t] [-n N] [NAME ...]    all workloads, or those named
//           -q the quick ones   -c with nothing in the cache   -a all allocations from the n-th on fail   -t tells which one fails   -n only that one   -l lists the workloads
// Theory    A workload runs in a process for which the kernel makes the n-th allocation fail, for n
//           = 1, 2, 3 ... until a run makes fewer than n. Each run either succeeds or reports an
//           error; afterwards free memory and free disk space must be as before.
// Output    A line for each workload; at the end `failnth: OK` (status 0) or `failnth: FAILED` (1).
//           A kernel without this facility: one line, status 2.
// Next      failnth.h, steps.c, rest.c; the workloads: memory.c files.c names.c procs.c
#include "failnth.h"

#include "abi/failnth.h"
#include "abi/stat.h"
#include "ulib/file.h"

#define HOME   "/failnth.d"
#define LAST   20000 // limit of n: a workload with more allocations does not end
#define QUIET  2     // runs without a failure after which a workload is complete
#define OUTPUT 2048

#define PATIENCE 5 // retries, because other processes may be allocating

static const struct work *const groups[] = {proc_works, memory_works, file_works, name_works};

#define NGROUPS ((int)(sizeof(groups) / sizeof(groups[0])))

int onward;

static int cold, telling, quick, only;

// How one run has ended.
struct run {
    int status;
    int counted; // allocations
    int fired;   // one of them failed
    char text[OUTPUT];
};

// Standard output and error go to the pipe, and the workload begins.
static void __attribute__((noreturn)) become(const struct work *w, int rd, int wr)
{
    close(1);
    close(2);
    dup(wr);
    dup(wr);
    close(rd);
    close(wr);
    exit(w->run());
}

static void
read_all(int fd, char *text)
{
    char rest[64];
    int n, size = 0;

    while (size < OUTPUT - 1 && (n = read(fd, text + size, OUTPUT - 1 - size)) > 0)
        size += n;
    text[size] = 0;
    while (read(fd, rest, sizeof(rest)) > 0)
        ;
}

// Empties the directory that workloads run in; they nest no deeper than one level.
static void
empty(const char *path)
{
    struct dir d;
    char name[DIRSIZ + 1], inner[MAXPATH];

    prepared(dir_open(&d, path) == 0, path);
    while (dir_next(&d, name) == 1) {
        prepared(path_join(inner, path, name) == 0, name);
        if (unlink(inner) == 0)
            continue;
        empty(inner);
        prepared(unlink(inner) == 0, inner);
    }
    dir_close(&d);
}

// Carries out a workload once, the n-th allocation failing (0: none).
static void
run_once(const struct work *w, int n, struct run *r)
{
    int fd[2], how = FAILNTH_CHILDREN, result, pid;

    how |= (onward ? FAILNTH_ONWARD : 0) | (telling ? FAILNTH_TELL : 0);
    if (w->prepare)
        w->prepare();
    if (cold)
        pages_free();
    prepared(pipe(fd) == 0, "pipe");
    prepared(failnth(n, how) >= 0, "failnth");
    beat->n = n;
    pid = fork();
    prepared(pid >= 0, "fork");
    if (pid == 0)
        become(w, fd[0], fd[1]);
    beat->pid = pid;
    close(fd[1]);
    r->status = ended(pid);
    result = failnth(0, 0);
    prepared(result >= 0, "failnth");
    r->counted = result & (FAILNTH_FIRED - 1);
    r->fired = (result & FAILNTH_FIRED) != 0;
    read_all(fd[0], r->text);
    close(fd[0]);
    beat->count++;
    empty(HOME);
}

// Returns whether the output is as expected; after a failure other text may precede it.
static int
is_complete(const struct work *w, const struct run *r)
{
    int more = strlen(r->text) - strlen(w->output);

    if (r->fired && (w->flags & WORK_LOOSE))
        return 1;
    return more >= 0 && strcmp(r->text + more, w->output) == 0 && (more == 0 || r->fired);
}

// Judges a run: a failure must be reported or have no consequences. Status -1 means that the kernel
// killed the process and printed the reason.
// Returns   the error, or NULL.
static const char *
wrong(const struct work *w, const struct run *r)
{
    if (r->status == 0 && is_complete(w, r))
        return 0;
    if (!r->fired)
        return "goes wrong without a failing allocation";
    if (r->status == BROKEN)
        return "a failure had consequences";
    if (r->status == 0)
        return "wrong output, and a status that says nothing of it";
    if (r->status != -1 && !r->text[0])
        return "failed without a word";
    return 0;
}

// Runs a workload and checks the state afterwards.
// Returns   whether all is well; otherwise a message has been printed.
static int
check_run(const struct work *w, int n, struct run *r)
{
    const char *why;

    run_once(w, n, r);
    why = wrong(w, r);
    if (why)
        printf("failnth: %s, n=%d of %d, status %d: %s; it printed: %s\n", w->name, n, r->counted,
               r->status, why, r->text);
    return !why && !rest_lost();
}

// Runs all n, or the one asked for.
// Returns   the number of failures survived; -1: one was not.
static int
run_each(const struct work *w)
{
    static struct run r;
    int survived = 0;

    for (int n = only ? only : 1, quiet = 0; quiet < QUIET; n++) {
        if (n > LAST) {
            printf("failnth: %s: no end\n", w->name);
            return -1;
        }
        if (!check_run(w, n, &r)) {
            printf("failnth: %s: not survived: n=%d\n", w->name, n);
            return -1;
        }
        survived += r.fired;
        quiet += !r.fired;
        if (only)
            break;
    }
    return survived;
}

// Memory that a process can get, and memory that the kernel keeps, after everything reclaimable has
// been reclaimed.
struct bottom {
    long pages;
    int objects;
};

static void
measure(struct bottom *b)
{
    b->pages = pages_free();
    b->objects = failnth(0, FAILNTH_OBJECTS);
}

// Runs the workload without failures, so that state made at first use exists; then measures.
static void
settle(const struct work *w, struct bottom *b)
{
    static struct run r;

    for (int i = 0; i < 2; i++)
        run_once(w, 0, &r);
    pages_free();
    rest_take();
    measure(b);
}

// Runs a workload and the measurements around it.
// Returns   whether it was survived.
static int
work(const struct work *w)
{
    struct bottom before, after;
    int survived;

    memmove((char *)beat->name, w->name, strlen(w->name) + 1);
    settle(w, &before);
    survived = run_each(w);
    if (survived < 0)
        return 0;
    for (int i = 0; i < PATIENCE; i++) {
        measure(&after);
        if (after.pages >= before.pages && after.objects <= before.objects) {
            printf("failnth: %s: %d failures survived\n", w->name, survived);
            return 1;
        }
        sleep(1);
    }
    printf("failnth: %s: pages: %ld, were %ld; kernel objects: %d, were %d\n", w->name, after.pages,
           before.pages, after.objects, before.objects);
    return 0;
}

static int
chosen(const struct work *w, char **names)
{
    if (!*names)
        return !quick || (w->flags & WORK_QUICK);
    while (*names && strcmp(*names, w->name) != 0)
        names++;
    return *names != 0;
}

// Returns how many went wrong, or -1 if none was run.
static int
each_work(char **names)
{
    int bad = 0, count = 0;

    for (int g = 0; g < NGROUPS; g++) {
        for (const struct work *w = groups[g]; w->name; w++) {
            if (!chosen(w, names))
                continue;
            bad += !work(w);
            count++;
        }
    }
    return count ? bad : -1;
}

static int
list(void)
{
    for (int g = 0; g < NGROUPS; g++) {
        for (const struct work *w = groups[g]; w->name; w++)
            printf("%s%s\n", w->name, w->flags & WORK_QUICK ? "" : " (not with -q)");
    }
    return 0;
}

static int
test(char **names)
{
    int bad;

    touch_program();
    facility_check();
    mkdir(HOME);
    prepared(chdir(HOME) == 0, HOME);
    empty(HOME);
    watch_start();
    bad = each_work(names);
    watch_end();
    chdir("/");
    prepared(unlink(HOME) == 0, HOME);
    if (bad < 0)
        fail_text("failnth", names[0], "no such workload; -l lists them");
    printf(bad ? "failnth: FAILED\n" : "failnth: OK\n");
    return bad != 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    long n;
    int c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "qcatln:")) != 0) {
        cold |= c == 'c';
        onward |= c == 'a';
        telling |= c == 't';
        quick |= c == 'q';
        if (c == 'l')
            return list();
        if (c == 'n' && number(a.value, &n) && n > 0)
            only = n;
        else if (c == 'n' || c == '?')
            return usage("failnth [-q] [-c] [-a] [-t] [-l] [-n N] [NAME ...]");
    }
    return test(a.next);
}
