// SPDX-License-Identifier: MIT
// list.c - directories as records of 16 bytes.
#include "lib/lib.h"

int
main(int argc, char **argv)
{
    struct dirent de;
    int fd, dots = 0, names = 0, full = 0;

    if (argc != 2 || mkdir(argv[1]) < 0 || chdir(argv[1]) < 0)
        exit(1);
    close(open("short", O_CREATE));
    close(open("exactly14bytes", O_CREATE));
    fd = open(".", O_RDONLY);
    while (read(fd, &de, sizeof(de)) == sizeof(de)) {
        if (de.inum == 0)
            continue;
        names++;
        dots += de.name[0] == '.';
        full += de.name[13] == 's';
    }
    close(fd);
    printf("%d %d %d\n", names, dots, full);
    unlink("short");
    unlink("exactly14bytes and more");
    chdir("..");
    exit(unlink(argv[1]) == 0 ? 0 : 2);
}
