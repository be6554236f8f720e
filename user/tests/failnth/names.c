// SPDX-License-Identifier: MIT
// names.c - workloads: names and directories.
#include "failnth.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "ulib/file.h"

static int fd;

static struct stat st;

static long
look(void)
{
    return stat("c", &st);
}

static long
look_in_vain(void)
{
    return stat("a", &st) == 0 ? 1 : errno() == ENOENT ? 0 : -1;
}

static void
make_file(void)
{
    int f = open("a", O_CREATE | O_RDWR);

    prepared(f >= 0 && write(f, "text", 4) == 4, "a");
    close(f);
}

static void
make_dirs(void)
{
    make_file();
    prepared(mkdir("d") == 0 && mkdir("e") == 0, "d, e");
}

static long
make_dir(void)
{
    return mkdir("n");
}

static long
enter(void)
{
    return chdir("n");
}

static long
leave(void)
{
    return chdir("..");
}

static long
remove_dir(void)
{
    return unlink("n");
}

static int
run_mkdir(void)
{
    step("mkdir", make_dir);
    step("chdir", enter);
    step("chdir back", leave);
    step("unlink of a directory", remove_dir);
    return met();
}

static long
open_it(void)
{
    return fd = open("a", O_RDWR);
}

static int
run_open(void)
{
    int before;

    step("open", open_it);
    before = fd;
    close(fd);
    step("open", open_it);
    want(fd == before, "a failed open left a descriptor");
    return met();
}

static long
unlink_it(void)
{
    return unlink("a");
}

// An unlinked open file exists until it is closed.
static int
run_unlink(void)
{
    char text[4];

    step("open", open_it);
    step("unlink", unlink_it);
    step("stat", look_in_vain);
    want(st.type == 0, "the name is still there");
    want(read(fd, text, 4) == 4 && memcmp(text, "text", 4) == 0, "what the file holds");
    close(fd);
    return met();
}

static long
link_it(void)
{
    return link("a", "b");
}

static int
run_link(void)
{
    step("link", link_it);
    step("unlink", unlink_it);
    return met();
}

static long
rename_file(void)
{
    return rename("a", "d/b");
}

static long
rename_dir(void)
{
    return rename("d", "e/d");
}

static long
rename_back(void)
{
    return rename("e/d/b", "a");
}

static int
run_rename(void)
{
    step("rename of a file", rename_file);
    step("rename of a directory", rename_dir);
    step("rename back", rename_back);
    return met();
}

static long
list_it(void)
{
    struct dir d;
    char name[DIRSIZ + 1];
    int result, n = 0;

    if (dir_open(&d, ".") < 0)
        return -1;
    while ((result = dir_next(&d, name)) == 1)
        n++;
    dir_close(&d);
    want(result < 0 || n == 3, "names in the directory");
    return result;
}

static int
run_list(void)
{
    step("reading a directory", list_it);
    return met();
}

static long
make_node(void)
{
    return mknod("c", 1, 0);
}

static int
run_mknod(void)
{
    step("mknod", make_node);
    step("stat", look);
    want(st.type == T_DEVICE, "the node");
    return met();
}

const struct work name_works[] = {
    {"mkdir", run_mkdir, 0, "", WORK_QUICK},
    {"open", run_open, make_file, "", WORK_QUICK},
    {"unlink", run_unlink, make_file, "", WORK_QUICK},
    {"link", run_link, make_file, "", WORK_QUICK},
    {"rename", run_rename, make_dirs, "", WORK_QUICK},
    {"readdir", run_list, make_dirs, "", WORK_QUICK},
    {"mknod", run_mknod, 0, "", WORK_QUICK},
    {0, 0, 0, 0, 0},
};
