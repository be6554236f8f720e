// SPDX-License-Identifier: MIT
// durable.c - test that files survive a power failure once fsync() has returned.
//
// Usage     durable run      makes one file after the other until the machine is switched off
//           durable check    prints which files are there, or their errors
// Theory    File n is written under another name, fsynced, renamed, and fsynced again; then `durable n` is
//           printed. File n - KEEP is removed by then. In between, other files are made and
//           removed, and an unlinked one is left open. So after a power failure the files have
//           consecutive numbers, each with its contents, and the last printed number is among them.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "ulib/format.h"
#include "user/user.h"

#define DIR    "/durable.d"
#define KEEP   6
#define WORDS  1500 // in a file: more than a page
#define MISSED 40   // missing numbers in a row after which check() stops

static uint words[WORDS];

static void
die(const char *what, int n)
{
    printf("durable: %s %d failed\n", what, n);
    exit(1);
}

static void
name_of(char *name, int n)
{
    snprintf(name, 32, DIR "/f%d", n);
}

static void
fill(int n)
{
    for (int i = 0; i < WORDS; i++)
        words[i] = (uint)(n * 100000 + i);
}

// Makes a file and removes it at once.
static void
distract(int n)
{
    int fd = open(DIR "/x", O_CREATE | O_RDWR);
    if (fd < 0 || write(fd, words, 100 + n % 3000) < 0 || close(fd) < 0 || unlink(DIR "/x") < 0)
        die("distraction", n);
}

static void
make(int n)
{
    char name[32];
    int fd = open(DIR "/new", O_CREATE | O_TRUNC | O_RDWR);
    fill(n);
    if (fd < 0 || write(fd, words, sizeof words) != sizeof words || fsync(fd) < 0)
        die("write", n);
    distract(n);
    name_of(name, n);
    if (rename(DIR "/new", name) < 0 || fsync(fd) < 0 || close(fd) < 0)
        die("rename", n);
    printf("durable %d\n", n);
    name_of(name, n - KEEP);
    if (n > KEEP && unlink(name) < 0)
        die("unlink", n - KEEP);
}

static void
run(void)
{
    mkdir(DIR);
    int fd = open(DIR "/nameless", O_CREATE | O_RDWR);
    if (fd < 0 || write(fd, words, sizeof words) != sizeof words || unlink(DIR "/nameless") < 0)
        die("nameless", 0);
    for (int n = 1;; n++)
        make(n);
}

// Returns whether file n is there; if so, its contents must be complete.
static int
present(int n)
{
    static uint got[WORDS + 1];
    char name[32];
    name_of(name, n);
    int fd = open(name, O_RDONLY);
    if (fd < 0)
        return 0;
    fill(n);
    if (read(fd, got, sizeof got) != sizeof words || memcmp(got, words, sizeof words) != 0)
        die("contents of", n);
    close(fd);
    return 1;
}

static void
check(void)
{
    int first = 1, last;
    while (first < 100000 && !present(first))
        first++;
    for (last = first; present(last + 1);)
        last++;
    for (int n = last + 2; n < last + MISSED; n++)
        if (present(n))
            die("gap before", n);
    if (last - first > KEEP)
        die("removal of", first);
    printf("durable holds %d to %d\n", first, last);
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "run") == 0)
        run();
    if (argc == 2 && strcmp(argv[1], "check") == 0)
        check();
    else
        printf("usage: durable run | check\n");
    exit(0);
}
