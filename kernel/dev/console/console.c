// SPDX-License-Identifier: MIT
// console.c - the terminal: kernel messages, and lines for the processes that read it.
//
// Theory    The interrupt handler feeds the line editor and appends finished lines to a ring of
//           records; a record of no bytes is an end of file. While the ring has no room for
//           another line, the port is not read, and its own flow control stops the sender: typing
//           ahead loses nothing.
// Promises  A message of the kernel and each chunk of a process's write is printed whole.
//           A read that fails takes nothing: the line stays for the next reader.
//           ^C drops the line that is being typed and the lines that no reader has begun.
// Locks     cons.lock (RANK_CONSOLE): editor and ring. print_lock (RANK_PRINT): the port's output.
// Next      dev/console/lineedit.c, dev/console/uart.c
#include "dev/console/console.h"

#include "abi/errno.h"
#include "dev/console/lineedit.h"
#include "dev/console/linering.h"
#include "dev/console/uart.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "sync/spinlock.h"
#include "sync/thread.h"
#include "sync/waitq.h"

#define CHUNK  256 // bytes of a process's write that are printed at a time
#define KEYS   32
#define CTRL_C ('C' & 0x1f)

static struct spinlock print_lock;

// Protection: [l] lock  [i] before input is enabled
static struct {
    struct spinlock lock;
    struct waitq readers;
    struct lineedit edit;       // [l]
    struct linering ring;       // [l]
    bool reading;               // [l] a reader is copying the first record
    bool full;                  // [l] the port is not read: the ring is full
    bool asked;                 // [l] the port is not read: Tab waits for console_readline()
    void (*hotkey[KEYS])(void); // [i]
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

// Hands the line up to the cursor and a tab to the readers, and stops reading the port until
// console_readline() brings the answer, so that the answer is inserted where the cursor is now.
// Locks     cons.lock is held.
static void
ask(void)
{
    char text[LINE_MAX];
    memcpy(text, cons.edit.line, cons.edit.cursor);
    text[cons.edit.cursor] = '\t';
    linering_put(&cons.ring, text, cons.edit.cursor + 1);
    cons.asked = true;
    uart_listen(false);
    wakeup_one(&cons.readers);
}

// Prints the editor's echo.
// Locks     cons.lock is held.
static void
print_echo(void)
{
    if (cons.edit.necho > 0)
        print(cons.edit.echo, cons.edit.necho);
    cons.edit.necho = 0;
}

// Serves a hotkey, whose output stands between two copies of the line that is being typed.
// Locks     cons.lock is held, and released meanwhile: the hotkey's function may take locks that
//           rank before the console's.
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

// Serves ^C. The lines are dropped first, so that no process reads one of them after it has been
// interrupted; the readers are woken last, when the processes that have to end are marked.
// Locks     as hotkey().
static void
interrupt_key(void)
{
    linering_drop(&cons.ring, cons.reading);
    release(&cons.lock); // see hotkey()
    if (cons.hotkey[CTRL_C])
        cons.hotkey[CTRL_C]();
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
    else if (event == LINE_TAB)
        ask();
    else if (event == LINE_KEY)
        hotkey(cons.edit.key);
    else if (event != LINE_MORE) {
        linering_put(&cons.ring, cons.edit.line, cons.edit.len);
        lineedit_clear(&cons.edit);
        wakeup_one(&cons.readers);
    }
}

// Handles the port's interrupt: takes the bytes that have arrived, as long as there is room for
// them.
static void
console_intr(void *arg)
{
    (void)arg;
    acquire(&cons.lock);
    while (!cons.full && !cons.asked) {
        if (!linering_has_room(&cons.ring, LINE_MAX)) {
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

// Makes printf write to the port.
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
    int err = irq_register(m->uart.irq, console_intr, NULL);
    if (err)
        return err;
    uart_listen(true);
    return 0;
}

// Names the function that a control key calls ('P' & 0x1f for ^P), after all input has been dropped
// if it is ^C. It runs in an interrupt with no lock held and must not sleep. At boot.
void
console_set_hotkey(char key, void (*pressed)(void))
{
    cons.hotkey[key % KEYS] = pressed;
}

// Waits until there is a record that no other reader is copying.
// Returns   0; -EINTR when *interrupted is set, or when the process is killed.
// Locks     cons.lock is held; on success the caller has the record to itself.
// Sleeps    yes
static int
await_record(const uint32 *interrupted)
{
    while (cons.reading || linering_empty(&cons.ring)) {
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
    if (!linering_empty(&cons.ring))
        wakeup_one(&cons.readers);
    if (cons.full && linering_has_room(&cons.ring, LINE_MAX)) {
        cons.full = false;
        uart_listen(!cons.asked);
    }
}

// Ends the waiting of a Tab for its answer: `text` is inserted at the cursor, and for NULL the line
// is shown again. Does nothing if no Tab waits, or if no reader has taken its line yet.
// Locks     cons.lock is held.
static void
answer(const char *text)
{
    if (!cons.asked || !linering_empty(&cons.ring))
        return;
    if (text)
        lineedit_insert(&cons.edit, text, strlen(text));
    else
        lineedit_redraw(&cons.edit);
    print_echo();
    cons.asked = false;
    uart_listen(!cons.full);
}

// Reads at most one line, or what is left of it. With cons.lock held and released.
// Returns   bytes read; 0 at an end of file; -EINTR when killed, or when no line is there and ^C
//           has set *interrupted; -EFAULT, the line being left as it was.
// Sleeps    until a line has been typed.
static int64
read_locked(struct iobuf dst, size_t n, const uint32 *interrupted)
{
    char line[LINE_MAX];
    int err = await_record(interrupted);
    if (err) {
        wakeup_one(&cons.readers); // this reader may have taken another one's wakeup
        release(&cons.lock);
        return err;
    }
    size_t len = linering_length(&cons.ring);
    n = n < len ? n : len;
    linering_peek(&cons.ring, line, n);
    release(&cons.lock); // user memory may fault; `reading` keeps the record
    err = iobuf_write(dst, 0, line, n);
    acquire(&cons.lock);
    if (!err)
        linering_take(&cons.ring, n);
    end_record();
    release(&cons.lock);
    return err ? err : (int64)n;
}

// Reads at most one line, or what is left of it; read_locked() says how.
int64
console_read(struct iobuf dst, size_t n, const uint32 *interrupted)
{
    if (n == 0)
        return 0;
    acquire(&cons.lock);
    answer("");
    return read_locked(dst, n, interrupted);
}

// Reads a line of a user who may ask for completion: Tab ends the call with the line up to the
// cursor and a tab behind it. The next call brings the answer: `text` is inserted at the cursor, for
// NULL the line is shown again. The buffer should have LINE_MAX bytes. A call with n = 0 before the
// prompt is printed makes Tab ask from then on, and reads nothing.
// Returns   as console_read(); 0 for n = 0.
// Sleeps    until a line or Tab has been typed.
int64
console_readline(const char *text, struct iobuf dst, size_t n, const uint32 *interrupted)
{
    acquire(&cons.lock);
    cons.edit.complete = true;
    if (n == 0) {
        release(&cons.lock);
        return 0;
    }
    answer(text);
    int64 result = read_locked(dst, n, interrupted);
    acquire(&cons.lock);
    cons.edit.complete = false;
    release(&cons.lock);
    return result;
}

// Copies the line that was entered `ago` lines ago, without a newline and cut to n bytes.
// Returns   the bytes copied; -ENOENT: it is not kept; -EFAULT.
int64
console_history(uint32 ago, struct iobuf dst, size_t n)
{
    char line[LINE_MAX];
    size_t len;
    acquire(&cons.lock);
    const char *found = lineedit_history(&cons.edit, ago, &len);
    if (found) {
        n = n < len ? n : len;
        memcpy(line, found, n);
    }
    release(&cons.lock);
    int err = found ? iobuf_write(dst, 0, line, n) : -ENOENT;
    return err ? err : (int64)n;
}

// Writes to the terminal.
// Returns   bytes written, fewer than n when the rest cannot be read or the process is killed;
//           -EFAULT when nothing can be read.
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
