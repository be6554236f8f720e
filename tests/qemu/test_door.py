# SPDX-License-Identifier: MIT
"""test_door.py - the front door: words that are checked, the console between QEMU and the user, the user's disk.

Most of it needs no machine. The console is tried behind pipes, and once behind a terminal of the test's own.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time

import children
from console import Notes
from disk import find_tool
from machine import PANIC, Failure, own_disk, same, slowness
from places import Places

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(ROOT, "tools")
PATIENCE = 60.0  # seconds of silence on an idle machine


class Door:
    """A program at whose terminal or pipe the test types. Use it in a `with` statement."""

    def __init__(self, context, command, terminal=False, early=b""):
        self.context, self.output, self.seen = context, "", 0
        if terminal:
            self.fd, inner = pty.openpty()
            os.write(self.fd, early)
            self.process = children.start(command, cwd=ROOT, stdin=inner, stdout=inner, stderr=inner)
            self.inner, self.keys = inner, self.fd
        else:
            self.process = children.start(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT)
            self.fd, self.keys = self.process.stdout.fileno(), self.process.stdin.fileno()
            os.write(self.keys, early)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        children.finish(self.process)
        with open(self.context.log, "a", encoding="utf-8") as log:
            log.write(self.output)

    def read(self):
        """Adds printed text to the output; False when the program has ended and nothing is left."""
        start = time.monotonic()
        while not select.select([self.fd], [], [], 0.2)[0]:
            if self.process.poll() is not None:
                return False
            if time.monotonic() - start > PATIENCE * slowness():
                raise Failure(f"silence after {self.output[-200:]!r}")
        data = os.read(self.fd, 1 << 16)
        self.output += data.decode("utf-8", "replace").replace("\r", "")
        return bool(data)

    def wait(self, text):
        while text not in self.output[self.seen :]:
            if not self.read():
                raise Failure(f"the end, while waiting for {text!r}: {self.output[-300:]!r}")
        self.seen = self.output.index(text, self.seen) + len(text)

    def type(self, text):
        os.write(self.keys, text.encode())

    def end(self, code):
        while self.read():
            pass
        same("exit code", self.process.wait(PATIENCE), code)


def has(what, text, *parts):
    for part in parts:
        if part not in text:
            raise Failure(f"{what}: no {part!r} in {text[-600:]!r}")


def starting(context, image, *options, kernel=None, out=None, words="quiet"):
    """The command that starts a machine behind the console."""
    prefix = context.make(f"O={context.out}", "print-TOOLPREFIX").strip()
    qemu = os.environ.get("QEMU", "qemu-system-riscv64")
    return [sys.executable, os.path.join(TOOLS, "run.py"), *options, "--disk", image, "--out", out or context.out,
            "--prefix", prefix, "--", qemu, "-machine", "virt", "-kernel", kernel or context.options.kernel,
            "-smp", "2", "-nographic", "-drive", f"file={image},if=none,format=raw,id=x0",
            "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0", "-append", words]


# -- words

REFUSED = (
    (["run", "KPT=foo"], "KPT=foo: the choices are unified global fullcopy sharedroot"),
    (["run", "YEAR=1999"], "YEAR=1999: the choices are 2020 2022 2024 2025"),
    (["run", "MMU=sv99"], "MMU=sv99: the choices are sv39 sv48 sv57"),
    (["run", "LAB=foo"], "LAB=foo: the choices are pgtbl cow"),
    (["run", "DEBUG=0"], "DEBUG=0: the choices are 1"),
    (["run", "MEM=1M"], "at least 32M"), (["run", "MEM=31"], "at least 32M"), (["run", "MEM=127G"], "at most 126G"),
    (["run", "MEM=much"], "an amount such as 128M"),
    (["run", "CPUS=9"], "at most 8 harts"), (["run", "CPUS=0"], "at least one hart"),
    (["run", "CPUS=x"], "a number from 1 to 8"), (["gdb", "CPUS=x"], "a number from 1 to 8"),
    (["test", "CPUS=x"], "a number from 1 to 8"), (["bench", "KPT=foo"], "KPT=foo: the choices are"),
    (["run", "FSIMG=/nonexistent"], "there is no file /nonexistent"),
    (["run", "FSIMG=/dev"], "/dev is no regular file"),
    (["run", "FSIMG=README.md"], "README.md holds no ext2 file system"),
    (["run", "KPTT=foo"], "there is no KPTT=; there are\n         CPUS MEM KPT YEAR"),
    (["run", "kpt"], "run takes KEY=VALUE words, not 'kpt'"), (["run", "O=a b"], "no directory with a blank"),
    (["rum"], "there is no command 'rum'; ./vitrine help lists them"), (["put"], "usage: ./vitrine put"),
    ([], "usage:"),
)


def test_door_words(context):
    """A word that makes no sense is refused with the words that do, before anything is built."""
    out = os.path.join(context.dir, "nothing")
    for words, expected in REFUSED:
        command = ["./vitrine", *words, *([f"O={out}"] if words[1:] and "O=a b" not in words else [])]
        code, text = context.sh(command)
        same(f"{words}: exit code", code, 2)
        has(str(words), text, expected)
        if os.path.exists(out) or "building" in text or max(map(len, text.splitlines())) > 80:
            raise Failure(f"{words}: something is built, or a line is too long: {text!r}")
    has("run --help", context.must(["./vitrine", "run", "--help"]), "usage:", "KPT=unified")


CHINESE = {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": ""}


def test_door_language(context):
    """The front door speaks the language of the environment, and the kernel is told of it."""
    for words, expected in ((["rum"], "vitrine: 没有命令 'rum'; ./vitrine help 会列出所有命令\n"),
                            (["run", "KPT=foo"], "vitrine: KPT=foo: 可选的有 unified global fullcopy sharedroot\n"),
                            (["run", "FSIMG=/nonexistent"], "vitrine: 没有文件 /nonexistent\n")):
        same(f"{words}", context.sh(["./vitrine", *words], **CHINESE), (2, expected))
    has("help", context.must(["./vitrine", "help"], **CHINESE), "用法: ./vitrine", "KPT=unified")
    for environment, word in ((CHINESE, "lang=zh"), ({**CHINESE, "LANG": "de_DE.UTF-8"}, ""),
                              ({**CHINESE, "LANG": "de_DE.UTF-8", "LANGUAGE": "zh_TW:de"}, "lang=zh"),
                              ({**CHINESE, "LC_ALL": "C"}, ""), ({**CHINESE, "LC_MESSAGES": "en_GB.UTF-8"}, "")):
        said = context.must(["./vitrine", "run", f"O={context.out}", "QEMU=echo", "KPT=global"], **environment)
        same(f"{environment}", re.search(r"-append (.*?) *$", said, re.M)[1], f"{word} kpt=global".strip())


MISTAKES = (
    "", "rum", "bench --help", "bench nothing", "bench --against", "test --help", "test -j x --no-build",
    "test nothing --no-build", "exercise", "exercise check 99", "exercise hint 18 3", "exercise list --lang fr",
    "exercise start 18 --seed", "exercise check --json nowhere", "exercise list --nothing", "watch", "watch nowhere",
    "watch README.md X=1", "watch kernel", "watch README.md --nothing", "watch README.md", "watch README.md --help",
    "page a b c", "page nowhere", "pictures a b", "run MACHINE=glass nothing", "run kpt", "run MEM=1", "run KPT=none",
    "run O=a\\ b", "run FSIMG=README.md", "fuzz", "gdb X=1", "console", "put", "put nowhere", "put tools",
    "put README.md nowhere/", "get", "get nowhere", "get README nowhere/", "fresh nothing", "help",
)
ENGLISH = re.compile(r"\b(?:the|is|are|of|to|and|no|not|with|there|usage|options?|show|required|expected|invalid|"
                     r"unrecognized|error|arguments?|expects?|file|directory|which)\b(?!=)")


def test_door_chinese(context):
    """A mistake at any command is answered in Chinese alone, and so is --help; also what a library says for us."""
    if not os.path.exists(f"{context.out}/fs.img"):
        context.must(["make", "-s", f"O={context.out}", "fs"])
    for words in MISTAKES:
        text = context.sh(["sh", "-c", f"./vitrine {words} </dev/null"], **CHINESE)[1]
        english = ENGLISH.search(re.sub(r"[-\w./]*[/.][-\w./]*|--[\w-]+|'[^']*'|`[^`']*[`']", "", text))
        if english or not re.search(r"[\u4e00-\u9fff]", text):
            raise Failure(f"{words}: {english and english[0]!r} in {text!r}")


def test_door_words_are_the_kernels(context):
    """Each choice that the front door names is one for the kernel, and the kernel names all of them."""
    with open(os.path.join(ROOT, "vitrine"), encoding="utf-8") as f:
        lists = dict(re.findall(r'one_of (KPT|YEAR|MMU) "\$2" ([\w ]+)', f.read()))
    for key, word in (("KPT", "kpt"), ("YEAR", "year"), ("MMU", "mmu")):
        tries = " ".join(f"{word}={value}" for value in lists[key].split())
        with context.machine(append=f"quiet {tries} {word}=foo") as m:
            said = [s for s in m.boot().splitlines() if f"{word}=" in s and "RAM" not in s]
            m.poweroff()
        named = [w for w in re.findall(r"\w+", said[0]) if w in lists[key].split()] if said else []
        same(f"{word}=", (len([s for s in said if "foo" in s]), len(said), sorted(named)),
             (1, 1, sorted(lists[key].split())))


def test_door_cannot_write(context):
    """A tree or directory that cannot be written gets a sentence."""
    code, text = context.sh(["./vitrine", "run", "O=/proc/vitrine"])
    same("exit code", code, 1)
    has("O=/proc/vitrine", text, "vitrine: cannot write to /proc/vitrine: build elsewhere, with O=/tmp/vitrine")


def test_door_foreign_disk(context):
    """An image of xv6's own format is told from junk."""
    image = os.path.join(context.dir, "xv6.img")
    with open(image, "wb") as f:
        f.write(bytes(1024) + (0x10203040).to_bytes(4, "little") + bytes(4096))
    code, text = context.sh(["./vitrine", "run", f"FSIMG={image}"])
    same("exit code", code, 2)
    has("xv6's image", text, "xv6's own file system, and Vitrine reads ext2", "./vitrine put FILE")


def bare_path(context, missing, scripts):
    """A PATH of one directory with all programs of the system but some, and scripts in the place of others."""
    where = os.path.join(context.dir, "path")
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where)
    for name, text in scripts.items():
        with open(os.path.join(where, name), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + text)
        os.chmod(os.path.join(where, name), 0o755)
    for directory in ("/usr/bin", "/bin"):
        for name in os.listdir(directory):
            if name not in missing and not os.path.lexists(os.path.join(where, name)):
                os.symlink(os.path.join(directory, name), os.path.join(where, name))
    return os.path.abspath(where)


def test_door_installs(context):
    """./vitrine test installs the missing programs and no others; without apt-get it names them. Packages for the page
    alone are installed separately: without them the other tests run."""
    said = os.path.abspath(os.path.join(context.dir, "said"))
    scripts = {"apt-get": f'echo "$@" >>{said}\n', "sudo": '[ "$1" = -n ] && shift\nexec "$@"\n'}
    missing = ("gdb-multiarch", "clang-format", "qemu-system-riscv64", "npm", "chromium")
    if os.path.exists(said):
        os.unlink(said)
    path = bare_path(context, missing, scripts)
    has("tests", context.must(["./vitrine", "test", "--list"], PATH=path), "\nqemu.door-installs\n")
    with open(said, encoding="utf-8") as f:
        same("apt-get", [s.split() for s in f], [["update", "-q"], [
            "install", "-y", "-q", "--no-install-recommends", "qemu-system-misc", "clang-format", "gdb-multiarch"],
            ["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "npm", "chromium"]])
    path = bare_path(context, (*missing, "apt-get"), {})
    code, text = context.sh(["./vitrine", "test", "--list"], PATH=path)
    same("exit code", code, 1)
    has("without apt-get", text, "this system lacks:", "qemu-system-riscv64 (Debian: qemu-system-misc)",
        "install them, then call this again")


# -- the console


def test_door_console(context):
    """One line for the firmware's, no lost character, the exit code; file and line for functions, in two languages."""
    image = own_disk(context)
    for words, label in (("quiet", "line"), ("quiet lang=zh", "行号")):
        with Door(context, starting(context, image, words=words), early=b"echo one; die load\n") as d:
            d.wait("one\n")
            d.wait("usertrap(): unexpected scause 0xd")
            d.wait("$ ")
            d.type("poweroff 5\n")
            d.end(5)
        lines = d.output.splitlines()
        same("first line", re.sub(r"\d+", "N", lines[0]), "OpenSBI vN.N (V=N shows its N lines)")
        same("second line", lines[1][:9], "vitrine: ")
        notes = re.findall(rf"^  {label}:  (.*)$", d.output, re.M)
        same("lines that are added", [re.sub(r"\d+", "N", n) for n in notes],
             ["user/tests/die.c:N", "user/tests/die.c:N < user/ulib/crtN.S:N"])


FOLDED = """\
  what:  pid 3 die, in main+0x9a,
         could not read 0x30000000
  from:  main+0x9a < main+0x9a < main+0x9a <
         main+0x9a
  walk:  [0] 0x20223c01 -> [384] 0x0
  from:  nosuch+0x2
         nothing
$ """
NOTED = """\
  what:  pid 3 die, in main+0x9a,
         could not read 0x30000000
  line:  user/tests/die.c:N
  from:  main+0x9a < main+0x9a < main+0x9a <
         main+0x9a
  line:  user/tests/die.c:N < user/tests/die.c:N < user/tests/die.c:N <
         user/tests/die.c:N
  walk:  [0] 0x20223c01 -> [384] 0x0
  from:  nosuch+0x2
         nothing
$ """


def test_door_notes(context):
    """Notes come behind the last row of an explanation, however the bytes come; an unfinished line is not held."""
    prefix = context.make(f"O={context.out}", "print-TOOLPREFIX").strip()
    for size in (1, 7, 4096):
        places = Places(context.out, prefix)
        notes, shown = Notes(places), b""
        for at in range(0, len(FOLDED), size):
            shown += notes.feed(FOLDED[at : at + size].encode())
        places.close()
        same("notes", re.sub(r"die\.c:\d+", "die.c:N", shown.decode()), NOTED)


def test_door_console_verbose(context):
    """V=1 shows all that the firmware says."""
    with Door(context, starting(context, own_disk(context), "--verbose"), early=b"poweroff\n") as d:
        d.end(0)
    has("the firmware's lines", d.output, "\nOpenSBI v", "\nPlatform Name  ", "\nBoot HART MEDELEG  ")


def test_door_panic(context):
    """The kernel's backtrace has files and lines; the exit code is the machine's."""
    kernel = context.variant("DEBUG")
    command = starting(context, own_disk(context), kernel=kernel, out=os.path.dirname(os.path.dirname(kernel)),
                       words="quiet selftest=double-free")
    with Door(context, command) as d:
        d.end(1)
    if not PANIC.search(d.output):
        raise Failure("there is no panic")
    places = re.findall(r"^  0x[0-9a-f]{16} (\w+)\+0x[0-9a-f]+(?: (\S+):\d+)?$", d.output, re.M)
    for function, path in places:
        source = os.path.join(ROOT, path)
        if not os.path.isfile(source):
            raise Failure(f"{function} has no file and line")
        with open(source, encoding="utf-8") as f:
            has(f"{path}, for {function}", f.read(), function)
    has("functions", str([p[0] for p in places]), "kfree", "double_free", "selftest_run")


def raw(fd):
    return not termios.tcgetattr(fd)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)


def test_door_terminal(context):
    """The terminal is raw while the machine runs and as before afterwards; Ctrl-C reaches it; Ctrl-A X ends it."""
    with Door(context, starting(context, own_disk(context)), terminal=True, early=b"echo early\n") as d:
        before = termios.tcgetattr(d.inner)
        d.wait("$ early\n$ ")
        same("raw", raw(d.inner), True)
        d.type("echo not this\x03")
        d.type("\recho still' there'\r")
        d.wait("still there\n$ ")
        d.type("\x01x")
        d.end(0)
        same("the terminal's mode", termios.tcgetattr(d.inner), before)


def test_door_ends_with_its_machine(context):
    """A signal that ends the console ends QEMU, however hard it is."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        image = own_disk(context)
        with Door(context, starting(context, image)) as d:
            d.wait("$ ")
            code, text = context.sh([sys.executable, f"{TOOLS}/disk.py", "free", image])
            has("a disk in use", text, "is in use by a machine that runs")
            d.process.send_signal(number)
            d.process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while code and time.monotonic() < deadline:
            code, text = context.sh([sys.executable, f"{TOOLS}/disk.py", "free", image])
        same(f"the disk after signal {number}", (code, text), (0, ""))


def test_door_second_machine(context):
    """A machine beside another on the same disk works on a copy of its own, which is gone afterwards."""
    image = own_disk(context)
    with Door(context, starting(context, image)) as first:
        first.wait("$ ")
        first.type("echo one > shared; sync\n")
        first.wait("$ ")
        for plain in ((), ("--plain",)):
            with Door(context, starting(context, image, *plain), early=b"\n" if plain else b"") as second:
                second.wait("the disk is in use by another machine: this one works on a copy, its changes are lost")
                second.wait("$ ")
                second.type("cat shared; echo two > shared; poweroff\n")
                second.wait("\none\n")
                second.end(0)
        first.type("cat shared; poweroff\n")
        first.wait("\none\n")
        first.end(0)
    same("e2fsck", context.sh([find_tool("e2fsck"), "-fn", image])[0], 0)


# -- the disk


def disk(context, *words):
    return context.sh([sys.executable, f"{TOOLS}/disk.py", *words])


def stage(context, files):
    """A directory with those files, and an image made from it."""
    where, image = os.path.join(context.dir, "stage"), os.path.join(context.dir, "new.img")
    shutil.rmtree(where, ignore_errors=True)
    for name, text in files.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o755 if name.startswith("bin") else 0o644)
    context.must([find_tool("mke2fs"), "-q", "-F", "-t", "ext2", "-b", "4096", "-d", where, image, "1M"])
    return image, where


def contents(context, image, *names):
    """The texts of files on the disk; None for a file that the disk does not have."""
    found = []
    for name in names:
        target = os.path.join(context.dir, os.path.basename(name))
        if os.path.exists(target):
            os.unlink(target)
        disk(context, "get", image, name, context.dir + "/")
        try:
            with open(target, encoding="utf-8") as f:
                found.append(f.read())
        except FileNotFoundError:
            found.append(None)
    return found


def test_door_disk_is_kept(context):
    """A build brings its own files up to date, removes those that it no longer makes, and touches nothing else."""
    image = os.path.join(context.dir, "my.img")
    for path in (image, image + ".list"):
        if os.path.exists(path):
            os.unlink(path)
    same("made", disk(context, "update", image, *stage(context, {"cat": "1", "old": "1", "bin/ls": "1", "hi": "1"})),
         (0, ""))
    for name, text in (("notes", "precious"), ("hi", "mine"), ("dog", "mine")):
        with open(os.path.join(context.dir, name), "w", encoding="utf-8") as f:
            f.write(text)
        same("put", disk(context, "put", image, os.path.join(context.dir, name))[0], 0)
    code, said = disk(context, "update", image, *stage(context, {
        "cat": "2", "bin/ls": "2", "bin/ps": "2", "hi": "2", "dog": "2", "new": "2"}))
    same("exit code", code, 0)
    has("what is kept", said, "/hi on the disk is yours and stays", "/dog on the disk is yours and stays")
    same("contents", contents(context, image, "cat", "old", "bin/ls", "bin/ps", "hi", "dog", "new", "notes"),
         ["2", None, "2", "2", "mine", "mine", "2", "precious"])
    disk(context, "update", image, *stage(context, {"cat": "3", "hi": "3"}))
    same("contents", contents(context, image, "cat", "dog", "hi", "new", "notes", "bin/ps"),
         ["3", "mine", "mine", None, "precious", None])
    same("e2fsck", context.sh([find_tool("e2fsck"), "-fn", image])[0], 0)
    same("fresh", disk(context, "update", image, *stage(context, {"cat": "4"}), "fresh")[0], 0)
    same("contents", contents(context, image, "cat", "notes"), ["4", None])
    same("left behind", [n for n in os.listdir(context.dir) if n.startswith("my.img.") and n != "my.img.list"], [])


def test_door_disk_is_whole(context):
    """A file that does not fit changes nothing, and a damaged disk is not touched."""
    image, _ = stage(context, {"cat": "1"})
    big = os.path.join(context.dir, "big")
    with open(big, "wb") as f:
        f.write(b"x" * (2 << 20))
    with open(image, "rb") as f:
        before = f.read()
    code, said = disk(context, "put", image, big)
    same("exit code", code, 1)
    has("a full disk", said, "is the disk full?", "the disk is as it was")
    with open(image, "r+b") as f:
        same("the disk", f.read() == before, True)
        f.seek(2 * 4096)  # the bitmaps and the first inodes
        f.write(b"\xff" * 4096 * 4)
    code, said = disk(context, "put", image, __file__)
    same("exit code", code, 1)
    has("a damaged disk", said, "the file system is damaged", "./vitrine fresh")


def test_door_put_and_get(context):
    """Files go to the disk and come back, from any directory; each mistake gets a sentence."""
    image, home = own_disk(context), os.path.join(context.dir, "home")
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(os.path.join(home, "got"))
    shutil.copy(os.path.join(context.out, "bin/echo"), os.path.join(home, "say"))
    with open(os.path.join(home, "a b"), "w", encoding="utf-8") as f:
        f.write("a blank\n")

    def door(*words):
        code, text = children.run([os.path.join(ROOT, "vitrine"), words[0], f"FSIMG={os.path.abspath(image)}",
                                   *words[1:]], cwd=home)
        return code, text

    same("put", door("put", "say", "a b"), (0, "say -> /say\na b -> /a b\n"))
    with context.machine(image=image) as m:
        m.boot()
        same("on the machine", m.run('say hi; cat "a b"; mkdir d; say there > d/f'), "hi\na blank\n")
        m.poweroff()
        shutil.copy(m.disk, image)
    same("put into a directory", door("put", "a b", "d/"), (0, "a b -> /d/a b\n"))
    same("get", door("get", "d/f", "/d/a b", "got/"), (0, "/d/f -> got/f\n/d/a b -> got/a b\n"))
    with open(os.path.join(home, "got/f"), encoding="utf-8") as f:
        same("what came back", f.read(), "there\n")
    for words, expected in ((("put", "nosuch"), "nosuch: there is no such file"),
                            (("put", "got"), "got: put takes files"),
                            (("get", "nosuch"), "/nosuch: the disk has no such file"),
                            (("get", "d"), "/d: get takes files"),
                            (("put", "say", "x/"), "no directory /x on the disk"),
                            (("get", "say", "x/"), "there is no directory x/ here")):
        code, said = door(*words)
        same(f"{words}: exit code", code, 1)
        has(str(words), said, expected)
    long_name = "n" * 15
    shutil.copy(os.path.join(home, "say"), os.path.join(home, long_name))
    has("a long name", door("put", long_name)[1], "names on the disk have at most 14 characters")
