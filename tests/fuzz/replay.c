// SPDX-License-Identifier: MIT
// replay.c - runs a fuzzer's entry point without a fuzzer: every file named, then seeded mutations.
//
// usage: PROGRAM [-r MUTATIONS] [-s SEED] FILE...
//
// Promises  Seed and files determine the inputs. Each input is in a heap block of exactly its size,
//           so that the sanitizer sees a read past the end. Each mutation is written to
//           replay.crash beside the program before it runs, so that a crash leaves its cause.
// Next      tools/hosttest.py
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    uint8_t *data;
    size_t size;
};

static uint64_t state;
static const char *crashfile;

// A small xorshift generator: a number below n, which is not 0.
static uint64_t
below(uint64_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % n;
}

static void
die(const char *what)
{
    perror(what);
    exit(2);
}

static struct input
slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        die(path);
    struct input in = {.size = (size_t)ftell(f)};
    in.data = malloc(in.size ? in.size : 1);
    rewind(f);
    if (!in.data || fread(in.data, 1, in.size, f) != in.size)
        die(path);
    fclose(f);
    return in;
}

// Leaves the input where it can be found when the entry point does not return.
static void
note(const struct input *in)
{
    FILE *f = fopen(crashfile, "wb");
    if (!f || fwrite(in->data, 1, in->size, f) != in->size)
        die(crashfile);
    fclose(f);
}

// Changes one thing about a random place: a bit, a byte, an edge value, a run copied from elsewhere.
static void
mutate_once(struct input *in)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    if (!in->size)
        return;
    size_t at = below(in->size), from = below(in->size);
    size_t len = 1 + below(16);
    if (len > in->size - (at > from ? at : from))
        len = in->size - (at > from ? at : from);
    switch (below(5)) {
    case 0:
        in->data[at] ^= (uint8_t)(1u << below(8));
        break;
    case 1:
        in->data[at] = (uint8_t)below(256);
        break;
    case 2:
        memset(in->data + at, edges[below(sizeof(edges))], len);
        break;
    case 3:
        memmove(in->data + at, in->data + from, len);
        break;
    default:
        in->size = at;
    }
}

// A fresh copy of the seed with one to eight changes, in a block of exactly its size.
static struct input
mutation(const struct input *seed)
{
    struct input in = {malloc(seed->size ? seed->size : 1), seed->size};
    if (!in.data)
        die("malloc");
    memcpy(in.data, seed->data, seed->size);
    for (uint64_t n = 1 + below(8); n; n--)
        mutate_once(&in);
    uint8_t *exact = realloc(in.data, in.size ? in.size : 1);
    if (!exact)
        die("realloc");
    in.data = exact;
    return in;
}

static void
run_mutations(const struct input *seeds, int nseeds, long count)
{
    for (long i = 0; i < count; i++) {
        struct input in = mutation(&seeds[below((uint64_t)nseeds)]);
        note(&in);
        LLVMFuzzerTestOneInput(in.data, in.size);
        free(in.data);
    }
}

// Without a corpus the mutations start from a block of zeros.
static struct input *
read_seeds(char **paths, int *n)
{
    struct input *seeds = calloc((size_t)*n + 1, sizeof(*seeds));
    if (!seeds)
        die("calloc");
    for (int i = 0; i < *n; i++)
        seeds[i] = slurp(paths[i]);
    if (*n == 0) {
        seeds[0] = (struct input){calloc(1, 512), 512};
        *n = 1;
    }
    return seeds;
}

int
main(int argc, char **argv)
{
    long rounds = 0, seed = 1;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
        *(argv[i][1] == 'r' ? &rounds : &seed) = atol(argv[i + 1]);
    state = 0x9e3779b97f4a7c15u ^ (uint64_t)seed;
    static char path[4096];
    snprintf(path, sizeof(path), "%s.crash", argv[0]);
    crashfile = path;

    int n = argc - i;
    struct input *seeds = read_seeds(argv + i, &n);
    for (int k = 0; k < n; k++) {
        note(&seeds[k]);
        LLVMFuzzerTestOneInput(seeds[k].data, seeds[k].size);
    }
    run_mutations(seeds, n, rounds);
    remove(crashfile);
    for (int k = 0; k < n; k++)
        free(seeds[k].data);
    free(seeds);
    printf("%d inputs, %ld mutations\n", n, rounds);
    return 0;
}
