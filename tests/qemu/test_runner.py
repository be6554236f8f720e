# SPDX-License-Identifier: MIT
"""test_runner.py - tests of the test runner: it must report each way in which a kernel can fail.

The fake kernels of tests/qemu/fake/ are run by the whole runner, as a user would run it, with a hang limit of
a few seconds; its lines, its last line and its exit code are judged.
"""
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import types

import children
from machine import Failure

PART = "runner"
HERE = os.path.dirname(os.path.abspath(__file__))


def fake_kernel(context, name):
    prefix = context.make(f"O={context.out}", "print-TOOLPREFIX").strip()
    out = os.path.join(context.dir, name)
    context.must([prefix + "gcc", "-march=rv64ima", "-mabi=lp64", "-nostdlib", "-static",
                  "-Wl,-N,--no-relax,--build-id=none,-Ttext=0x80200000", "-o", out, f"{HERE}/fake/{name}.S"])
    return out


def small_disk(context, garbage=False):
    image = os.path.join(context.dir, "image")
    if garbage:
        with open(image, "wb") as f:
            f.write(b"\xa5" * (1 << 20))
    else:
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        context.must(["mke2fs", "-q", "-F", "-t", "ext2", image, "1M"], PATH=path)
    return image


def verdict(context, kernel, test, image=None):
    """The runner's report about the kernel in the test: (its line for the test, all output, exit code)."""
    command = [sys.executable, "tools/test.py", "--no-build", "--hang", "3", "--kernel", fake_kernel(context, kernel)]
    command += ["--image", image or small_disk(context), f"O={context.dir}/inner", test]
    code, text = context.sh(command)
    lines = [s for s in text.splitlines() if test in s]
    return (lines or [""])[0], text, code


def must_fail(context, kernel, test, expected, **how):
    line, text, code = verdict(context, kernel, test, **how)
    if not line.startswith(f"FAIL {test}: ") or not re.search(expected, line):
        raise Failure(f"{kernel}: expected a failure saying {expected!r}, got {line!r}")
    if text.splitlines()[-1] != "0 passed, 1 failed" or code != 1:
        raise Failure(f"{kernel}: last line {text.splitlines()[-1]!r}, exit code {code}")


def test_panic(context):
    must_fail(context, "panic", "qemu.boot-1", r"kernel panic: panic: frame_put: count is 0, frame 0x80400000")


def test_panic_keeps_backtrace(context):
    must_fail(context, "panic", "qemu.boot-1", "panic")
    with open(f"{context.dir}/inner/test/qemu.boot-1/console", encoding="utf-8") as log:
        if "  at frame_put+0x18" not in log.read():
            raise Failure("the lines after the panic are not in the log")


def test_hang(context):
    must_fail(context, "hang", "qemu.boot-1", r"hang: no output for \d+ s \(last line: 'hart 0 starting'\)")


def test_silent(context):
    must_fail(context, "silent", "qemu.boot-1", r"hang: no output for \d+ s")


def test_endless_output(context):
    must_fail(context, "chatter", "qemu.boot-1", r"the console prints without end")


def test_exit_code(context):
    must_fail(context, "exits", "qemu.boot-1", r"exit code 3 ")


def test_one_failed_test(context):
    must_fail(context, "failone", "qemu.usertests-1", r"test sbrkmuch: FAILED: lost 3 pages")


def test_panic_after_the_marker(context):
    must_fail(context, "latepanic", "qemu.usertests-1", r"kernel panic: panic: sched: locks held: 1")


def test_guest_error(context):
    must_fail(context, "badaccess", "qemu.usertests-1", r"guest_errors: ")


def test_broken_disk(context):
    must_fail(context, "good", "qemu.grind-1", r"e2fsck: ", image=small_disk(context, garbage=True))


def test_good(context):
    line, text, code = verdict(context, "good", "qemu.grind-1")
    if not line.startswith("ok qemu.grind-1 (") or text.splitlines()[-1] != "1 passed, 0 failed" or code:
        raise Failure(f"a good kernel is reported as {line!r}, exit code {code}")


def test_unknown_test(context):
    code, text = context.sh([sys.executable, "tools/test.py", "--no-build", "qemu.nonesuch"])
    if code == 0 or "no test is called qemu.nonesuch" not in text:
        raise Failure(f"exit code {code}, {text.strip()!r}")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ended_by(context, number, test):
    """Ends the runner in the middle of a test; returns the process id of the machine that it had started: a program
    that tells its process id and does nothing. No signal is ignored, whatever nohup or the like has set."""
    said, qemu = os.path.join(context.dir, "pid"), os.path.join(context.dir, "qemu")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(said)
    with open(qemu, "w", encoding="utf-8") as script:
        script.write(f"#!/bin/sh\necho $$ >{said}.new\nmv {said}.new {said}\nexec sleep 600\n")
    os.chmod(qemu, 0o755)
    runner = children.start(["env", "--default-signal", sys.executable, "tools/test.py", "--no-build",
                             "--kernel", context.options.kernel, "--image", small_disk(context),
                             f"O={context.dir}/inner", test], stdout=subprocess.DEVNULL,
                            env={**os.environ, "QEMU": qemu})
    while not os.path.exists(said) and runner.poll() is None:
        time.sleep(0.01)
    runner.send_signal(number)
    code = runner.wait()
    children.finish(runner)
    if code != -number:
        raise Failure(f"ended by signal {number}, the runner ends with {code}")
    with open(said, encoding="utf-8") as pid:
        return int(pid.read())


def test_ended_from_outside(context):
    """A signal that ends the runner ends its machines, those of a runner within it too."""
    for number, test in ((signal.SIGTERM, "qemu.boot-1"), (signal.SIGHUP, "qemu.boot-1"),
                         (signal.SIGINT, "qemu.boot-1"), (signal.SIGTERM, "runner.hang")):
        machine = ended_by(context, number, test)
        if alive(machine):
            os.kill(machine, signal.SIGKILL)
            raise Failure(f"signal {number} has ended the runner, its machine in {test} is left")


def test_broken_test(context):
    """A test that raises an exception, or in which a tool ends with sys.exit(), has failed, and the run goes on."""
    for kind in (ZeroDivisionError, SystemExit):
        def function(_, kind=kind):
            raise kind("broken")

        report = sys.modules["__main__"].Report(1)
        lines = []
        report.line = lines.append
        report.run(types.SimpleNamespace(name="runner.broken-inner", function=function), context.options)
        if report.failed != 1 or report.passed != 0 or f"{kind.__name__}: broken" not in "".join(lines):
            raise Failure(f"{kind.__name__}: {report.failed} failed, {lines}")


def test_kills_only_its_own(context):
    other = subprocess.Popen(["sleep", "600"])
    try:
        must_fail(context, "hang", "qemu.boot-1", "hang")
        if other.poll() is not None:
            raise Failure("another process was ended")
    finally:
        other.kill()
        other.wait()
