// SPDX-License-Identifier: MIT
// link.c - sub-tests of symbolic links, of appending and of fsync.
//
// Theory    A link is a name for a path, which is walked when the link is met. O_NOFOLLOW opens the link itself, which
//           reads as its target.
// Next      name.c
#include "t.h"

// symlink: links to files, directories and nothing; what goes through them and what does not.
static void
t_symlink(void)
{
    struct stat st;
    char buf[16];

    t_put("f", 100, 1);
    want(symlink("f", "l") == 0, "symlink");
    want(symlink("f", "l") == -1, "symlink over a name");
    want(symlink("", "m") == -1, "symlink to an empty name");
    t_get("l", 100, 1);
    want(mkdir("d") == 0 && symlink("../f", "d/up") == 0, "symlink in a directory");
    want(symlink("d", "dl") == 0, "symlink to a directory");
    t_get("dl/up", 100, 1);
    int fd = t_open("dl/up", O_RDONLY | O_NOFOLLOW);
    want(fstat(fd, &st) == 0 && st.type == T_SYMLINK && st.size == 4, "type %d", st.type);
    want(read(fd, buf, sizeof(buf)) == 4 && memcmp(buf, "../f", 4) == 0, "the target as contents");
    want(write(fd, "x", 1) == -1, "write to a link");
    close(fd);
    want(symlink("none", "dangling") == 0, "symlink to nothing");
    want(open("dangling", O_RDONLY) == -1, "open of a link to nothing");
    want(unlink("l") == 0 && stat("f", &st) == 0, "a link's target goes with it");
    t_remove("dl");
    t_remove("dangling");
    t_remove("d/up");
    t_remove("d");
    t_remove("f");
}

// symlinkloop: cycles and long chains fail on open; long targets work.
static void
t_symlinkloop(void)
{
    char name[4] = "c0", next[4] = "c1", target[121];

    want(symlink("b", "a") == 0 && symlink("a", "b") == 0, "symlink");
    want(open("a", O_RDONLY) == -1, "open of a cycle");
    t_remove("a");
    t_remove("b");
    t_put("c0", 10, 1);
    for (int i = 0; i < 12; i++) {
        name[1] = (char)('a' + i - 1);
        next[1] = (char)('a' + i);
        want(symlink(i ? name : "c0", next) == 0, "symlink %s", next);
    }
    t_get("cj", 10, 1); // ten links
    want(open("cl", O_RDONLY) == -1, "a chain of twelve");
    for (int i = 0; i < 12; i++) {
        next[1] = (char)('a' + i);
        t_remove(next);
    }
    memset(target, '/', sizeof(target));
    strcpy(target, "./");
    memset(target + 2, '/', 116);
    strcpy(target + 118, "c0");
    want(symlink(target, "long") == 0, "symlink of %d bytes", (int)strlen(target));
    t_get("long", 10, 1);
    t_remove("long");
    t_remove("c0");
}

// readlink: what a link says, as much as fits; nothing else can be asked.
static void
t_readlink(void)
{
    char buf[8];

    t_put("f", 1, 1);
    want(symlink("../none", "l") == 0 && symlink("l", "m") == 0 && mkdir("d") == 0, "symlink");
    memset(buf, '?', sizeof(buf));
    want(readlink("l", buf, 8) == 7 && memcmp(buf, "../none?", 8) == 0, "readlink");
    want(readlink("m", buf, 3) == 1 && memcmp(buf, "l./none?", 8) == 0,
         "readlink of a link to a link");
    want(readlink("l", buf + 6, 2) == 2 && memcmp(buf, "l./non..", 8) == 0, "part of it");
    want(readlink("l", buf, 0) == 0 && readlink("l", buf, -1) == -1, "no room");
    want(readlink("f", buf, 8) == -1 && readlink("d", buf, 8) == -1, "readlink of what is no link");
    want(readlink("none", buf, 8) == -1 && readlink("f/l", buf, 8) == -1, "readlink of nothing");
    t_remove("l");
    t_remove("m");
    t_remove("d");
    t_remove("f");
}

#define WRITERS 3
#define RECORDS 200

static void
append_records(long me)
{
    int fd = t_open("f", O_WRONLY | O_APPEND);
    char record[16];

    for (int i = 0; i < RECORDS; i++) {
        memset(record, (int)('a' + me), sizeof(record));
        want(write(fd, record, sizeof(record)) == sizeof(record), "append");
    }
}

// append: whoever writes, each write goes to the end, whole; reading goes on from what was written.
static void
t_append(void)
{
    char record[16];
    int seen[WRITERS] = {0}, fd = t_open("f", O_CREATE | O_RDWR | O_APPEND);

    for (long i = 0; i < WRITERS; i++)
        t_spawn(append_records, i);
    t_wait_ok(WRITERS);
    for (int i = 0; i < WRITERS * RECORDS; i++) {
        want(read(fd, record, sizeof(record)) == sizeof(record), "record %d", i);
        for (unsigned long k = 1; k < sizeof(record); k++)
            want(record[k] == record[0], "record %d: two writers", i);
        want(record[0] >= 'a' && record[0] < 'a' + WRITERS, "record %d: nobody's", i);
        seen[record[0] - 'a']++;
    }
    for (int i = 0; i < WRITERS; i++)
        want(seen[i] == RECORDS, "writer %d: %d records", i, seen[i]);
    want(write(fd, "xy", 2) == 2 && read(fd, record, 16) == 0,
         "the offset behind what was written");
    int other = t_open("f", O_RDWR | O_APPEND);
    want(read(other, record, 2) == 2 && write(other, "z", 1) == 1 && read(other, record, 1) == 0,
         "append after a read");
    want(write(other, (void *)t_bad[0], 4) == -1 && write(other, "!", 1) == 1, "append of nothing");
    close(other);
    want(read(fd, record, 16) == 2 && record[0] == 'z' && record[1] == '!', "what was appended");
    close(fd);
    t_remove("f");
}

// fsync: works on what is open, whatever it is; nothing else.
static void
t_fsync(void)
{
    int fds[2], fd = t_open("f", O_CREATE | O_RDWR);

    want(write(fd, "abc", 3) == 3 && fsync(fd) == 0 && fsync(fd) == 0, "fsync");
    want(unlink("f") == 0 && fsync(fd) == 0, "fsync without a name");
    close(fd);
    want(fsync(fd) == -1 && fsync(-1) == -1 && fsync(1000) == -1, "fsync of nothing");
    want(pipe(fds) == 0 && fsync(fds[0]) == -1, "fsync of a pipe");
    close(fds[0]);
    close(fds[1]);
    fd = t_open(".", O_RDONLY);
    want(fsync(fd) == 0, "fsync of a directory");
    close(fd);
}

const struct test link_tests[] = {
    TEST(symlink, 0), TEST(symlinkloop, 0), TEST(readlink, 0),
    TEST(append, 0),  TEST(fsync, 0),       {0, 0, 0},
};
