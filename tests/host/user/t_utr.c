// SPDX-License-Identifier: MIT
// t_utr.c - messages in the language of the system, and fields filled up by columns.
//
// SOURCES: user/ulib/sort.c
// CFLAGS: -Ikernel
#include "test.h"

#include "uland.h"
#include "../../user/ulib/format.c"
#include "../../user/ulib/snprintf.c"
#include "../../user/ulib/string.c"
#include "../../user/ulib/tr.c"

static int system_language = LANGUAGE_ENGLISH;

int
language(int which)
{
    CHECK_EQ(which, LANGUAGE_ASK);
    return system_language;
}

// Fields are filled up by columns, of which a Chinese character takes two.
static void
test_format_columns(void)
{
    char buf[32];

    u_snprintf(buf, sizeof(buf), "[%-6s|%6s]", "栈", "ab");
    CHECK_STR(buf, "[栈    |    ab]");
    u_snprintf(buf, sizeof(buf), "[%5s]", "内核");
    CHECK_STR(buf, "[ 内核]");
    CHECK_EQ(text_columns("é", 2), 1);
}

// The language is asked for once, until it is forgotten; a text that no list has stays as it is.
static void
test_languages(void)
{
    static const struct phrase own[] = {{"in use", "忙"}, {"%d pages", "%d 页"}, {0, 0}};

    CHECK_STR(tr("in use"), "in use");
    system_language = LANGUAGE_CHINESE;
    CHECK_STR(tr("in use"), "in use");
    tr_forget();
    CHECK_STR(tr("in use"), "正在使用");
    tr_use(own);
    CHECK_STR(tr("in use"), "忙");
    CHECK_STR(tr("is a directory"), "是目录");
    CHECK_STR(tr("nonesuch"), "nonesuch");
    system_language = LANGUAGE_ENGLISH;
    tr_forget();
    CHECK_STR(tr("in use"), "in use");
}

int
main(void)
{
    test_format_columns();
    test_languages();
    return test_done();
}
