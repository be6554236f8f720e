# SPDX-License-Identifier: MIT
"""children.py - what a tool starts ends with it, when somebody ends the tool.

Each program runs in a session of its own, so that all it starts in turn can be told at once, and a key typed at the
terminal is the tool's affair alone. A program that is being started when the signal comes is waited for and told too.
"""
import os
import signal
import subprocess
import threading
import time

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
GRACE = 5  # seconds that programs have to end what they started themselves

running, lock = set(), threading.RLock()  # a signal may find its own thread in here


def start(command, **how):
    """A program that ends with this one; finish() must follow."""
    with lock:
        process = subprocess.Popen(command, start_new_session=True, **how)
        running.add(process)
    return process


def finish(process):
    """Ends the program itself, if it still runs."""
    if process.poll() is None:
        process.kill()
    process.wait()
    with lock:  # while all are being ended, nobody gets further than this
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
    """Sends a signal to the program and all that it has started and left in its session's first group."""
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
    """From now on, whoever ends this program ends what it has started. Only for a program's first thread."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(number, end_all)
