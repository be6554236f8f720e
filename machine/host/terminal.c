// SPDX-License-Identifier: MIT
// terminal.c - the terminal: keys one by one, and back to normal at every end.
//
// Promises  restored: exit(), and each signal that ends the program, gives the terminal back as it
//           was. After the program was stopped and continued it takes the terminal again.
#include "host/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define NS_PER_MS 1000000ULL

static struct termios before, during;
static volatile sig_atomic_t opened, cooked;
static int also = -1;

bool
terminal_present(void)
{
    return isatty(STDIN_FILENO);
}

static void
restore(void)
{
    if (opened)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

// A signal that ends the program: restores the terminal, then lets the signal act.
static void
on_end(int number)
{
    restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void
on_continue(int number)
{
    (void)number;
    tcsetattr(STDIN_FILENO, TCSANOW, cooked ? &before : &during);
}

static void
catch_signals(void)
{
    static const int ends[] = {SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGILL,
                               SIGFPE, SIGSEGV, SIGBUS,  SIGABRT, SIGALRM, SIGXCPU};
    struct sigaction act = {.sa_handler = on_end};
    for (unsigned i = 0; i < NELEM(ends); i++)
        sigaction(ends[i], &act, NULL);
    act.sa_handler = on_continue;
    act.sa_flags = SA_RESTART;
    sigaction(SIGCONT, &act, NULL);
}

void
terminal_open(void)
{
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return;
    during = before;
    during.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    during.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    during.c_cc[VMIN] = 1;
    during.c_cc[VTIME] = 0;
    catch_signals();
    atexit(restore);
    opened = 1;
    tcsetattr(STDIN_FILENO, TCSANOW, &during);
}

void
terminal_lines(bool lines)
{
    cooked = lines;
    if (opened)
        tcsetattr(STDIN_FILENO, TCSADRAIN, lines ? &before : &during);
}

void
terminal_also(int fd)
{
    also = fd;
}

void
terminal_wait(uint64 ns, bool keys)
{
    struct pollfd in[2] = {{.fd = also, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    uint64 ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
    poll(in, 1 + keys, ns == ~0ULL ? -1 : ms > 60000 ? 60000 : (int)ms);
}

int
terminal_read(uint8 *bytes, int max)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, 0) <= 0)
        return 0;
    ssize_t n = read(STDIN_FILENO, bytes, (size_t)max);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -1;
    return n == 0 ? -1 : (int)n;
}
