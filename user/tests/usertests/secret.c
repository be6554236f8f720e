// SPDX-License-Identifier: MIT
// secret.c - sub-tests: no process finds data of another one in new memory.
//
// Theory    A process fills much of memory with a word and exits. Another one then gets memory in
//           every way there is, and must not find the word.
#include "t.h"

#define SIZE   (8 * MIB)
#define SECRET 0x7365637265747321UL
#define FAILED ((char *)-1)

static void
leave_secrets(long unused)
{
    uint64 *word = (uint64 *)t_grow(SIZE);
    int p[2];

    (void)unused;
    for (uint i = 0; i < SIZE / sizeof(*word); i++)
        word[i] = SECRET;
    want(pipe(p) == 0 && write(p[1], word, 512) == 512, "pipe");
    exit(0);
}

// Checks that no word of [at, at + n) is the secret.
static void
search(const void *at, uint n, const char *where)
{
    const uint64 *word = at;

    for (uint i = 0; i < n / sizeof(*word); i++)
        want(word[i] != SECRET, "another process's memory shows at %p, %s", &word[i], where);
}

static void
search_heap(long lazy)
{
    char *at = lazy ? sys_sbrk(SIZE, SBRK_LAZY) : t_grow(SIZE);

    want(at != FAILED, "no memory");
    search(at, SIZE, lazy ? "in a lazy heap" : "in a heap");
    exit(0);
}

static void
search_mapping(long how)
{
    char *at = mmap(0, SIZE, PROT_READ | PROT_WRITE, (int)how | MAP_ANONYMOUS, -1, 0);

    want(at != FAILED, "no memory");
    search(at, SIZE, how == MAP_SHARED ? "in shared memory" : "in private memory");
    exit(0);
}

// fstat() writes the fields of struct stat, and no secret between them.
static void
t_secretstat(void)
{
    const char *paths[] = {".", "/README", "/console", "/init"};

    for (int i = 0; i < (int)(sizeof(paths) / sizeof(paths[0])); i++) {
        struct stat st;
        int fd = t_open(paths[i], O_RDONLY);
        memset(&st, 0xff, sizeof(st));
        want(fstat(fd, &st) == 0, "fstat of %s", paths[i]);
        want(st.unused == 0, "fstat of %s brings 0x%x along", paths[i], st.unused);
        close(fd);
    }
}

static void
search_stack(long unused)
{
    char deep[40000];

    (void)unused;
    search((char *)(((uint64)deep + 7) & ~7UL), sizeof(deep) - 8, "in a stack");
    exit(0);
}

// A file's last page ends with zeroes, and so does the page at USYSCALL.
static void
search_ends(long unused)
{
    static char buf[PAGE] __attribute__((aligned(8)));
    int fd;
    char *at;

    (void)unused;
    t_put("f", 100, 1);
    fd = t_open("f", O_RDONLY);
    at = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    want(at != FAILED, "mmap of a file");
    search(at, PAGE, "behind the end of a file");
    want(read(fd, buf, PAGE) == 100, "read");
    search(buf, PAGE, "in a buffer");
    search((void *)USYSCALL, PAGE, "in the page at USYSCALL");
    close(fd);
    t_remove("f");
    exit(0);
}

static void
t_secrets(void)
{
    static const struct {
        void (*find)(long);
        long arg;
    } ways[] = {
        {search_heap, 0},
        {search_heap, 1},
        {search_mapping, MAP_PRIVATE},
        {search_mapping, MAP_SHARED},
        {search_stack, 0},
        {search_ends, 0},
    };

    for (uint i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        want(t_status(leave_secrets, 0) == 0, "the secrets were not left");
        want(t_status(ways[i].find, ways[i].arg) == 0, "way %u", i);
    }
}

const struct test secret_tests[] = {
    TEST(secrets, 0),
    TEST(secretstat, 0),
    {0, 0, 0},
};
