// SPDX-License-Identifier: MIT
// name.c - sub-tests of names: length, truncation, errors.
//
// Theory    Every call silently truncates a component to DIRSIZ (14) bytes, so two spellings that
//           agree in 14 bytes are one file. A path of MAXPATH bytes with its NUL is the longest.
// Next      limit.c
#include "t.h"

#define N14 "abcdefghijklmn" // exactly DIRSIZ bytes
#define N15 N14 "o"

// fourteen: names are truncated to 14 bytes when created, and when looked up.
static void
t_fourteen(void)
{
    want(mkdir(N14) == 0, "mkdir of 14 bytes");
    want(mkdir(N15) == -1, "15 bytes are not the same as their first 14");
    want(mkdir(N14 "/" N15) == 0, "mkdir of 15 bytes below it");
    t_put(N15 "/" N14 "/" N15, 20, 2);
    t_get(N14 "/" N15 "/" N14, 20, 2);
    want(open(N14 "/" N14 "/abcdefghijklm", O_RDONLY) == -1, "13 bytes are not 14");
    want(chdir(N15 "/" N15) == 0 && chdir("../..") == 0, "chdir by 15 bytes");
    t_remove(N15 "/" N15 "/" N15);
    t_remove(N14 "/" N15);
    t_remove(N15);
}

// The other calls truncate names, too.
static void
t_longnames(void)
{
    struct stat st;
    struct dirent de;
    char name[DIRSIZ + 1] = {0};

    t_put(N15 "pqrstuvwxyz", 3, 3);
    want(stat(N14, &st) == 0 && st.size == 3, "stat by 14 bytes");
    want(link(N14 "ZZZ", "other") == 0, "link from a long name");
    want(unlink(N14 "0123456789") == 0, "unlink by another long name");
    want(link("other", N14 "xy") == 0 && rename(N14 "qq", "third") == 0, "rename from a long name");
    want(rename("third", N15) == 0, "rename to a long name");
    t_remove("other");
    int fd = t_open(".", O_RDONLY);
    while (read(fd, &de, sizeof(de)) == sizeof(de)) {
        if (de.inum && de.name[0] != '.')
            memmove(name, de.name, DIRSIZ);
    }
    close(fd);
    want(strcmp(name, N14) == 0, "the directory says %s", name);
    want(mknod(N14, 2, 0) == -1, "mknod over a file");
    t_remove(N14);
    want(mknod(N15 "device", 2, 0) == 0, "mknod by a long name");
    want(stat(N14, &st) == 0 && st.type == T_DEVICE, "type %d", st.type);
    t_remove(N15);
}

// Fills path with ./././...f so that it has len bytes before its NUL.
static char *
long_path(char *path, int len)
{
    int at = 0;

    if (len % 2 == 0)
        path[at++] = '.', path[at++] = '/', path[at++] = '/';
    while (at < len - 1) {
        path[at++] = '.';
        path[at++] = '/';
    }
    path[at++] = 'f';
    path[at] = 0;
    return path;
}

// A path of 127 bytes is the longest.
static void
t_longpath(void)
{
    static char path[300];
    char *argv[] = {"f", 0};

    t_put(long_path(path, 127), 8, 8);
    want(strlen(path) == 127, "the test has made %d bytes", (int)strlen(path));
    t_get("f", 8, 8);
    for (int len = 128; len < 200; len += 71) {
        long_path(path, len);
        want(open(path, O_RDONLY) == -1, "open with %d bytes", len);
        want(unlink(path) == -1, "unlink with %d bytes", len);
        want(link(path, "g") == -1, "link from %d bytes", len);
        want(link("f", path) == -1, "link to %d bytes", len);
        want(rename("f", path) == -1, "rename to %d bytes", len);
        want(exec(path, argv) == -1, "exec with %d bytes", len);
        memmove(path + len - 1, ".", 2);
        want(chdir(path) == -1, "chdir with %d bytes", len);
    }
    t_get(long_path(path, 126), 8, 8);
    t_remove(long_path(path, 127));
}

// Any number of slashes and dots.
static void
t_slashes(void)
{
    t_put("f", 2, 2);
    t_get("////utest.d//.//f", 2, 2);
    t_get("/../../utest.d/./../utest.d/f", 2, 2);
    want(chdir("/") == 0 && chdir("..") == 0, "chdir above /");
    t_get("utest.d/f", 2, 2);
    want(chdir("//utest.d//") == 0, "chdir with slashes behind");
    want(mkdir("d/") == 0 || mkdir("d") == 0, "mkdir failed");
    want(mkdir("d/") == -1, "mkdir twice");
    want(mkdir(".") == -1 && mkdir("..") == -1 && mkdir("/") == -1, "mkdir of what is there");
    t_remove("d");
    t_remove("f");
}

// Bytes of any value but / and NUL are a name.
static void
t_oddnames(void)
{
    char name[8];
    int n = 0;

    for (int c = 1; c < 256; c++) {
        if (c == '/' || c == '.')
            continue;
        name[0] = c;
        name[1] = 0;
        close(t_open(name, O_CREATE | O_RDWR));
        n++;
    }
    want(t_count(".") == n, "%d names, not %d", t_count("."), n);
    for (int c = 1; c < 256; c++) {
        name[0] = c;
        if (c != '/' && c != '.')
            t_remove(name);
    }
    t_put("...", 1, 1);
    t_put(".x", 1, 1);
    t_remove("...");
    t_remove(".x");
}

// A device node is made, opened and described by stat(); unknown majors; the statistics text.
static void
t_mknod(void)
{
    char c;
    struct stat st;

    want(mknod("con", 1, 1) == 0, "mknod failed");
    want(mknod("con", 1, 1) == -1, "mknod twice");
    int fd = t_open("con", O_RDWR);
    want(fstat(fd, &st) == 0 && st.type == T_DEVICE && st.nlink == 1, "type %d", st.type);
    want(write(fd, "", 0) == 0, "write of nothing to the console");
    close(fd);
    t_remove("con");
    want(mknod("odd", 77, 1) == 0, "mknod of an unknown major");
    fd = open("odd", O_RDWR);
    want(fd == -1 || (read(fd, &c, 1) == -1 && write(fd, "x", 1) == -1), "an unknown device works");
    close(fd);
    t_remove("odd");
}

const struct test name_tests[] = {
    TEST(fourteen, 0), TEST(longnames, 0), TEST(longpath, 0), TEST(slashes, 0),
    TEST(oddnames, 0), TEST(mknod, 0),     {0, 0, 0},
};
