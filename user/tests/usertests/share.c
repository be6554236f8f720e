// SPDX-License-Identifier: MIT
// share.c - sub-tests of several processes that use one file or directory.
//
// Theory    In any order of events each call succeeds or fails as a whole, and the disk then shows
//           the successful calls.
// Next      limit.c
#include "t.h"

static void
write_own(long i)
{
    static char buf[500];
    char name[8];
    int fd = t_open(t_name(name, "f", i), O_CREATE | O_RDWR);

    for (int n = 0; n < 12; n++) {
        t_fill(buf, sizeof(buf), i, n * sizeof(buf));
        want(write(fd, buf, sizeof(buf)) == sizeof(buf), "write %d to %s", n, name);
    }
}

// fourfiles: four processes write a file each; no byte gets into another's file.
static void
t_fourfiles(void)
{
    char name[8];

    for (int i = 0; i < 4; i++)
        t_spawn(write_own, i);
    t_wait_ok(4);
    for (int i = 0; i < 4; i++) {
        t_get(t_name(name, "f", i), 6000, i);
        t_remove(name);
    }
}

// sharedfd: parent and child write through one descriptor; the offset is shared, nothing is lost.
static void
t_sharedfd(void)
{
    enum { N = 400, LEN = 10 };
    char buf[LEN];
    int count[2] = {0, 0}, n;
    int fd = t_open("f", O_CREATE | O_RDWR);
    int pid = t_fork();

    memset(buf, pid == 0 ? 'c' : 'p', LEN);
    for (int i = 0; i < N; i++)
        want(write(fd, buf, LEN) == LEN, "write %d", i);
    if (pid == 0)
        exit(0);
    t_wait_ok(1);
    close(fd);
    fd = t_open("f", O_RDONLY);
    while ((n = read(fd, buf, LEN)) == LEN) {
        for (int i = 1; i < LEN; i++)
            want(buf[i] == buf[0], "a write is torn");
        count[buf[0] == 'c']++;
    }
    want(n == 0 && count[0] == N && count[1] == N, "%d and %d writes left", count[0], count[1]);
    close(fd);
    t_remove("f");
}

static void
create_and_delete(long who)
{
    char name[16], stem[2] = {'p' + who, 0};

    for (int i = 0; i < 20; i++) {
        close(t_open(t_name(name, stem, i), O_CREATE | O_RDWR));
        if (i > 0 && i % 2 == 0)
            t_remove(t_name(name, stem, i / 2));
    }
}

// createdelete: four processes make and remove files in one directory; the right ones remain.
static void
t_createdelete(void)
{
    char name[16];

    for (int who = 0; who < 4; who++)
        t_spawn(create_and_delete, who);
    t_wait_ok(4);
    for (int who = 0; who < 4; who++) {
        for (int i = 0; i < 20; i++) {
            char stem[2] = {'p' + who, 0};
            int gone = i >= 1 && i < 10;
            int r = unlink(t_name(name, stem, i));
            want(r == (gone ? -1 : 0), "%s %s", name, gone ? "is still there" : "is missing");
        }
    }
}

static void
make_link_remove(long seed)
{
    uint x = seed;

    for (int i = 0; i < 120; i++) {
        uint what = t_random(&x) % 3;
        if (what == 0)
            close(open("x", O_CREATE | O_RDWR));
        else if (what == 1)
            link("/cat", "x");
        else
            unlink("x");
    }
}

// linkunlink: one name is created, linked and removed by several at random.
static void
t_linkunlink(void)
{
    struct stat before, after;

    want(stat("/cat", &before) == 0, "no /cat");
    for (int i = 1; i <= 3; i++)
        t_spawn(make_link_remove, i * 7919);
    t_wait_ok(3);
    unlink("x");
    want(stat("/cat", &after) == 0 && after.nlink == before.nlink, "nlink of /cat: %d, was %d",
         after.nlink, before.nlink);
}

// linktest: two names of one file; links that are refused.
static void
t_linktest(void)
{
    struct stat a, b;

    t_put("a", 5, 5);
    want(link("a", "b") == 0, "link failed");
    want(link("a", "b") == -1 && link("b", "a") == -1, "a link over an existing name");
    want(link("a", "a") == -1, "a link to itself");
    want(stat("a", &a) == 0 && stat("b", &b) == 0, "stat failed");
    want(a.ino == b.ino && a.nlink == 2, "inodes %u %u, nlink %d", a.ino, b.ino, a.nlink);
    t_remove("a");
    want(open("a", O_RDONLY) == -1, "a is still there");
    t_get("b", 5, 5);
    want(link("a", "c") == -1, "a link to nothing");
    want(link(".", "c") == -1, "a link to a directory");
    t_remove("b");
    want(unlink("b") == -1, "removed twice");
}

static void
make_half(long odd)
{
    char name[16];

    for (int i = odd; i < 40; i += 2) {
        int fd = open(t_name(name, "C", i), O_CREATE | O_RDWR);
        want(fd >= 0, "create %s failed", name);
        close(fd);
        if (i % 3 == 0)
            close(t_open("both", O_CREATE | O_RDWR));
    }
}

// concreate: two processes create in one directory; each name is there exactly once.
static void
t_concreate(void)
{
    char seen[40], name[16];
    struct dirent de;
    int total = 0;

    memset(seen, 0, sizeof(seen));
    t_spawn(make_half, 0);
    t_spawn(make_half, 1);
    t_wait_ok(2);
    int fd = t_open(".", O_RDONLY);
    while (read(fd, &de, sizeof(de)) == sizeof(de)) {
        if (de.inum == 0 || de.name[0] != 'C')
            continue;
        int i = atoi(de.name + 1);
        want(i >= 0 && i < 40 && !seen[i], "%s: a name too many", de.name);
        seen[i] = 1;
        total++;
    }
    close(fd);
    want(total == 40, "%d names, not 40", total);
    for (int i = 0; i < 40; i++)
        t_remove(t_name(name, "C", i));
    t_remove("both");
}

static void
race_for_name(long out)
{
    for (int i = 0; i < 100; i++) {
        char c = mkdir("one") == 0 ? '+' : '.';
        want(write(out, &c, 1) == 1, "write to pipe failed");
        if (c == '+')
            t_remove("one");
    }
}

// When several processes make one directory at once, one succeeds; when they remove it, one
// succeeds.
static void
t_mkdirrace(void)
{
    int p[2], made = 0;
    char c;

    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; i < 3; i++)
        t_spawn(race_for_name, p[1]);
    close(p[1]);
    while (read(p[0], &c, 1) == 1)
        made += c == '+';
    t_wait_ok(3);
    want(made > 0, "mkdir never succeeded");
}

// Two processes move one file between two directories; it never doubles and never vanishes.
static void
move(long odd)
{
    for (int i = 0; i < 80; i++) {
        if (odd)
            rename("a/f", "b/f");
        else
            rename("b/f", "a/f");
    }
}

static void
t_renamerace(void)
{
    want(mkdir("a") == 0 && mkdir("b") == 0, "mkdir failed");
    t_put("a/f", 9, 9);
    t_spawn(move, 0);
    t_spawn(move, 1);
    t_wait_ok(2);
    want(t_count("a") + t_count("b") == 1, "%d and %d files", t_count("a"), t_count("b"));
    const char *at = t_count("a") ? "a/f" : "b/f";
    t_get(at, 9, 9);
    t_remove(at);
    t_remove("a");
    t_remove("b");
}

// Successes and errors of rename.
static void
t_rename(void)
{
    t_put("a", 3, 3);
    t_put("b", 4, 4);
    want(rename("a", "b") == 0, "rename over a file");
    t_get("b", 3, 3);
    want(open("a", O_RDONLY) == -1, "the old name is still there");
    want(rename("absent", "c") == -1, "rename of nothing");
    want(mkdir("d") == 0 && mkdir("d/e") == 0, "mkdir failed");
    want(rename("d", "d/e/f") == -1, "a directory moved below itself");
    want(rename("b", "d") == -1, "a file over a directory");
    want(rename("d/e", "e") == 0, "a directory to another parent");
    struct stat st;
    want(stat("d", &st) == 0 && st.nlink == 2, "d has nlink %d", st.nlink);
    want(chdir("e") == 0 && chdir("..") == 0, "chdir through the new ..");
    t_get("b", 3, 3);
    t_remove("e");
    t_remove("d");
    t_remove("b");
}

const struct test share_tests[] = {
    TEST(fourfiles, 0), TEST(sharedfd, 0),  TEST(createdelete, 0), TEST(linkunlink, 0),
    TEST(linktest, 0),  TEST(concreate, 0), TEST(mkdirrace, 0),    TEST(renamerace, 0),
    TEST(rename, 0),    {0, 0, 0},
};
