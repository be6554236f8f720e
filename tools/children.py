# SPDX-License-Identifier: MIT
"""children.py - ends the programs that a tool has started when a signal ends the tool.

Each program runs in a session of its own, so that one signal reaches all its descendants, and keys typed at the
terminal signal the tool only. If a program is being started when the signal comes, the tool waits for that and signals
the program too.
"""
import os
import signal
import subprocess
import threading
import time

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
GRACE = 5  # seconds that programs have to end their own children

running, lock = set(), threading.RLock()  # reentrant: the signal handler may interrupt its holder


def start(command, **how):
    """Starts a program that ends with this one; finish() must follow."""
    with lock:
        process = subprocess.Popen(command, start_new_session=True, **how)
        running.add(process)
    return process


def finish(process):
    """Ends the program, if it still runs."""
    if process.poll() is None:
        process.kill()
    process.wait()
    with lock:  # blocks all starts while all programs are being ended
        running.discard(process)


def run(command, **how):
    """Runs a program to its end; returns (exit code, output, errors included)."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    try:
        output = process.communicate()[0]
    finally:
        finish(process)
    return process.returncode, output.decode("utf-8", "replace")


def tell(process, number):
    """Sends a signal to the program's process group, which holds its descendants unless they have left it."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def end_all(number, _):
    """Ends all programs, then this one, by the signal that has come."""
    with lock:
        for process in running:
            tell(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while any(p.poll() is None for p in running) and time.monotonic() < deadline:
            time.sleep(0.01)
        for process in running:
            tell(process, signal.SIGKILL)
            process.wait()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def end_with_me():
    """From now on a signal that ends this program ends its children, too. For a program's first thread only."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # ignored by nohup: stays so
            signal.signal(number, end_all)
