// SPDX-License-Identifier: MIT
// t_console.c - lines go from the port to the readers: whole, in order, and none is lost.
//
// SOURCES: kernel/dev/console/console.c kernel/dev/console/lineedit.c kernel/dev/console/linering.c
// SOURCES: kernel/lib/utf8.c kernel/sync/*.c tests/host/shim/host.c tests/host/shim/memory.c
// SOURCES: tests/host/shim/thread.c
#include "test.h"

#include "abi/errno.h"
#include "dev/console/console.h"
#include "dev/console/lineedit.h"
#include "dev/console/uart.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "lib/printf.h"
#include "shim/memory.h"
#include "shim/thread.h"

// The port: the bytes that will arrive, and those that were printed.
static const char *arriving = "";
static char printed[1 << 20];
static size_t nprinted;
static bool listening;
static irq_handler *handler;
static uint32 interrupted; // how ^C has affected the reader's process
static const struct print_sink *sink;

int
uart_init(const struct machine *m)
{
    return m->uart.size ? 0 : -ENODEV;
}

void
uart_write(const char *s, size_t n)
{
    CHECK(nprinted + n < sizeof(printed));
    memcpy(printed + nprinted, s, n);
    nprinted += n;
}

int
uart_getc(void)
{
    return *arriving ? (uint8)*arriving++ : -1;
}

// As in hardware, a waiting character raises the interrupt as soon as that is enabled.
void
uart_listen(bool on)
{
    listening = on;
}

int
irq_register(uint32 irq, irq_handler *fn, void *arg)
{
    CHECK(!arg);
    handler = fn;
    return irq == 10 ? 0 : -EINVAL;
}

void
printf_set_sink(const struct print_sink *s)
{
    sink = s;
}

static void
interrupt(void)
{
    if (listening && *arriving)
        handler(NULL);
}

static void
type(const char *s)
{
    CHECK_EQ(*arriving, '\0');
    arriving = s;
    interrupt();
}

static int64
read_console(struct iobuf dst, size_t n)
{
    return console_read(dst, n, &interrupted);
}

static void
check_read(size_t n, const char *want)
{
    char buf[1024];
    memset(buf, '#', sizeof(buf));
    CHECK_EQ(read_console(iobuf_kernel(buf), n), strlen(want));
    CHECK_MEM(buf, want, strlen(want));
    CHECK_EQ(buf[strlen(want)], '#');
    interrupt();
}

static void
start(void)
{
    static struct machine m = {.uart = {.size = 8, .irq = 10}};
    static bool started;
    host_on_block = NULL;
    if (started)
        return;
    started = true;
    m.uart.size = 0;
    CHECK_EQ(console_init(&m), -ENODEV);
    CHECK(!sink);
    m.uart.size = 8;
    CHECK_EQ(console_init(&m), 0);
    CHECK(sink);
    CHECK_EQ(console_listen(&m), 0);
    CHECK(listening);
}

static void
test_lines(void)
{
    start();
    type("one\ntwo\nthr");
    check_read(100, "one\n");
    check_read(2, "tw");
    check_read(1, "o");
    check_read(100, "\n");
    type("ee\nend\x04\x04");
    check_read(5, "three");
    check_read(5, "\n");
    check_read(100, "end");
    check_read(100, "");
    CHECK_EQ(read_console(iobuf_kernel(NULL), 0), 0);
    CHECK_MEM(printed, "one\ntwo\nthree\nend", 17);
}

static int
somebody_types(bool killable)
{
    CHECK(killable);
    host_on_block = NULL;
    type("late\n");
    return 0;
}

static int
somebody_kills(bool killable)
{
    CHECK(killable);
    host_on_block = NULL;
    return -EINTR;
}

static void
test_waiting(void)
{
    char buf[8];
    start();
    host_on_block = somebody_types;
    check_read(100, "late\n");
    host_on_block = somebody_kills;
    CHECK_EQ(read_console(iobuf_kernel(buf), 8), -EINTR);
    type("after\n");
    check_read(100, "after\n");
}

static void
test_bad_memory(void)
{
    uint8 memory[3];
    struct aspace as = {memory, sizeof(memory)};
    struct iobuf user = {&as, 0};
    char big[600];
    start();
    type("line\n");
    CHECK_EQ(read_console(user, 5), -EFAULT);
    CHECK_EQ(read_console(user, 3), 3);
    CHECK_MEM(memory, "lin", 3);
    check_read(100, "e\n");
    CHECK_EQ(console_write(user, 4), -EFAULT);
    nprinted = 0;
    CHECK_EQ(console_write(user, 3), 3);
    CHECK_EQ(nprinted, 3);
    as = (struct aspace){(uint8 *)big, sizeof(big)};
    memset(big, 'x', sizeof(big));
    CHECK_EQ(console_write(user, 600), 600);
    CHECK_EQ(nprinted, 603);
    int64 n = console_write(user, 1000);
    CHECK(n > 0 && n <= 600);
    host_killed = true; // a process that has been killed does not print the rest
    n = console_write(user, 600);
    CHECK(n > 0 && n < 600);
    host_killed = false;
}

// Far more than the ring holds is typed before the first read.
static void
test_typing_ahead(void)
{
    static char text[200000];
    size_t len = 0;
    start();
    for (int i = 0; len < sizeof(text) - 100; i++)
        len += (size_t)sprintf(text + len, "line %d %.*s\n", i, (int)rnd_below(60),
                               "qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnmqwertyui");
    nprinted = 0;
    type(text);
    CHECK(!listening);
    CHECK(arriving - text >= 4096);
    for (size_t off = 0; off < len;) {
        char buf[512];
        int64 n = read_console(iobuf_kernel(buf), 1 + rnd_below(100));
        CHECK(n > 0);
        CHECK_MEM(buf, text + off, (size_t)n);
        off += (size_t)n;
        interrupt();
    }
    CHECK(listening);
    CHECK_EQ(nprinted, len);
}

static int pressed;

static void
list_processes(void)
{
    static const char message[] = "<list>";
    pressed++;
    CHECK_EQ(console_write(iobuf_kernel((void *)message), 6), 6); // would hang if a lock were held
}

static void
test_hotkey(void)
{
    start();
    nprinted = 0;
    type("a\x10");
    CHECK_EQ(pressed, 0);
    console_set_hotkey(0x10, list_processes);
    type("b\x10"
         "c\n");
    CHECK_EQ(pressed, 1);
    check_read(100, "abc\n");
    CHECK_EQ(nprinted, 13);
    CHECK_MEM(printed, "ab\n<list>abc\n", 13);
}

static void
mark_reader(void)
{
    interrupted = 1;
    list_processes();
}

static int
somebody_interrupts(bool killable)
{
    CHECK(killable);
    host_on_block = NULL;
    type("\x03");
    return 0;
}

// ^C drops the line that was typed, and ends the read of a process that it marks.
static void
test_interrupt(void)
{
    char buf[8];
    start();
    pressed = 0;
    nprinted = 0;
    console_set_hotkey('C' & 0x1f, mark_reader);
    type("one\ntwo\nthr\x03");
    CHECK_EQ(pressed, 1);
    CHECK_MEM(printed, "one\ntwo\nthr^C\n<list>", nprinted);
    CHECK_EQ(read_console(iobuf_kernel(buf), 8), -EINTR);
    interrupted = 0;
    host_on_block = somebody_interrupts;
    CHECK_EQ(read_console(iobuf_kernel(buf), 8), -EINTR);
    type("after\n");
    check_read(100, "after\n"); // typed text is read although ^C came before it
    interrupted = 0;
    console_set_hotkey('C' & 0x1f, NULL);
}

static char remembered[8];
static const char *keys; // typed when a reader waits

static int
somebody_types_keys(bool killable)
{
    CHECK(killable);
    host_on_block = NULL;
    if (*arriving)
        interrupt(); // the port is read again
    else
        type(keys);
    return 0;
}

static void
check_readline(const char *text, const char *want)
{
    char buf[LINE_MAX];
    host_on_block = somebody_types_keys;
    CHECK_EQ(console_readline(text, iobuf_kernel(buf), sizeof(buf), &interrupted), strlen(want));
    CHECK_MEM(buf, want, strlen(want));
}

// Tab ends a readline, and holds the port until the next one brings the answer: text to insert at the
// cursor, or none, and then the line is shown again. For other readers a tab is a character.
static void
test_completion(void)
{
    start();
    keys = "ca\x1b[D\tt\ts\n";
    check_readline(NULL, "c\t");
    CHECK(!listening);
    CHECK_EQ(*arriving, 't');
    nprinted = 0;
    check_readline("on", "cont\t");
    CHECK_MEM(printed, "ona\bta\b", nprinted);
    nprinted = 0;
    check_readline(NULL, "contsa\n");
    CHECK_MEM(printed, "conta\bsa\ba\n", nprinted);
    CHECK(listening);
    keys = "a\tb\n";
    check_readline(NULL, "a\t");
    host_on_block = somebody_types_keys;
    check_read(100, "ab\n"); // an ordinary reader goes on with the line
    type("c\td\n");
    check_read(100, "c\td\n");
    CHECK_EQ(console_history(1, iobuf_kernel(remembered), 3), 3);
    CHECK_MEM(remembered, "c\td", 3);
    CHECK_EQ(console_readline(NULL, iobuf_kernel(NULL), 0, &interrupted), 0);
    type("e\t"); // behind a prompt, before the reader comes
    keys = "\n";
    check_readline(NULL, "e\t");
    check_readline("nd", "end\n");
    CHECK_EQ(console_history(1000, iobuf_kernel(remembered), 3), -ENOENT);
}

// A message of the kernel goes out as it is, from begin to end.
static void
test_sink(void)
{
    start();
    nprinted = 0;
    sink->begin();
    sink->write("one ", 4);
    sink->write("two", 3);
    sink->end();
    CHECK_EQ(console_write(iobuf_kernel((void *)"!"), 1), 1); // would hang if the lock were held
    CHECK_MEM(printed, "one two!", 8);
}

int
main(void)
{
    test_lines();
    test_waiting();
    test_bad_memory();
    test_typing_ahead();
    test_hotkey();
    test_interrupt();
    test_completion();
    test_sink();
    return test_done();
}
