// SPDX-License-Identifier: MIT
// files.c - grind's operations on files: a model of names and contents, and the free-for-all.
//
// Theory    A name points to a content or to none; several names may share one. The model is
//           updated as each call should change the files, and every call's result must agree with
//           it.
// Next      procs.c
#include "grind.h"

#define NAMES   8
#define SHARED  "/grind.d/all"
#define LARGEST 40000

// The contents of one file: size bytes of content_byte(seed).
struct content {
    uint seed;
    int size;
    int names; // 0: free
};

static struct content contents[NAMES];
static struct content *names[NAMES]; // the content of each name; 0: the name does not exist

static const char *const name[NAMES] = {"a", "b", "c", "d", "e", "f", "g", "longname.14..."};

char
content_byte(uint seed, uint at)
{
    return seed + at * 7 + (at >> 9);
}

static struct content *
new_content(void)
{
    struct content *c = contents;

    while (c->names > 0)
        c++;
    c->names = 1;
    c->size = 0;
    return c;
}

// Writes n more bytes at the end of content c through fd.
static void
extend(struct worker *w, int fd, struct content *c, int n)
{
    static char buf[5000];

    while (n > 0) {
        int part = n < (int)sizeof(buf) ? n : (int)sizeof(buf);
        for (int i = 0; i < part; i++)
            buf[i] = content_byte(c->seed, c->size + i);
        int done = write(fd, buf, part);
        check(w, done == part, "write of %d bytes: %d", part, done);
        c->size += part;
        n -= part;
    }
}

// Reads through fd to the end and compares with content c.
static void
compare(struct worker *w, int fd, const struct content *c)
{
    static char buf[3000];
    int at = 0, n, step = 1 + draw(w, sizeof(buf));

    while ((n = read(fd, buf, step)) > 0) {
        for (int i = 0; i < n; i++)
            check(w, buf[i] == content_byte(c->seed, at + i), "wrong byte at %d", at + i);
        at += n;
    }
    check(w, n == 0 && at == c->size, "%d bytes, not %d (read: %d)", at, c->size, n);
}

// Creates or truncates name i and fills it.
static void
op_write(struct worker *w, int i)
{
    int fd = open(name[i], O_CREATE | O_TRUNC | O_RDWR);

    check(w, fd >= 0, "create %s failed", name[i]);
    if (!names[i])
        names[i] = new_content();
    names[i]->seed = draw(w, 10000);
    names[i]->size = 0;
    extend(w, fd, names[i], draw(w, 4) ? draw(w, 6000) : draw(w, LARGEST));
    close(fd);
}

static void
op_append(struct worker *w, int i)
{
    static char skip[4096];
    int fd = open(name[i], O_RDWR);

    check(w, (fd >= 0) == (names[i] != 0), "open %s: %d", name[i], fd);
    if (fd < 0)
        return;
    while (read(fd, skip, sizeof(skip)) > 0)
        ;
    if (names[i]->size < LARGEST)
        extend(w, fd, names[i], draw(w, 5000));
    close(fd);
}

static void
op_compare(struct worker *w, int i)
{
    struct stat st;
    int fd = open(name[i], O_RDONLY);

    check(w, (fd >= 0) == (names[i] != 0), "open %s: %d", name[i], fd);
    if (fd < 0)
        return;
    check(w, fstat(fd, &st) == 0 && st.nlink == names[i]->names && (int)st.size == names[i]->size,
          "%s: nlink %d, size %d", name[i], st.nlink, (int)st.size);
    compare(w, fd, names[i]);
    close(fd);
}

static void
op_unlink(struct worker *w, int i)
{
    int r = unlink(name[i]);

    check(w, r == (names[i] ? 0 : -1), "unlink %s: %d", name[i], r);
    if (names[i])
        names[i]->names--;
    names[i] = 0;
}

// Unlinks name i while it is open, then reads it.
static void
op_unlink_open(struct worker *w, int i)
{
    int fd = open(name[i], O_RDONLY);

    if (fd < 0)
        return;
    struct content was = *names[i];
    op_unlink(w, i);
    compare(w, fd, &was);
    close(fd);
}

static void
op_link(struct worker *w, int i)
{
    int to = draw(w, NAMES);
    int r = link(name[i], name[to]);

    check(w, r == (names[i] && !names[to] ? 0 : -1), "link %s %s: %d", name[i], name[to], r);
    if (r == 0) {
        names[to] = names[i];
        names[to]->names++;
    }
}

static void
op_rename(struct worker *w, int i)
{
    int to = draw(w, NAMES);
    int r = rename(name[i], name[to]);

    check(w, r == (names[i] ? 0 : -1), "rename %s %s: %d", name[i], name[to], r);
    if (r < 0 || to == i || names[i] == names[to])
        return;
    if (names[to])
        names[to]->names--;
    names[to] = names[i];
    names[i] = 0;
}

// Makes a directory, walks through it, and removes it again.
static void
op_directory(struct worker *w, int i)
{
    check(w, mkdir("dir") == 0 && mkdir("dir") == -1, "mkdir failed, or worked twice");
    check(w, chdir("dir") == 0, "chdir failed");
    int fd = open("x", O_CREATE | O_RDWR);
    check(w, fd >= 0 && write(fd, name[i], 1) == 1, "a file in a new directory");
    close(fd);
    check(w, unlink("../dir") == -1, "unlink of a directory with a file in it");
    check(w, unlink("x") == 0 && chdir("../dir/..") == 0, "unlink and chdir");
    check(w, unlink("dir") == 0, "unlink of an empty directory");
}

void
files_step(struct worker *w)
{
    static void (*const ops[])(struct worker *, int) = {
        op_write, op_append,      op_compare, op_compare, op_unlink,
        op_link,  op_unlink_open, op_rename,  op_write,   op_directory,
    };
    uint op = draw(w, sizeof(ops) / sizeof(ops[0]));

    ops[op](w, draw(w, NAMES));
}

void
files_end(struct worker *w)
{
    for (int i = 0; i < NAMES; i++) {
        op_compare(w, i);
        op_unlink(w, i);
    }
}

// Makes one call on names that all workers use at once: any result is right.
void
shared_step(struct worker *w)
{
    char a[] = SHARED "/0", b[] = SHARED "/0", byte;
    int fd = -1;

    a[sizeof(a) - 2] += draw(w, 5);
    b[sizeof(b) - 2] += draw(w, 5);
    switch (draw(w, 7)) {
    case 0:
        fd = open(a, O_CREATE | O_RDWR);
        write(fd, a, sizeof(a));
        break;
    case 1:
        fd = open(a, O_TRUNC | O_WRONLY);
        break;
    case 2:
        unlink(a);
        break;
    case 3:
        link(a, b);
        break;
    case 4:
        rename(a, b);
        break;
    case 5:
        mkdir(a);
        break;
    default:
        fd = open(a, O_RDONLY);
        read(fd, &byte, 1);
    }
    if (fd >= 0)
        close(fd);
}
