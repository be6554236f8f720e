# SPDX-License-Identifier: MIT
"""machine.py - one QEMU with Vitrine inside, driven through its console.

A Machine starts QEMU as its own child on a private copy of the disk, waits for markers (it never sleeps for a fixed
time), types at the `$ ` prompt, and on the way out kills that child and no other process. These fail every test: a
kernel panic, a machine that is silent for too long, an unexpected exit, an error in QEMU's guest_errors log, a file
system in which e2fsck finds errors after power-off.
"""
import codecs
import contextlib
import os
import re
import select
import socket
import subprocess
import time
import unicodedata

import children
from disk import copy_sparse, find_tool

PROMPT = r"\$ "
PANIC = re.compile(r"^.*\bpanic\b.*", re.M)
VERDICT = r"ALL TESTS PASSED|SOME TESTS FAILED"


LOG_LIMIT = 1 << 21  # blocks of 512 bytes that QEMU may write to one file: an endless log must not fill the disk
OUTPUT_LIMIT = 4 << 20  # bytes that a console may print


class Failure(Exception):
    """A failed test; the text gives the reason, in one line."""


def long(function):
    """Marks a test that runs only with --long."""
    function.is_long = True
    return function


def require(condition, why):
    """Fails unless the condition holds."""
    if not condition:
        raise Failure(why)


def same(what, got, want):
    """Fails unless the two are equal."""
    if got != want:
        raise Failure(f"{what}: {got!r}, expected {want!r}")


def slowness():
    """Measures how many times slower than on an idle host programs run now; from 1 to 5."""
    wall, cpu = time.monotonic(), time.thread_time()
    while time.thread_time() - cpu < 0.02:
        pass
    return min(5.0, max(1.0, (time.monotonic() - wall) / 0.02))


class Machine:
    """A running machine. Use it in a `with` statement."""

    hang = 60.0  # seconds of silence that count as a hang on an idle host

    def __init__(self, kernel, image, workdir, cpus=1, mem="128M", append="", modern=False, extra=(), hang=None,
                 cache="unsafe"):
        self.cpus, self.output, self.exit_code = cpus, "", None
        self.seen = self.unpanicked = 0  # bytes of output that are consumed, and that are checked for panics
        self.hang = hang or Machine.hang
        os.makedirs(workdir, exist_ok=True)
        self.guest_log = os.path.join(workdir, "guest_errors")
        self.console_log = os.path.join(workdir, "console")
        self.disk = None
        args = [os.environ.get("QEMU", "qemu-system-riscv64"), "-machine", "virt", "-bios", "default"]
        args += ["-kernel", kernel, "-m", mem, "-smp", str(cpus)]
        args += ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
        args += ["-d", "guest_errors", "-D", self.guest_log]
        if image:
            self.disk = os.path.join(workdir, "disk.img")
            copy_sparse(image, self.disk)
            args += ["-drive", f"file={self.disk},if=none,format=raw,id=x0,cache={cache}"]
            args += ["-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"]
        if modern:
            args += ["-global", "virtio-mmio.force-legacy=false"]
        if append:
            args += ["-append", append]
        self.args = args + list(extra)
        self.process = None
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may arrive in two parts

    def __enter__(self):
        if os.path.exists(self.guest_log):
            os.unlink(self.guest_log)
        limited = ["sh", "-c", f'ulimit -f {LOG_LIMIT}; exec "$@"', "sh", *self.args]
        self.process = children.start(limited, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        return self

    def __exit__(self, kind, *_):
        children.finish(self.process)
        with contextlib.suppress(BrokenPipeError):  # what was typed at last came too late
            self.process.stdin.close()
        self.process.stdout.close()
        with open(self.console_log, "w", encoding="utf-8") as log:
            log.write(" ".join(self.args) + "\n\n" + self.output)
        if self.disk and os.path.exists(self.disk):
            os.unlink(self.disk)
        if kind is None:
            self.check_guest_log()

    # -- the console

    def read_some(self, seconds):
        """Adds the machine's output within the time; False when its console has closed."""
        fd = self.process.stdout.fileno()
        if not select.select([fd], [], [], max(0, seconds))[0]:
            return True
        data = os.read(fd, 1 << 16)
        self.output += self.decoder.decode(data).replace("\r\n", "\n").replace("\r", "\n")
        if len(self.output) > OUTPUT_LIMIT:
            raise Failure("the console prints without end")
        return bool(data)

    def expect(self, pattern, hang=None):
        """Waits until the regular expression matches unconsumed output, consumes that, returns the match."""
        regex, last, start = re.compile(pattern), time.monotonic(), self.seen
        while True:
            found = regex.search(self.output, start)
            self.check_panic(found.end() if found else len(self.output))
            if found:
                self.seen = found.end()
                return found
            size = len(self.output)
            start = max(self.seen, size - 4096)  # no marker is longer
            if not self.read_some(1.0):
                self.fail_exit(pattern)
            last = self.check_hang(size, last, hang, quote(pattern))

    def check_hang(self, size, last, hang, what):
        """Fails when there is no output beyond size for too long; returns the time of the last output."""
        silent, limit = time.monotonic() - last, hang or self.hang
        if len(self.output) != size:
            return time.monotonic()
        if silent > limit and silent > limit * slowness():
            said = self.output.strip().splitlines()
            line = f"last line: {said[-1]!r}" if said else "nothing was printed at all"
            raise Failure(f"hang: no output for {silent:.0f} s ({line}) while waiting for {what}")
        return last

    def fail_exit(self, pattern):
        code = self.process.wait()
        raise Failure(f"the machine went off with exit code {code} while waiting for {quote(pattern)}")

    def check_panic(self, end):
        """Fails when the kernel has panicked before output position end, with its backtrace in the log."""
        found = PANIC.search(self.output, self.unpanicked, end)
        if not found:
            self.unpanicked = max(self.unpanicked, self.output.rfind("\n", 0, end) + 1)
            return
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and self.read_some(0.5):
            pass
        whole = PANIC.search(self.output, found.start())
        raise Failure(f"kernel panic: {whole.group().strip()}")

    def type(self, text):
        """Sends the text as keys pressed."""
        try:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            self.fail_exit("its console")

    # -- the shell

    def boot(self):
        """Waits for the first prompt, returns the output before it."""
        self.expect(PROMPT)
        return self.output[: self.seen]

    def run(self, command, hang=None):
        """Types a command, waits for the next prompt, returns the command's output."""
        start = self.seen
        self.type(command + "\n")
        self.expect(PROMPT, hang)
        text = self.output[start : self.seen - 2]
        return text.split("\n", 1)[1] if "\n" in text else text

    def run_verdict(self, command, good, bad, hang=None):
        """Types a test command and waits for one of its end markers; fails with the lines that say FAILED."""
        start = self.seen
        self.type(command + "\n")
        found = self.expect(f"{good}|{bad}|not found|cannot exec", hang)
        text = self.output[start : self.seen]
        if not re.fullmatch(good, found.group()):
            wrong = re.findall(r"^.*(?:FAILED|FAIL).*$", text, re.M)
            raise Failure("; ".join(w.strip() for w in wrong[:4]) or f"{command}: {found.group()}")
        self.expect(PROMPT)
        return text

    def poweroff(self, code=0):
        """Powers the machine off and checks its exit code and its disk."""
        self.type(f"poweroff {code}\n" if code else "poweroff\n")
        self.wait_exit(code)
        self.check_disk()

    def wait_exit(self, code=None, hang=None):
        """Waits for the machine to switch itself off; fails unless the exit code is that (any: None)."""
        last, size = time.monotonic(), len(self.output)
        while self.read_some(1.0):
            last = self.check_hang(size, last, hang, "power-off")
            size = len(self.output)
        self.exit_code = self.process.wait()
        self.check_panic(len(self.output))
        if code is not None and self.exit_code != code:
            raise Failure(f"exit code {self.exit_code}, expected {code}")

    # -- checks after every run

    def check_disk(self):
        r = subprocess.run([find_tool("e2fsck"), "-fn", self.disk], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False)
        text = r.stdout.decode("utf-8", "replace")
        self.output += f"\n--- e2fsck -fn: {r.returncode}\n{text}"
        if r.returncode:
            lines = [s for s in text.splitlines() if s and not s.startswith(("e2fsck", "Pass"))]
            raise Failure(f"e2fsck: {'; '.join(lines[:3])}")

    def check_guest_log(self):
        try:
            with open(self.guest_log, encoding="utf-8", errors="replace") as log:
                text = log.read().strip()
        except FileNotFoundError:
            return
        if text:
            raise Failure(f"guest_errors: {text.splitlines()[0]} (all in {self.guest_log})")


def columns(line):
    """The width of a text on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def unfold(text):
    """The text with the rows of each explanation that the kernel has folded put together again."""
    return re.sub(r"(?<=\S)\n {9}(?=\S)", " ", text)


def quote(pattern):
    return repr(pattern.replace("\\", ""))


def own_disk(context):
    """A copy of the disk image for one test."""
    image = os.path.join(context.dir, "own.img")
    copy_sparse(context.options.image, image)
    return image


def free_port():
    """A port of this computer that no program uses now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
