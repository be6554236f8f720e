// SPDX-License-Identifier: MIT
// packwords.c - writes the sentences of machine/words/words.def in a form of half the size, as C.
//
// Theory    Byte-pair encoding: the pair of bytes that occurs most often gets a byte that the text
//           does not use, until no pair pays or no byte is left. Pairs may contain such bytes.
//           Zero ends a sentence and is in no pair, so that each sentence can be read alone.
// Next      word_pattern() in machine/words/words.c, which reads it
#include <stdio.h>
#include <string.h>

static const char english[] = "\0" // WORD_NONE
#define WORD(id, en, zh) en "\0"
#include "words/words.def"
#undef WORD
    ;
static const char chinese[] = "\0"
#define WORD(id, en, zh) zh "\0"
#include "words/words.def"
#undef WORD
    ;

#define BYTES 256
#define PAYS  4 // a pair costs two bytes in the table and saves one at each place

struct pairs {
    unsigned char of[BYTES][2]; // what a byte stands for; {0, 0}: itself
};

// Finds the most frequent pair of the text. Returns how often it occurs.
static unsigned
most_frequent(const unsigned char *text, size_t n, unsigned char pair[2])
{
    static unsigned count[BYTES][BYTES];
    memset(count, 0, sizeof(count));
    unsigned most = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (text[i] == 0 || text[i + 1] == 0 || ++count[text[i]][text[i + 1]] <= most)
            continue;
        most = count[text[i]][text[i + 1]];
        pair[0] = text[i];
        pair[1] = text[i + 1];
    }
    return most;
}

// Puts `byte` in the place of each pair. Returns the new length.
static size_t
replace(unsigned char *text, size_t n, const unsigned char pair[2], unsigned char byte)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        int found = i + 1 < n && text[i] == pair[0] && text[i + 1] == pair[1];
        text[to++] = found ? byte : text[i];
        i += (size_t)found;
    }
    return to;
}

// Packs the text where it stands. Returns its new length.
static size_t
pack(unsigned char *text, size_t n, struct pairs *pairs)
{
    unsigned char pair[2] = {0, 0};
    for (unsigned byte = 1; byte < BYTES; byte++) {
        if (memchr(text, (int)byte, n) != NULL)
            continue;
        if (most_frequent(text, n, pair) < PAYS)
            break;
        n = replace(text, n, pair, (unsigned char)byte);
        memcpy(pairs->of[byte], pair, sizeof(pair));
    }
    return n;
}

// Writes the text `words` of n bytes, packed, as `name` and its pairs as `name`_pairs.
static void
write_packed(const char *name, const char *words, size_t n)
{
    static unsigned char text[sizeof(english) + sizeof(chinese)];
    struct pairs pairs = {0};
    memcpy(text, words, n);
    n = pack(text, n, &pairs);
    printf("static const unsigned char %s[] = {", name);
    for (size_t i = 0; i < n; i++)
        printf("%s%u,", i % 32 == 0 ? "\n" : "", text[i]);
    printf("\n};\nstatic const unsigned char %s_pairs[%d][2] = {", name, BYTES);
    for (unsigned i = 0; i < BYTES; i++)
        printf("%s{%u,%u},", i % 16 == 0 ? "\n" : "", pairs.of[i][0], pairs.of[i][1]);
    printf("\n};\n");
}

int
main(void)
{
    write_packed("english", english, sizeof(english));
    write_packed("chinese", chinese, sizeof(chinese));
    return fflush(stdout) != 0 || ferror(stdout);
}
