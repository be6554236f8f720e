// SPDX-License-Identifier: MIT
// ln.c - give a file another name (a hard link); with -s make a symbolic link.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#define USAGE "ln [-s] file new-name"

int
main(int argc, char **argv)
{
    char path[MAXPATH];
    struct args a;
    const char *to;
    bool symbolic = false;
    int c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "s"))) {
        if (c == '?')
            usage(USAGE);
        symbolic = true;
    }
    if (!a.next[0] || !a.next[1] || a.next[2])
        usage(USAGE);
    to = a.next[1];
    if (is_dir(to)) {
        if (path_join(path, to, basename(a.next[0])) < 0)
            return fail_text("ln", to, "name too long");
        to = path;
    }
    if ((symbolic ? symlink : link)(a.next[0], to) < 0)
        return fail("ln", to);
    return 0;
}
