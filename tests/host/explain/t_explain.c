// SPDX-License-Identifier: MIT
// t_explain.c - the parts of explanations that need no machine: sentences in both languages, full
// reports, and kinds of instruction words.
//
// SOURCES: kernel/explain/say.c kernel/explain/insn.c kernel/lib/utf8.c
#include "test.h"

#include "abi/errno.h"
#include "abi/language.h"
#include "explain/insn.h"
#include "explain/say.h"
#include "explain/words.h"

static void
expect_insn(uint32 bits, enum insn_kind kind)
{
    CHECK_EQ(insn_judge(bits), kind);
}

static void
test_insn(void)
{
    expect_insn(0x00000000, INSN_ZERO);
    expect_insn(0x12340000, INSN_ZERO); // the short one comes first
    expect_insn(0xffffffff, INSN_ONES);
    expect_insn(0x18001073, INSN_CSR);    // csrw satp, zero
    expect_insn(0x10200073, INSN_SYSTEM); // sret
    expect_insn(0x12000073, INSN_SYSTEM); // sfence.vma
    expect_insn(0x02a57553, INSN_FLOAT);  // fadd.d
    expect_insn(0x00053507, INSN_FLOAT);  // fld
    expect_insn(0x68a5f543, INSN_FLOAT);  // fmadd
    expect_insn(0x00002108, INSN_FLOAT);  // c.fld
    expect_insn(0x02050007, INSN_VECTOR); // vle8.v
    expect_insn(0x0c0072d7, INSN_VECTOR); // vsetvli
    expect_insn(0x0000006b, INSN_OTHER);
    expect_insn(0x00008002, INSN_OTHER);
}

static void
test_language(void)
{
    char text[256];
    struct report r = {.buf = text, .size = sizeof text};
    CHECK_EQ(say_choose(LANGUAGE_CHINESE), LANGUAGE_ENGLISH);
    say(&r, W_HINT, word(W_READ));
    CHECK_STR(text, "  提示:  读取\n");
    CHECK_EQ(say_choose(LANGUAGE_CHINESE + 1), -EINVAL);
    CHECK_STR(word(W_WRITE), "写入");
    CHECK_EQ(say_choose(LANGUAGE_ENGLISH), LANGUAGE_CHINESE);
    say(&r, W_RULE, "x", "valid", 2);
    CHECK_STR(text, "  提示:  读取\n  rule:  x (valid, level 2)\n");
}

// A line that is too wide is folded: before a sign, else at a blank, else anywhere.
static void
test_fold(void)
{
    char text[512];
    struct report r = {.buf = text, .size = sizeof text};
    say(&r, W_WALK,
        "[255] 0x21fa9801 -> [511] 0x21fa9401 -> [509] 0x21fa9003 = pa 0x87ea4000 r------");
    CHECK_STR(text, "  walk:  [255] 0x21fa9801 -> [511] 0x21fa9401 -> [509] 0x21fa9003\n"
                    "         = pa 0x87ea4000 r------\n");
    r.used = 0;
    say(&r, W_HINT, "data is not executable; was a function pointer or a return address changed?");
    CHECK_STR(text, "  hint:  data is not executable; was a function pointer or a return address\n"
                    "         changed?\n");
    r.used = 0;
    say(&r, "%s\n", "%s\n",
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890");
    CHECK_EQ(r.used, 81);
    r.used = 0;
    say(&r, "%s\n", "%s\n",
        "中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中");
    CHECK_STR(text,
              "中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文\n"
              "         中\n");
}

// A line that does not fit is left out whole, shorter ones still find room.
static void
test_full(void)
{
    char text[16];
    struct report r = {.buf = text, .size = sizeof text};
    say(&r, "%s\n", "%s\n", "12345678");
    say(&r, "%s\n", "%s\n", "12345678");
    CHECK_STR(text, "12345678\n");
    say(&r, "%s\n", "%s\n", "12345");
    CHECK_STR(text, "12345678\n12345\n");
    say(&r, "%s", "%s", "x");
    CHECK_STR(text, "12345678\n12345\n");
}

int
main(void)
{
    test_insn();
    test_language();
    test_fold();
    test_full();
    return test_done();
}
