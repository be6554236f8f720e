// SPDX-License-Identifier: MIT
// file.c - files, directories, links, and struct stat, in the directory given.
#include "lib/lib.h"

static void
say(const char *what, int ok)
{
    printf("%s%s ", what, ok ? "" : "?");
}

int
main(int argc, char **argv)
{
    struct stat st;
    char buf[16];
    int fd;

    if (argc != 2 || mkdir(argv[1]) < 0 || chdir(argv[1]) < 0)
        exit(1);
    fd = open("f", O_CREATE | O_RDWR);
    say("write", write(fd, "twelve bytes", 12) == 12);
    say("fstat", fstat(fd, &st) == 0 && st.type == 2 && st.nlink == 1 && st.size == 12);
    close(fd);
    say("link", link("f", "g") == 0 && unlink("f") == 0 && open("f", O_RDONLY) == -1);
    fd = open("g", O_RDONLY);
    say("read", read(fd, buf, 16) == 12 && buf[0] == 't' && buf[11] == 's');
    say("end", read(fd, buf, 16) == 0 && write(fd, "x", 1) == -1);
    say("dup", dup(fd) == fd + 1 && close(fd) == 0 && close(fd + 1) == 0);
    fd = open("g", O_WRONLY | O_TRUNC);
    say("trunc", fstat(fd, &st) == 0 && st.size == 0);
    close(fd);
    fd = open(".", O_RDONLY);
    say("dir", fstat(fd, &st) == 0 && st.type == 1);
    close(fd);
    say("mknod", mknod("con", 1, 1) == 0);
    fd = open("con", O_RDWR);
    say("device", fstat(fd, &st) == 0 && st.type == 3);
    close(fd);
    say("unlink", unlink("con") == 0 && unlink("g") == 0 && unlink("g") == -1);
    say("rmdir", chdir("..") == 0 && unlink(argv[1]) == 0);
    printf("done\n");
    exit(0);
}
