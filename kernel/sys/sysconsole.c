// SPDX-License-Identifier: MIT
// sysconsole.c - system calls for a shell: help with typing, and the language of messages.
#include "abi/errno.h"
#include "dev/console/console.h"
#include "dev/console/lineedit.h"
#include "explain/say.h"
#include "mm/copy/copy.h"
#include "mm/copy/iobuf.h"
#include "proc/proc.h"
#include "sys/syscall.h"

// readline(text, buf, n): reads a line with completion, as console_readline() does; text 0: none.
int64
sys_readline(struct proc *p, const uint64 *a)
{
    char text[LINE_MAX];
    int n = (int)a[2];
    if (n < 0)
        return -EINVAL;
    int64 length = a[0] ? copyinstr(p->as, text, a[0], sizeof text) : 0;
    if (length < 0)
        return length;
    return console_readline(a[0] ? text : NULL, (struct iobuf){p->as, a[1]}, (size_t)n,
                            &p->interrupted);
}

// history(ago, buf, n): copies an earlier line, as console_history() does.
int64
sys_history(struct proc *p, const uint64 *a)
{
    int n = (int)a[2];
    if (n < 0)
        return -EINVAL;
    return console_history((uint32)a[0], (struct iobuf){p->as, a[1]}, (size_t)n);
}

// language(which): chooses the language of messages; LANGUAGE_ASK leaves it as it is.
// Returns   the language before; -EINVAL: there is no such language.
int64
sys_language(struct proc *p, const uint64 *a)
{
    (void)p;
    return say_choose((int)a[0]);
}
