// SPDX-License-Identifier: MIT
// console.c - the terminal: kernel messages, and lines for those who read it.
//
// Theory    The interrupt handler feeds the line editor and appends finished lines to a ring of
//           records, each a length and so many bytes; a record of no bytes is an end of file. While
//           the ring could not take another line, the port is not read, and its own flow control
//           holds the sender: typing ahead loses nothing.
// Promises  A message of the kernel and each chunk of a process's write is printed whole.
//           A read that fails takes nothing: the line stays for the next reader.
//           ^C drops the line that is being typed and the lines that nobody has begun to read.
// Locks     cons.lock (RANK_CONSOLE): editor and ring. print_lock (RANK_PRINT): the port's output.
// Next      dev/lineedit.c, dev/uart.c
#include "dev/console.h"

#include "abi/errno.h"
#include "dev/lineedit.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "dev/uart.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "sync/spinlock.h"
#include "sync/thread.h"
#include "sync/waitq.h"

#define RING   8192 // bytes of lines typed ahead; a power of two
#define LENGTH 2    // bytes that a record's length takes
#define CHUNK  256  // bytes of a process's write that are printed at a time
#define KEYS   32

static struct spinlock print_lock;

// Protection: [l] lock  [i] before input is enabled
static struct {
    struct spinlock lock;
    struct waitq readers;
    struct lineedit edit;       // [l]
    uint8 ring[RING];           // [l]
    uint32 head, tail;          // [l] bytes ever taken and put; a record starts at head
    bool reading;               // [l] a reader is copying the first record
    bool full;                  // [l] the port is not read
    void (*hotkey[KEYS])(void); // [i]
    void (*interrupt)(void);    // [i] what ^C does
} cons;

static void
print_begin(void)
{
    acquire(&print_lock);
}

static void
print_end(void)
{
    release(&print_lock);
}

static const struct print_sink console_sink = {print_begin, uart_write, print_end};

static void
print(const char *s, size_t n)
{
    acquire(&print_lock);
    uart_write(s, n);
    release(&print_lock);
}

static void
ring_put(const void *src, size_t n)
{
    const uint8 *s = src;
    for (size_t i = 0; i < n; i++)
        cons.ring[(cons.tail + i) % RING] = s[i];
    cons.tail += (uint32)n;
}

// Copies n bytes that start `off` bytes after the head.
static void
ring_peek(void *dst, uint32 off, size_t n)
{
    uint8 *d = dst;
    for (size_t i = 0; i < n; i++)
        d[i] = cons.ring[(cons.head + off + i) % RING];
}

// Removes the first n bytes of the first record, whose length is `len`; the rest becomes the
// record.
static void
ring_take(uint16 len, size_t n)
{
    uint16 left = (uint16)(len - n);
    cons.head += (uint32)n;
    if (left == 0) {
        cons.head += LENGTH;
        return;
    }
    cons.ring[cons.head % RING] = left & 0xff;
    cons.ring[(cons.head + 1) % RING] = left >> 8;
}

static uint16
ring_length(void)
{
    uint8 b[LENGTH];
    ring_peek(b, 0, LENGTH);
    return (uint16)(b[0] | b[1] << 8);
}

// Drops all lines but the one that a reader is copying.
static void
ring_drop(void)
{
    cons.tail = cons.reading ? cons.head + LENGTH + ring_length() : cons.head;
}

static bool
ring_has_room(void)
{
    return RING - (cons.tail - cons.head) >= LENGTH + LINE_MAX;
}

// Hands the editor's line to the readers.
// Locks     cons.lock is held.
static void
line_done(void)
{
    uint8 length[LENGTH] = {cons.edit.len & 0xff, (uint8)(cons.edit.len >> 8)};
    ring_put(length, LENGTH);
    ring_put(cons.edit.line, cons.edit.len);
    lineedit_clear(&cons.edit);
    wakeup_one(&cons.readers);
}

// Prints what the editor has to print.
// Locks     cons.lock is held.
static void
print_echo(void)
{
    if (cons.edit.necho > 0)
        print(cons.edit.echo, cons.edit.necho);
    cons.edit.necho = 0;
}

// Serves a hotkey, whose output stands between two copies of the line that is being typed.
// Locks     cons.lock is held, and released meanwhile: what the output is about may be locked
//           before the console.
static void
hotkey(char key)
{
    void (*pressed)(void) = cons.hotkey[key % KEYS];
    if (!pressed)
        return;
    release(&cons.lock); // see above; this interrupt stays the only one that feeds the editor
    print("\n", 1);
    pressed();
    acquire(&cons.lock);
    lineedit_redraw(&cons.edit);
    print_echo();
}

// Serves ^C. The lines are dropped before the processes learn of it, so that none reads one of them
// afterwards; the readers are woken last, when those that are to end are marked.
// Locks     as hotkey().
static void
interrupt_key(void)
{
    ring_drop();
    release(&cons.lock); // see hotkey()
    if (cons.interrupt)
        cons.interrupt();
    acquire(&cons.lock);
    wakeup(&cons.readers);
}

// Takes one byte from the keyboard.
// Locks     cons.lock is held.
static void
input(uint8 c)
{
    enum line_event event = lineedit_feed(&cons.edit, c);
    print_echo();
    if (event == LINE_INTERRUPT)
        interrupt_key();
    else if (event == LINE_KEY)
        hotkey(cons.edit.key);
    else if (event != LINE_MORE)
        line_done();
}

// The port's interrupt: takes what has arrived as long as there is room for it.
static void
console_intr(void *arg)
{
    (void)arg;
    acquire(&cons.lock);
    while (!cons.full) {
        if (!ring_has_room()) {
            cons.full = true;
            uart_listen(false);
            break;
        }
        int c = uart_getc();
        if (c < 0)
            break;
        input((uint8)c);
    }
    release(&cons.lock);
}

// Makes the port the place that printf writes to.
// Returns   0; -ENODEV when the port cannot be reached, and then printf is left as it was.
int
console_init(const struct machine *m)
{
    int err = uart_init(m);
    if (err)
        return err;
    initlock(&print_lock, "print", RANK_PRINT);
    printf_set_sink(&console_sink);
    return 0;
}

// Lets input arrive.
// Returns   0; -EINVAL when the port has no interrupt.
int
console_listen(const struct machine *m)
{
    initlock(&cons.lock, "console", RANK_CONSOLE);
    waitq_init(&cons.readers, "console");
    lineedit_init(&cons.edit);
    int err = irq_register(m->uart.irq, console_intr, NULL);
    if (err)
        return err;
    uart_listen(true);
    return 0;
}

void
console_set_hotkey(char key, void (*pressed)(void))
{
    cons.hotkey[key % KEYS] = pressed;
}

// Names the function that acts on ^C. It runs in an interrupt with no lock held and must not sleep.
void
console_set_interrupt(void (*interrupt)(void))
{
    cons.interrupt = interrupt;
}

// Waits until there is a record and nobody else is copying it.
// Returns   0; -EINTR when *interrupted is set, or when the process is killed.
// Locks     cons.lock is held; on success the caller has the record to itself.
// Sleeps    yes
static int
await_record(const uint32 *interrupted)
{
    while (cons.reading || cons.head == cons.tail) {
        if (__atomic_load_n(interrupted, __ATOMIC_RELAXED)) // set before the wakeup for ^C
            return -EINTR;
        int err = sleep(&cons.readers, &cons.lock);
        if (err)
            return err;
    }
    cons.reading = true;
    return 0;
}

// Lets the next reader come, and the port be read again if there is room now.
// Locks     cons.lock is held.
static void
end_record(void)
{
    cons.reading = false;
    if (cons.head != cons.tail)
        wakeup_one(&cons.readers);
    if (cons.full && ring_has_room()) {
        cons.full = false;
        uart_listen(true);
    }
}

// Reads at most one line, or what is left of it.
// Returns   bytes read; 0 at an end of file; -EINTR when killed, or when no line is there and ^C has
//           set *interrupted; -EFAULT, the line being left as it was.
// Sleeps    until a line has been typed.
int64
console_read(struct iobuf dst, size_t n, const uint32 *interrupted)
{
    char line[LINE_MAX];
    if (n == 0)
        return 0;
    acquire(&cons.lock);
    int err = await_record(interrupted);
    if (err) {
        wakeup_one(&cons.readers); // the one that woke this reader may have been meant for another
        release(&cons.lock);
        return err;
    }
    uint16 len = ring_length();
    n = n < len ? n : len;
    ring_peek(line, LENGTH, n);
    release(&cons.lock); // user memory may fault; `reading` keeps the record
    err = iobuf_write(dst, 0, line, n);
    acquire(&cons.lock);
    if (!err)
        ring_take(len, n);
    end_record();
    release(&cons.lock);
    return err ? err : (int64)n;
}

// Writes to the terminal.
// Returns   bytes written, fewer than n when the rest cannot be read or the process is killed; -EFAULT
//           when nothing can be read.
// Sleeps    when user memory faults.
int64
console_write(struct iobuf src, size_t n)
{
    char chunk[CHUNK];
    size_t done = 0;
    while (done < n) {
        size_t part = n - done < CHUNK ? n - done : CHUNK;
        int err = iobuf_read(chunk, src, done, part);
        if (err)
            return done ? (int64)done : err;
        print(chunk, part);
        done += part;
        if (done < n && preempt_point() < 0)
            break;
    }
    return (int64)done;
}
