// SPDX-License-Identifier: MIT
// string.c - memory and strings.
//
// Theory    Memory is moved in aligned 8-byte words, 64 bytes a turn. Where source and destination
//           are aligned differently, words of the destination are put together from two words of
//           the source by shifts, because a misaligned access may trap on some machines.
// Promises  no byte outside the arguments is read or written.
// Next      lib/page.c for whole pages
#include "lib/string.h"

typedef uint64 __attribute__((may_alias)) word;

#define WORD      8
#define TURN      (8 * WORD)
#define WORDWISE  16                   // shorter blocks are not worth the alignment
#define phase(p)  ((uint64)(p) % WORD) // an address taken apart, not an access
#define ALL_BYTES 0x0101010101010101UL

// Copies n whole words between aligned blocks, upwards. Inlined: memcpy() then saves few registers.
__attribute__((always_inline)) static inline void
words_up(word *d, const word *s, size_t n)
{
    for (; n >= 8; n -= 8, d += 8, s += 8) {
        word a = s[0], b = s[1], c = s[2], e = s[3], f = s[4], g = s[5], h = s[6], i = s[7];
        d[0] = a, d[1] = b, d[2] = c, d[3] = e, d[4] = f, d[5] = g, d[6] = h, d[7] = i;
    }
    for (; n > 0; n--)
        *d++ = *s++;
}

// Copies n whole words between aligned blocks, downwards from the ends given.
static void
words_down(word *d, const word *s, size_t n)
{
    for (; n >= 8; n -= 8) {
        d -= 8, s -= 8;
        word a = s[0], b = s[1], c = s[2], e = s[3], f = s[4], g = s[5], h = s[6], i = s[7];
        d[0] = a, d[1] = b, d[2] = c, d[3] = e, d[4] = f, d[5] = g, d[6] = h, d[7] = i;
    }
    for (; n > 0; n--)
        *--d = *--s;
}

// Fills n > 0 words at the aligned d from the misaligned s, upwards, reading only those 8 * n
// bytes. Not inlined: it needs registers that its callers would have to save on their common paths.
static void __attribute__((noinline)) words_shifted(word *d, const uint8 *s, size_t n)
{
    uint64 have = WORD - phase(s), low = 8 * have, high = 64 - low;
    word carry = 0;
    for (uint64 i = 0; i < have; i++)
        carry |= (word)s[i] << (8 * i);
    const word *w = (const word *)(s + have);
    for (; n > 4; n -= 4, w += 4, d += 4) {
        word a = w[0], b = w[1], c = w[2], e = w[3];
        d[0] = carry | a << low, d[1] = a >> high | b << low;
        d[2] = b >> high | c << low, d[3] = c >> high | e << low;
        carry = e >> high;
    }
    for (; n > 1; n--, w++) {
        *d++ = carry | *w << low;
        carry = *w >> high;
    }
    // Of the last word only `high` bits belong to the source.
    const uint8 *tail = (const uint8 *)w;
    for (uint64 i = have; i < WORD; i++)
        carry |= (word)*tail++ << (8 * i);
    *d = carry;
}

static inline void
bytes_up(uint8 *d, const uint8 *s, size_t n)
{
    while (n-- > 0)
        *d++ = *s++;
}

// memcpy() for blocks that are long enough to align the destination, one of which is misaligned.
static void *__attribute__((noinline)) copy_misaligned(void *dst, const void *src, size_t n)
{
    uint8 *d = dst;
    const uint8 *s = src;
    for (; phase(d) != 0; n--)
        *d++ = *s++;
    size_t whole = n / WORD;
    if (phase(s) == 0)
        words_up((word *)d, (const word *)s, whole);
    else
        words_shifted((word *)d, s, whole);
    bytes_up(d + whole * WORD, s + whole * WORD, n % WORD);
    return dst;
}

// Copies downwards, for blocks that overlap with d > s.
static void __attribute__((noinline)) copy_down(uint8 *d, const uint8 *s, size_t n)
{
    d += n, s += n;
    if (n >= WORDWISE && phase(d) == phase(s)) {
        for (; phase(d) != 0; n--)
            *--d = *--s;
        size_t whole = n / WORD;
        words_down((word *)d, (const word *)s, whole);
        d -= whole * WORD, s -= whole * WORD, n %= WORD;
    }
    while (n-- > 0)
        *--d = *--s;
}

// Copies n bytes upwards, which is right also for blocks that overlap with dst below src.
void *
memcpy(void *dst, const void *src, size_t n)
{
    uint8 *d = dst;
    const uint8 *s = src;
    bool aligned = (phase(d) | phase(s)) == 0;
    if (!aligned && n >= WORDWISE)
        return copy_misaligned(dst, src, n);
    if (aligned) {
        words_up((word *)d, (const word *)s, n / WORD);
        d += n & ~(WORD - 1UL), s += n & ~(WORD - 1UL), n %= WORD;
    }
    bytes_up(d, s, n);
    return dst;
}

// Copies n bytes between blocks that may overlap.
// Returns   dst.
void *
memmove(void *dst, const void *src, size_t n)
{
    if ((uint64)dst - (uint64)src >= n) // addresses: dst below src wraps to a large distance
        return memcpy(dst, src, n);
    copy_down(dst, src, n);
    return dst;
}

// Fills n bytes with (uint8)c.
// Returns   dst.
void *
memset(void *dst, int c, size_t n)
{
    uint8 *d = dst;
    if (n >= WORDWISE) {
        for (; phase(d) != 0; n--)
            *d++ = (uint8)c;
        word v = (uint8)c * ALL_BYTES;
        word *w = (word *)d;
        for (; n >= TURN; n -= TURN, w += 8)
            w[0] = v, w[1] = v, w[2] = v, w[3] = v, w[4] = v, w[5] = v, w[6] = v, w[7] = v;
        for (; n >= WORD; n -= WORD)
            *w++ = v;
        d = (uint8 *)w;
    }
    while (n-- > 0)
        *d++ = (uint8)c;
    return dst;
}

// Compares n bytes as unsigned numbers.
// Returns   0: equal; else the sign tells which is smaller at the first difference.
int
memcmp(const void *a, const void *b, size_t n)
{
    const uint8 *x = a, *y = b;
    if (phase(x) == 0 && phase(y) == 0)
        for (; n >= WORD && *(const word *)x == *(const word *)y; n -= WORD)
            x += WORD, y += WORD;
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

// The length of the string without its NUL.
size_t
strlen(const char *s)
{
    const char *end = s;
    while (*end != '\0')
        end++;
    return (size_t)(end - s);
}

// Compares two strings as unsigned bytes.
// Returns   0: equal; else the sign tells which is smaller at the first difference.
int
strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (uint8)*a - (uint8)*b;
}

// As strcmp(), for at most n bytes.
int
strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++)
        if (*a != *b || *a == '\0')
            return (uint8)*a - (uint8)*b;
    return 0;
}

// Finds the first c in the string; the NUL at its end counts.
// Returns   NULL: there is none.
char *
strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (*s == '\0')
            return NULL;
    return (char *)s;
}

// Copies a string, cut to size - 1 bytes, and always terminates it unless size is 0.
// Returns   dst.
char *
safestrcpy(char *dst, const char *src, size_t size)
{
    if (size == 0)
        return dst;
    char *d = dst;
    for (; size > 1 && *src != '\0'; size--)
        *d++ = *src++;
    *d = '\0';
    return dst;
}
