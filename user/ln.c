// SPDX-License-Identifier: MIT
// ln.c - give a file another name.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    char path[MAXPATH];
    struct args a;
    const char *to;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, "") || !a.next[0] || !a.next[1] || a.next[2])
        usage("ln file new-name");
    to = a.next[1];
    if (is_dir(to)) {
        if (path_join(path, to, basename(a.next[0])) < 0)
            return fail_text("ln", to, "name too long");
        to = path;
    }
    return link(a.next[0], to) < 0 ? fail("ln", to) : 0;
}
