// SPDX-License-Identifier: MIT
// t_ush.c - the shell's parser and expansion: the tree of many lines, the expansion of words, and
// hundreds of thousands of random lines with and without memory: a tree or a message, no more.
//
// SOURCES: user/ulib/sort.c
// CFLAGS: -Ikernel
#include "test.h"

static void *(*const host_realloc)(void *, size_t) = realloc;
static void (*const host_free)(void *) = free;
static int (*const host_print)(char *, size_t, const char *, ...) = snprintf;

#include "uland.h"
#include "../../user/ulib/string.c"
#include "../../user/ulib/strmore.c"
#include "../../user/ulib/format.c"
#include "../../user/ulib/snprintf.c"
#include "../../user/ulib/glob.c"
#include "../../user/ulib/file.c"
#include "../../user/sh/parse.c"
#include "../../user/sh/expand.c"
#include "../../user/sh/names.c"
#include "ufiles.h"

const char *
tr(const char *en)
{
    return en;
}

// Memory that gives out after a number of requests; -1: never.
static long memory_left = -1;

static bool
out_of_memory(void)
{
    if (memory_left == 0)
        return true;
    memory_left -= memory_left > 0;
    return false;
}

// A pool whose pieces are apart, so that the sanitizer sees the end of each.
static void *pieces[4096];
static int npieces;

void *
pool_get(unsigned long n)
{
    void *p = out_of_memory() || npieces == 4096 ? 0 : host_realloc(0, n);

    if (!p)
        return 0;
    pieces[npieces++] = p;
    return u_memset(p, 0, n);
}

char *
pool_string(const char *s, unsigned long n)
{
    char *p = pool_get(n + 1);

    return p ? u_memmove(p, s, n) : 0;
}

void
pool_reset(void)
{
    while (npieces > 0)
        host_free(pieces[--npieces]);
}

void *
u_malloc(unsigned long n)
{
    return host_realloc(0, n);
}

bool
text_add(struct text *t, const char *s, unsigned long n)
{
    char *p = out_of_memory() ? 0 : host_realloc(t->p, t->len + n + 1);

    if (!p)
        return false;
    t->p = p;
    u_memmove(p + t->len, s, n);
    t->len += n;
    p[t->len] = 0;
    return true;
}

void
text_free(struct text *t)
{
    host_free(t->p);
    *t = (struct text){0};
}

int
u_write(int fd, const void *buf, int n)
{
    (void)fd, (void)buf;
    return n;
}

int
u_getpid(void)
{
    return 42;
}

static char shown[20000];
static int at;

static void
show(const char *s)
{
    at += host_print(shown + at, sizeof(shown) - (size_t)at, "%s", s);
    CHECK(at < (int)sizeof(shown));
}

static void show_list(const struct group *g);

static void
show_command(const struct command *c)
{
    const struct word *w;
    const struct redir *r;
    char head[40];

    if (c->body) {
        show("(");
        show_list(c->body);
        show(")");
    }
    for (w = c->words; w; w = w->next) {
        show("[");
        show(w->s);
        show("]");
    }
    for (r = c->redirs; r; r = r->next) {
        host_print(head, sizeof(head), "{%d%c%x ", r->fd, r->from < 0 ? '<' : '=',
                   (unsigned)(r->from < 0 ? r->flags : r->from));
        show(head);
        show(r->from < 0 ? r->file : "");
        show("}");
    }
}

static void
show_list(const struct group *g)
{
    const struct pipeline *p;
    const struct command *c;

    for (; g; g = g->next) {
        for (p = g->first; p; p = p->next) {
            show(p->joint == IF_TRUE ? "&&" : p->joint == IF_FALSE ? "||" : "");
            show(p->negated ? "!" : "");
            for (c = p->first; c; c = c->next) {
                show_command(c);
                show(c->next ? "|" : "");
            }
        }
        show(g->background ? "&" : ";");
    }
}

// The tree of a line as text, or the message.
static const char *
tree(const char *line)
{
    struct group *g;
    const char *error = parse_line(line, &g);

    at = 0;
    shown[0] = 0;
    if (error)
        return error;
    show_list(g);
    return shown;
}

#define TREE(line, want)                                                                           \
    do {                                                                                           \
        CHECK_STR(tree(line), want);                                                               \
        pool_reset();                                                                              \
    } while (0)

static void
test_trees(void)
{
    TREE("", "");
    TREE("   # nothing", "");
    TREE("echo a  b", "[echo][a][b];");
    TREE("a;b & c", "[a];[b]&[c];");
    TREE("a|b|c && d || ! e|f;", "[a]|[b]|[c]&&[d]||![e]|[f];");
    TREE("(a; b) | c", "([a];[b];)|[c];");
    TREE("( (a)&b ) >x", "(([a];)&[b];){1<601 x};");
    TREE("a>x<y>>z", "[a]{1<601 x}{0<0 y}{1<1201 z};");
    TREE("a 2>x 2>&1 b", "[a][b]{2<601 x}{2=1 };");
    TREE("a2>x", "[a2]{1<601 x};");
    TREE("echo 'a b'\"c'd\"e\\ f", "[echo]['a b'\"c'd\"e\\ f];");
    TREE("echo a#b #c", "[echo][a#b];");
    TREE("a&&b", "[a]&&[b];");
    TREE("! a", "![a];");
    TREE("!a", "[!a];");
    TREE("> x", "{1<601 x};");
    TREE("a >", "syntax error: unexpected end of line");
    TREE("a > >", "syntax error near `>'");
    TREE("a >&x", "syntax error near `&'");
    TREE("a |", "syntax error: unexpected end of line");
    TREE("| a", "syntax error near `|'");
    TREE("a || ", "syntax error: unexpected end of line");
    TREE("a ;; b", "syntax error near `;'");
    TREE("a & ; b", "syntax error near `;'");
    TREE("(a", "syntax error: unexpected end of line");
    TREE("()", "syntax error near `)'");
    TREE("a)", "syntax error near `)'");
    TREE("(a) b", "syntax error near `b'");
    TREE("a (b)", "syntax error near `('");
    TREE("echo 'x", "syntax error: quote not closed");
    TREE("echo \"x\\\"", "syntax error: quote not closed");
}

static void
test_depth(void)
{
    char line[400];
    int n;

    for (n = 1; n < 150; n++) {
        u_memset(line, '(', (unsigned long)n);
        line[n] = 'a';
        u_memset(line + n + 1, ')', (unsigned long)n);
        line[2 * n + 1] = 0;
        CHECK_EQ(tree(line) == shown, n <= MAX_DEPTH);
        pool_reset();
    }
}

// The arguments that a line of words becomes, with | between them.
static const char *
words(const char *line)
{
    struct group *g;
    char **v;

    if (parse_line(line, &g) || !g)
        return "?";
    at = 0;
    shown[0] = 0;
    v = expand_words(g->first->first->words);
    for (; v && *v; v++) {
        show(*v);
        show(v[1] ? "|" : "");
    }
    return v ? shown : "no memory";
}

#define WORDS(line, want)                                                                          \
    do {                                                                                           \
        CHECK_STR(words(line), want);                                                              \
        pool_reset();                                                                              \
    } while (0)

static void
test_words(void)
{
    static char *args[] = {"script", "first", "*", ""};

    values.args = args;
    values.nargs = 4;
    values.status = -7;
    WORDS("echo 'a  b' \"c\"d e\\ f", "echo|a  b|cd|e f");
    WORDS("\"\" '' x", "||x");
    WORDS("$? \"$?\" '$?' \\$?", "-7|-7|$?|$?");
    WORDS("$0 $1 \"$2\" $2 $# $$ $x $", "script|first|*|*|3|42|$x|$");
    WORDS("x $3 y \"$3\" $9", "x|y|");
    WORDS("\"a\\\"b\\$\\n\"", "a\"b$\\n");
    WORDS("*", "a*c|abc|b|dir|other|x y");
    WORDS("a*c a?c a[b]c '*' \\* \"a\"*", "a*c|abc|a*c|abc|abc|*|*|a*c|abc");
    WORDS("a\\*c 'a*'? z* .h* [!a]", "a*c|a*c|z*|.hidden|b");
    WORDS("dir/* */one */ d*/t* dir/.*",
          "dir/one|dir/two|dir/one|other/one|dir/|other/|dir/two|dir/.secret");
    WORDS("b/* abc/", "b/*|abc/");
}

static void
random_line(char *line, int max)
{
    static const char *const parts[] = {"a", "*", "dir/", "'",  "\"", "\\",  "|",  "&", ";",  "(",
                                        ")", "<", ">",    ">>", "2>", "&1",  "!",  "#", "$?", "$1",
                                        " ", " ", " ",    "b",  "?",  "[a]", "&&", "||"};
    int n = 0, i, count = (int)rnd_below(30);
    const char *s;

    for (i = 0; i < count; i++)
        for (s = parts[rnd_below(sizeof(parts) / sizeof(parts[0]))]; *s && n < max - 1;)
            line[n++] = *s++;
    line[n] = 0;
}

static void
expand_all(const struct group *g)
{
    const struct pipeline *p;
    const struct command *c;
    const struct redir *r;

    for (; g; g = g->next)
        for (p = g->first; p; p = p->next)
            for (c = p->first; c; c = c->next) {
                expand_all(c->body);
                expand_words(c->words);
                for (r = c->redirs; r; r = r->next)
                    if (r->from < 0)
                        expand_word(r->file);
            }
}

static void
test_random(void)
{
    unsigned long good = 0;
    const char *error;
    struct group *g;
    char line[200];
    int i;

    for (i = 0; i < 300000; i++) {
        random_line(line, sizeof(line));
        memory_left = rnd_below(3) ? -1 : (long)rnd_below(40);
        error = parse_line(line, &g);
        CHECK(!error || *error);
        if (!error) {
            expand_all(g);
            good++;
        }
        memory_left = -1;
        pool_reset();
    }
    CHECK(good > 1000);
}

int
main(void)
{
    test_trees();
    test_depth();
    test_words();
    test_random();
    return test_done();
}
