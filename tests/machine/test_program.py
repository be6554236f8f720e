# SPDX-License-Identifier: MIT
"""test_program.py - the program around the glass machine: its words, files, statuses, terminal, recordings."""
import glob
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import termios
import time

from glassrun import CC, FIRMWARE, HAN, demand, glass, in_node, prompt, run
from machine import Failure, columns, slowness

def test_program_lines(context):
    """Lines are typed at prompts; the end has the status that the kernel gives."""
    kernel = prompt(context)
    demand(run(context, kernel, "--", "one", "two"), r"^\$ one\n\$ two\n\$ $")
    run(context, kernel, "--")
    run(context, kernel, "--", "exit 0", "never")
    run(context, kernel, "--", "exit 7", status=7)
    run(context, kernel, "--", "exit 256", status=1)
    demand(run(context, kernel, "--max", "300000", "--", "loop", status=124), "--max: 300000 instructions")
    demand(run(context, kernel, "--harts=1", "--", "wait", status=125), "no prompt")


def sentence(context, *words):
    """The only sentence of a refused run, its lines joined: at most 80 columns, and Chinese if that is asked for."""
    for language in ("zh", "en"):
        text = run(context, "--lang", language, *words, status=2)
        wide = [line for line in text.splitlines() if columns(line) > 80 and " " in line.strip()]
        if wide or bool(re.search(HAN, text)) != (language == "zh"):
            raise Failure(f"too wide, or not in {language}: {text!r}")
    return " ".join(text.split())


def test_program_words(context):
    """Words that mean nothing end the program with a sentence."""
    kernel = prompt(context)
    for words, said in (
            ([], "which kernel"),
            (["--nonsense", kernel], "no option --nonsense"),
            (["-x", kernel], "no option -x"),
            (["--harts"], "--harts needs a value: --harts N"),
            (["--harts", "9", kernel], "1 to 8"),
            (["--harts", "two", kernel], "a number is expected"),
            (["--seed", "-1", kernel], "a number is expected"),
            (["--mem", "12Q", kernel], "a number is expected"),
            (["--mem=5000", kernel], "1M to 64G"),
            (["--mmu", "sv32", kernel], "sv39, sv48 or sv57"),
            (["--tlb", "none", kernel], "strict, lax"),
            (["--keep=yes", kernel], "takes no value"),
            (["--legacy", "--modern", kernel], "exclude each other"),
            (["--at", "5", "--keep", kernel], "--at and --keep exclude each other"),
            (["--replay", "x", kernel, "--", "y"], "neither"),
            ([kernel] * 10, "one disk too many")):
        demand(sentence(context, *words), f"^glass: .*{re.escape(said)}")
    demand(run(context, "--help"), "usage: glass", "--replay FILE")


def test_program_files(context):
    """Files that are no kernel or no disk end the program with a sentence."""
    kernel, bad = prompt(context), os.path.join(context.dir, "bad")
    with open(kernel, "rb") as f:
        elf = f.read()

    def refuse(content, said, *words):
        with open(bad, "wb") as f:
            f.write(content)
        demand(sentence(context, *(words or [bad])), f"^glass: .*{re.escape(said)}")

    refuse(b"hello", "no ELF file")
    refuse(b"", "no ELF file")
    refuse(elf[:40], "cut short")
    refuse(elf[:4] + b"\1" + elf[5:], "32-bit")
    refuse(elf[:18] + b"\x3e" + elf[19:], "another processor than RISC-V: ELF machine 0x3e")
    refuse(b"x" * 1000, "no whole number of sectors", kernel, bad)
    refuse(b"", "is empty", kernel, bad)
    refuse(elf, "the firmware lies where the kernel wants to be", "--firmware", kernel, bad)
    refuse(b"x" * (2 << 20), "more --mem is needed", "--mem", "4M", "--initrd", bad, kernel)
    demand(run(context, "/nonexistent", status=2), "cannot be opened: No such file")
    demand(run(context, context.dir, status=2), "is a directory")
    demand(run(context, kernel, "/dev/null", status=2), "not a regular file")
    pipe = os.path.join(context.dir, "pipe")
    if not os.path.exists(pipe):
        os.mkfifo(pipe)
    demand(run(context, kernel, pipe, status=2), "not a regular file")
    demand(run(context, "--record", "/nonexistent/x", kernel, status=2), "cannot be written")


def test_program_replay(context):
    """A recording is played again to the same state, natively and in node; another machine refuses it."""
    kernel, log = prompt(context), os.path.join(context.dir, "recording")
    said = run(context, "--seed", "9", "--record", log, "--hash", kernel, "--", "one", "two")
    again = run(context, "--seed", "9", "--replay", log, "--hash", kernel)
    demand(again, "ended as the recorded run did", re.search("hash .*", said)[0])
    demand(run(context, "--seed", "8", "--replay", log, kernel, status=2), "recorded on another machine")
    in_node(context, log, [kernel], said)
    with open(log, encoding="utf-8") as f:
        text = f.read()
    for old, new, status, words in (
            (" 6f\n", " 70\n", 1, "the replay differs"),
            (" 6f\n", " zz\n", 2, "line is damaged"),
            ("glass-log", "grass-log", 2, "no recording")):
        with open(log, "w", encoding="utf-8") as f:
            f.write(new.join(text.rsplit(old, 1)))
        demand(run(context, "--seed", "9", "--replay", log, kernel, status=status), words)


def test_program_back(context):
    """At the end the run goes back: the state is the one that a run has that ends there."""
    kernel, log = prompt(context), os.path.join(context.dir, "recording")
    run(context, "--record", log, "--harts=2", kernel, "--", "one", "two", "exit 0")
    with open(log, encoding="utf-8") as f:
        places = [int(line.split()[0]) for line in f.readlines()[1:]]
    for position in (1, places[0], places[1] + 1, places[-1]):
        words = ["--replay", log, "--harts=2", "--hash", kernel]
        said = run(context, "--max", str(position), *words, status=int(position != places[-1]))
        back = run(context, "--at", str(position), *words)
        demand(back, f"at {position} hart 1: pc 0x[0-9a-f]*, M-mode", re.search("glass: hash .*", said)[0])
    demand(run(context, "--at", "999999999", kernel, "--", "exit 0"), "--at 999999999: the run has ended at")


class Person:
    """The program at a pseudo-terminal."""

    def __init__(self, context, *words):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen([glass(context), *words], stdin=self.slave, stdout=self.slave,
                                        stderr=self.slave, start_new_session=True)
        self.text = ""

    def expect(self, pattern):
        deadline = time.monotonic() + 60 * slowness()
        while not re.search(pattern, self.text):
            if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Failure(f"{pattern!r} does not come; last: {self.text[-200:]!r}")
            self.text += os.read(self.master, 4096).decode("utf-8", "replace")
        self.text = self.text[re.search(pattern, self.text).end():]

    def type(self, keys):
        os.write(self.master, keys)

    def end(self, status):
        try:
            code = self.process.wait(60 * slowness())
        except subprocess.TimeoutExpired as why:
            self.process.kill()
            raise Failure("the program does not end") from why
        if code != status:
            raise Failure(f"status {code}, not {status}")
        if termios.tcgetattr(self.slave) != self.before:
            raise Failure(f"the terminal is not as it was after status {status}")
        os.close(self.master)
        os.close(self.slave)


def test_program_terminal(context):
    """Keys go to the kernel one by one, Ctrl-A to the program; every end restores the terminal."""
    kernel = prompt(context)
    person = Person(context, kernel)
    person.expect(r"\$ ")
    if termios.tcgetattr(person.slave)[3] & (termios.ECHO | termios.ICANON | termios.ISIG):
        raise Failure("the terminal keeps keys back, echoes them or makes signals of them")
    person.type(b"a\x03b\r")
    person.expect("a\x03b\r\n\\$ ")
    person.type(b"\x01\x01\r")
    person.expect("\x01\r\n\\$ ")
    person.type(b"\x01?")
    person.expect("Ctrl-A X")
    person.type(b"\x01x")
    person.end(0)
    person = Person(context, kernel)
    person.expect(r"\$ ")
    person.type(b"exit 3\r")
    person.end(3)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGSEGV):
        person = Person(context, kernel)
        person.expect(r"\$ ")
        person.process.send_signal(number)
        person.end(-number)


def vitrine(context, disk, *words, **how):
    at = words.index("--")
    return run(context, "--firmware", FIRMWARE, "--append", "quiet", *words[:at],
               context.options.kernel, disk, *words[at:],
               seconds=300, **how)


def test_program_keep(context):
    """--keep writes the disk back at a clean end, and only then; without it the file never changes."""
    disk = os.path.join(context.dir, "disk.img")
    shutil.copyfile(context.options.image, disk)
    os.chmod(disk, 0o640)

    def content():
        with open(disk, "rb") as f:
            return f.read()

    before = content()
    vitrine(context, disk, "--", "echo kept > note", "poweroff")
    vitrine(context, disk, "--keep", "--max", "100000000", "--", "echo kept > note", "sync", "usertests", status=124)
    if content() != before:
        raise Failure("the disk has changed without a clean end")
    vitrine(context, disk, "--keep", "--", "echo kept > note", "poweroff")
    if content() == before or os.stat(disk).st_mode & 0o777 != 0o640:
        raise Failure("the disk was not written back, or has another mode")
    demand(vitrine(context, disk, "--readonly", "--", "cat note", "poweroff"), "\nkept\n")
    if [f for f in os.listdir(context.dir) if ".glass-" in f]:
        raise Failure("a file with a part of a disk was left behind")


def test_program_vitrine(context):
    """Vitrine runs in node as natively: the same input at the same places, the same state at the end."""
    log = os.path.join(context.dir, "recording")
    said = vitrine(context, context.options.image, "--record", log, "--hash", "--", "ls | wc", "usertests pipe1",
                   "poweroff")
    demand(said, "ALL TESTS PASSED|OK")
    words = [f"--firmware={FIRMWARE}", "--append=quiet", context.options.kernel, context.options.image]
    in_node(context, log, words, said)


def test_program_norest(context):
    """A hart does not rest in a loop that a reservation or a floating-point register will end."""
    path = os.path.join(context.dir, "norest")
    for flags in ([], ["-DFLOAT", "-march=rv64imafdc_zicsr"]):
        context.must([*CC, *flags, "-o", path, "tests/machine/norest.c"])
        for seed in range(1, 4):
            said = run(context, "--harts", "2", "--seed", str(seed), "--max", "20000000", path)
            if said:
                raise Failure(f"{' '.join(flags)} seed {seed}: {said}")


def test_program_core(context):
    """It is small. The core needs nothing of its host but four functions, and keeps nothing in variables."""
    size = os.path.getsize(glass(context))
    if size > 400000:
        raise Failure(f"the program has {size} bytes, more than 400,000")
    root = f"{context.out}/machine/host/"
    core = [o for o in glob.glob(f"{root}**/*.o", recursive=True) if not o.startswith(f"{root}machine/host/")]
    symbols = [line.split()[-2:] for line in context.must(["nm", *core]).splitlines() if len(line.split()) > 1]
    defined = {name for kind, name in symbols if kind in "TRDB"}
    needed = {name for kind, name in symbols if kind == "U"} - defined
    if needed - {"memcpy", "memmove", "memset", "memcmp"}:
        raise Failure(f"the core calls {', '.join(sorted(needed))}")
    sizes = context.must(["size", "-A", *core])
    for section, size in re.findall(r"^(\.(?:data|bss|tdata|tbss)(?!\.rel\.ro)[\w.]*)\s+(\d+)", sizes, re.M):
        if int(size):
            raise Failure(f"the core has {size} bytes of variables in {section}")
    if not defined:
        raise Failure("no symbol of the core was found")
