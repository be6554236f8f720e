// SPDX-License-Identifier: MIT
// t_glass_words.c - the words of the glass machine's reports: filled in, and laid out in 80 columns.
//
// SOURCES: machine/*.c machine/board/*.c machine/hart/*.c machine/mmu/*.c machine/time/*.c
// SOURCES: machine/check/*.c machine/sight/*.c machine/words/*.c kernel/pt/read/translate.c
#include "test.h"

#include "machine.h"
#include "words/words.h"

static struct text text;
static struct sight sight;
static struct machine machine;

static const char *
say(enum word word, uint64 a, uint64 b)
{
    static struct fact f;
    struct speaker s = {&machine, ENGLISH, 5000};
    machine.sight = &sight;
    f = (struct fact){.word = word, .arg = {a, b}};
    text.used = 0;
    words_fact(&s, &f, &text);
    return text.bytes;
}

static const char *
part(const char *head, const char *words)
{
    text.used = 0;
    text_part(&text, head, words);
    return text.bytes;
}

static void
test_numbers(void)
{
    CHECK_STR(say(WORD_AGO, 1, 0), "1 instruction ago");
    CHECK_STR(say(WORD_AGO, 1234567, 0), "1,234,567 instructions ago");
    CHECK_STR(say(WORD_AGO, 100, 0), "100 instructions ago");
    CHECK_STR(say(WORD_USER_CODE, 0xdeadbeef, 0), "user code at 0xdeadbeef");
    CHECK_STR(say(WORD_TRAP_ADDRESS, 13, 0x1000), "load page fault at address 0x1000");
    CHECK_STR(say(WORD_TRAP_ADDRESS, 99, 0), "trap at address 0x0");
    CHECK_STR(say(WORD_UNMAP_RANGE, 1, 0x2000), "the range to be unmapped: 1 page from 0x2000 on");
}

static void
test_lines(void)
{
    char long_one[200] = "";
    CHECK_STR(part("  do:", "one two"), "  do:    one two\n");
    CHECK_STR(part("glass:", "one two"), "glass: one two\n");
    CHECK_STR(part("  do:", "one  two "), "  do:    one two\n");
    for (int i = 0; i < 16; i++)
        strcat(long_one, i == 0 ? "abcd" : " abcd");
    part("  do:", long_one); // 14 words of 5 columns fit behind column 9
    CHECK_EQ(strcspn(text.bytes, "\n"), 9 + 14 * 5 - 1);
    CHECK_STR(strchr(text.bytes, '\n'), "\n         abcd abcd\n");
    memset(long_one, 'x', 90);
    long_one[90] = '\0';
    CHECK_EQ(strcspn(part("  do:", long_one), "\n"), 99); // a word is never cut
}

// 36 characters of two columns: 35 fit behind column 9; no line begins with a comma.
static void
test_wide(void)
{
    char words[200] = "";
    for (int i = 0; i < 36; i++)
        strcat(words, "页");
    part("  建议:", words);
    CHECK_EQ(strcspn(text.bytes, "\n"), strlen("  建议:  ") + 35 * 3);
    CHECK_STR(strchr(text.bytes, '\n'), "\n         页\n");
    words[35 * 3] = '\0';
    strcat(words, "), 页");
    part("  建议:", words);
    CHECK_STR(strchr(text.bytes, '\n'), "\n         页), 页\n");
}

// How often the places of a sentence are filled from each argument, or by name.
static void
count_places(const char *p, unsigned count[16])
{
    for (; (p = strchr(p, '{')) != NULL; p++) {
        unsigned n = p[1] >= '0' && p[1] <= '9' ? (unsigned)(p[1] - '0') : 10;
        if (strncmp(p + 2, ":s}", 3) != 0) // English alone has a plural
            count[n]++;
        CHECK(strchr(p, '}') != NULL);
        if (!words_place_known(p + 1))
            printf("no value is known for %s\n", p);
        CHECK(words_place_known(p + 1));
    }
}

// Both languages say the same values, and each place is one that the catalogue's head lists.
static void
test_catalogue(void)
{
    CHECK(words_place_known("0:size}") && words_place_known("7}") && words_place_known("walk}"));
    CHECK(!words_place_known("0:sizes}") && !words_place_known("walks}"));
    for (unsigned w = 1; w < WORDS; w++) {
        unsigned en[16] = {0}, zh[16] = {0};
        count_places(word_pattern((enum word)w, ENGLISH).bytes, en);
        count_places(word_pattern((enum word)w, CHINESE).bytes, zh);
        for (unsigned i = 0; i < 11; i++) {
            bool both = (en[i] != 0) == (zh[i] != 0);
            if (!both)
                printf("%s\n", word_pattern((enum word)w, ENGLISH).bytes);
            CHECK(both);
        }
    }
}

// Each sentence comes out of its packed form as the catalogue has it.
static void
test_packed(void)
{
    CHECK_STR(word_pattern(WORD_NONE, ENGLISH).bytes, "");
#define WORD(id, en, zh)                                                                           \
    CHECK_STR(word_pattern(WORD_##id, ENGLISH).bytes, en);                                         \
    CHECK_STR(word_pattern(WORD_##id, CHINESE).bytes, zh);
#include "words/words.def"
#undef WORD
}

// Text that does not fit is cut, and ends.
static void
test_cut(void)
{
    text.used = 0;
    for (unsigned i = 0; i < TEXT_MAX; i++)
        text_add(&text, "abc");
    CHECK_EQ(strlen(text.bytes), TEXT_MAX - 1);
}

int
main(void)
{
    test_numbers();
    test_lines();
    test_wide();
    test_catalogue();
    test_packed();
    test_cut();
    return test_done();
}
