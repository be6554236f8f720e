// SPDX-License-Identifier: MIT
// quiz.c - pgtbl quiz: random questions at the prompt, half of them about tables that are there.
//
// Theory    The answers to questions about processes come from ptwalk(): the kernel's rules decide.
//           A seed chooses the questions, so a class can get one set of questions, or each student
//           another.
#include "quiz.h"

#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/format.h"
#include "ulib/out.h"
#include "ulib/string.h"

#define QUESTIONS 10
#define MOST      1000
#define LINE      80
#define LAST      ((1UL << 38) - 1) // of the addresses of a program

static const char *const verbs[] = {"read", "write", "execute"};

// A process and an address of it that is worth a question: of a leaf, or one page further.
static bool
choose_place(struct dice *d, struct ptwalk *w)
{
    struct table t;
    int leaves = 0, wanted;
    bool found = false;

    w->pid = roll(d, 2) ? 1 : getpid();
    if (table_load(&t, w->pid, 0, 0, LAST))
        return false;
    for (int i = 0; i < t.n; i++)
        leaves += is_leaf(&t.e[i]);
    wanted = leaves ? (int)roll(d, (unsigned long)leaves) : -1;
    for (int i = 0; i < t.n && !found; i++) {
        if (is_leaf(&t.e[i]) && wanted-- == 0) {
            w->va = t.e[i].va + roll(d, t.e[i].size / 8) * 8 + (roll(d, 4) ? 0 : PGSIZE);
            found = w->va <= LAST;
        }
    }
    table_free(&t);
    return found;
}

// The entries of a walk, a line for each.
static void
add_steps(struct question *q, const struct ptwalk *w)
{
    char flags[TEXT];

    for (int i = 0; i < w->reads; i++) {
        unsigned long n = strlen(q->text), pte = w->step[i].pte;
        snprintf(q->text + n, sizeof(q->text) - n, tr("\n  level %d: 0x%lx%s %s"),
                 w->levels - 1 - i, pte, pte & PTE_V ? " v" : "", flags_text(pte, flags));
    }
}

static void
ask_rule(struct dice *d, struct question *q, struct ptwalk *w)
{
    unsigned int access = (unsigned int)roll(d, 3);

    w->how = access | PTW_USER;
    if (ptwalk(w) < 0)
        return;
    snprintf(q->text, sizeof(q->text),
             tr("May user code of process %d %s 0x%lx?\n"
                "ok, or the rule that fails: valid, user, read, write, exec"),
             w->pid, tr(verbs[access]), w->va);
    add_steps(q, w);
    snprintf(q->right, sizeof(q->right), "%s", w->rule);
    snprintf(q->why, sizeof(q->why), "%s", rule_text(w->rule, w->levels));
}

static void
ask_translation(struct question *q, struct ptwalk *w)
{
    bool ok;

    w->how = PTW_READ | PTW_OWN;
    if (ptwalk(w) < 0)
        return;
    ok = strcmp(w->rule, "valid") != 0;
    snprintf(q->text, sizeof(q->text),
             tr("To which physical address does process %d's table lead for 0x%lx?\n"
                "`none' if there is none"),
             w->pid, w->va);
    add_steps(q, w);
    if (ok)
        snprintf(q->right, sizeof(q->right), "0x%lx",
                 PTE2PA(w->step[w->reads - 1].pte) +
                     w->va % (1UL << PXSHIFT(w->levels - w->reads)));
    else
        snprintf(q->right, sizeof(q->right), "none");
    snprintf(q->why, sizeof(q->why), "%s",
             ok ? tr("the leaf's page number, then the bits of the address below its level")
                : rule_text(w->rule, w->levels));
}

// Draws one question. One about a process that cannot be asked becomes one about numbers.
static void
draw(struct dice *d, struct question *q)
{
    struct ptwalk w = {0};

    q->text[0] = 0;
    if (roll(d, 2) && choose_place(d, &w)) {
        if (roll(d, 2))
            ask_rule(d, q, &w);
        else
            ask_translation(q, &w);
    }
    if (!q->text[0])
        quiz_draw_numbers(d, q);
}

// The answer that is typed, in lower case; false at the end of the input.
static bool
read_answer(char *line)
{
    int end;

    printf("> ");
    if (!*gets(line, LINE))
        return false;
    end = (int)strlen(line);
    while (end > 0 && (line[end - 1] == '\n' || line[end - 1] == '\r' || line[end - 1] == ' '))
        end--;
    line[end] = 0;
    for (char *s = line; *s; s++)
        *s = (char)tolower(*s);
    return true;
}

static int
ask_all(unsigned long seed, long count)
{
    struct dice d = {seed};
    struct question q;
    char line[LINE];
    long asked = 0, right = 0;

    for (; asked < count; asked++) {
        draw(&d, &q);
        printf("%ld. %s\n", asked + 1, q.text);
        if (!read_answer(line))
            break;
        if (quiz_right(line, q.right)) {
            right++;
            printf(tr("right: %s\n\n"), q.why);
        } else {
            printf(tr("no, it is %s: %s\n\n"), q.right, q.why);
        }
    }
    printf(tr("seed %lu: %ld of %ld right\n"), seed, right, asked);
    return right == asked ? 0 : 1;
}

int
cmd_quiz(char **args)
{
    unsigned long seed = r_time() % 100000;
    long count = QUESTIONS;

    for (; *args; args++) {
        if (strcmp(*args, "--seed") == 0) {
            if (!*++args || !address(*args, &seed))
                return fail_text("pgtbl", "--seed", "a number must follow");
        } else if (!number(*args, &count) || count < 1 || count > MOST) {
            return fail_text("pgtbl", *args, "a number of questions is expected, 1 to 1000");
        }
    }
    return ask_all(seed, count);
}
