# SPDX-License-Identifier: MIT
"""test_grader.py - programs that use only the course's verbs work.

The course's graders are no part of this tree. This plays their protocol from a copy of the tree in which nothing has
been built: `make` and its verbs, a machine that `make qemu-gdb` starts stopped and a debugger's connection lets go,
commands typed at the prompt `$ `, and output checked line by line. Choices that a grader cannot make on a command line,
such as the design, come from the environment.
"""
import os
import re
import select
import shutil
import socket
import subprocess
import threading
import time

import children
from machine import Failure, free_port, slowness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECKED_OUT = ("LICENSE", "Makefile", "README.md", "doc", "include", "kernel", "machine", "tests", "tools", "user",
               "vitrine")
MADE = ("kernel/kernel", "kernel/kernel.sym", "fs.img")  # by plain `make`
SWITCHING = ("global", "fullcopy", "sharedroot")  # designs that map TRAPFRAME and TRAMPOLINE
PATIENCE = 30.0  # seconds
ENTRY = r"^ ?\.\.(?: ?\.\.){0,2} ?(\d+): pte 0x([0-9a-f]{16}) pa 0x([0-9a-f]{16})$"
OUTSIDE = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}  # of no make that runs these tests
LOCK = threading.Lock()  # one machine on the tree's disk at a time
TREES = {}  # by build directory: the tree that this run of the tests has made


def ignored(directory, names):
    """The files that a build leaves in the tree."""
    return [n for n in names if n == "__pycache__" or os.path.islink(os.path.join(directory, n))]


# A program as the course's are written, with each header that they include, and each name of 2025 that is not xv6's.
SOURCE = "".join(f'#include "{name}.h"\n' for name in (
    "kernel/types", "kernel/stat", "kernel/fcntl", "kernel/param", "kernel/riscv", "kernel/memlayout", "kernel/vm",
    "kernel/fs", "kernel/spinlock", "kernel/sleeplock", "kernel/file", "kernel/syscall", "kernel/sysinfo",
    "user/user")) + """
int main(int argc, char *argv[])
{
  char *a = sbrklazy(SUPERPGSIZE), *b = sbrk(PGSIZE);
  if(a == SBRK_ERROR || b != a + SUPERPGSIZE || SBRK_EAGER != 1 || SBRK_LAZY != 2)
    exit(1);
  if(pgpte(a) != 0 || (pgpte(b) & PTE_V) == 0 || ugetpid() != getpid() || MAXARG < argc)
    exit(1);
  if(interpose(1 << SYS_pause, "-") < 0 || pause(1) != -1 || rwlktest() == 0 || cpupin(0) < 0)
    exit(1);
  printf("dropped in\\n");
  exit(0);
}
"""


class Tree:
    """A copy of the tree, and the verbs in it."""

    def __init__(self, context):
        self.path = os.path.join(context.out, "test", "check out")  # a blank in the path is no obstacle
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.path)
        for name in CHECKED_OUT:
            there, here = os.path.join(ROOT, name), os.path.join(self.path, name)
            if os.path.isdir(there):
                shutil.copytree(there, here, ignore=ignored)
            else:
                shutil.copy(there, here)
        self.clean_said = self.make(context, "-s", "--no-print-directory", "clean")
        self.make(context, f"-j{os.cpu_count()}")

    def make(self, context, *words):
        code, text = children.run(["make", *words], cwd=self.path, env=OUTSIDE)
        with open(context.log, "a", encoding="utf-8") as log:
            log.write(f"+ make {' '.join(words)}\n{text}")
        if code:
            raise Failure(f"make {' '.join(words)} ends with {code}: {text.strip()[-200:]}")
        return text


class Session:
    """A machine as a grader runs it. Use it in a `with` statement."""

    def __init__(self, context, tree, *words, target="qemu-gdb", **environment):
        self.context, self.output, self.seen, self.target, self.gdb = context, "", 0, target, None
        self.environment = {**OUTSIDE, "GDBPORT": str(free_port()), **environment}
        verb = ["make", "-s", "--no-print-directory"]
        port = subprocess.run([*verb, "print-gdbport"], cwd=tree.path, env=self.environment, check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        if port != self.environment["GDBPORT"] + "\n":
            raise Failure(f"make print-gdbport prints {port!r}")
        self.port = int(port)
        self.process = children.start([*verb, target, *words], cwd=tree.path, env=self.environment,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        self.wait("\n")  # something is said before the machine runs: a grader connects then
        if self.target == "qemu-gdb":
            self.gdb = self.connect()
        return self

    def __exit__(self, *_):
        children.tell(self.process, 9)
        children.finish(self.process)
        if self.gdb:
            self.gdb.close()
        self.process.stdin.close()
        self.process.stdout.close()
        with open(self.context.log, "a", encoding="utf-8") as log:
            log.write(self.output)

    def connect(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return socket.create_connection(("localhost", self.port), timeout=PATIENCE)
            except OSError:
                time.sleep(0.05)
        raise Failure(f"nobody answers at port {self.port}")

    def send(self, packet):
        self.gdb.sendall(f"${packet}#{sum(packet.encode()) % 256:02x}".encode())

    def answer(self):
        """The debugger's next packet."""
        data = b""
        while not re.search(rb"\$[^#]*#..", data):
            data += self.gdb.recv(1) or b"$closed#00"
        self.gdb.sendall(b"+")
        return re.search(rb"\$([^#]*)#..", data)[1].decode()

    def read(self):
        """Adds what is printed to the output; False when there will be nothing more."""
        start = time.monotonic()
        while not select.select([self.process.stdout], [], [], 1)[0]:
            if time.monotonic() - start > PATIENCE * slowness():
                raise Failure(f"silence after {self.output[-80:]!r}")
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self.output += data.decode("utf-8", "replace").replace("\r", "")
        return bool(data)

    def wait(self, text):
        while text not in self.output[self.seen :]:
            if not self.read():
                raise Failure(f"the end, while waiting for {text!r}: {self.output[-200:]!r}")
        self.seen = self.output.index(text, self.seen) + len(text)

    def script(self, *commands):
        """Lets the machine go, types each command at a prompt, and returns all that was printed up to the last one."""
        if self.gdb:
            self.send("c")
        for command in commands:
            self.wait("$ ")
            self.process.stdin.write(command.encode() + b"\n")
            self.process.stdin.flush()
        self.wait("$ ")
        return self.output.splitlines()

    def end(self):
        """Ends make by a signal, as graders do. Fails unless the machine ends with it."""
        self.process.terminate()
        self.gone()

    def gone(self):
        """Fails unless make ends, and the machine with it: then the console has no writer left."""
        while self.read():
            pass
        self.process.wait(PATIENCE)
        with socket.socket() as s:
            if s.connect_ex(("localhost", self.port)) == 0:
                raise Failure("the machine still runs")


def tree_of(context):
    """The tree of this run of the tests, made when it is first needed. LOCK is held."""
    if context.out not in TREES:
        TREES[context.out] = Tree(context)
    return TREES[context.out]


def graded(context, *words, commands, **environment):
    """The output of a machine while the commands are typed. It ends as graders end it, for any environment."""
    with LOCK:
        with Session(context, tree_of(context), *words, **environment) as s:
            lines = s.script(*commands)
            s.end()
            return lines


def at_the_door(context, *words, keys="", **environment):
    """Runs ./vitrine in the tree with its input and output at pipes: (exit code, output)."""
    r = subprocess.run(["./vitrine", *words], cwd=TREES[context.out].path, env={**OUTSIDE, **environment}, check=False,
                       input=keys.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20 * PATIENCE)
    text = r.stdout.decode("utf-8", "replace").replace("\r", "")
    with open(context.log, "a", encoding="utf-8") as log:
        log.write(text)
    return r.returncode, text


def must_match(lines, *patterns):
    for pattern in patterns:
        if not any(re.search(pattern, line) for line in lines):
            raise Failure(f"no line matches {pattern}")


def test_grader_pte_printout(context):
    """The table of pid 1: a line for the root, then an index, an entry and an address that go together."""
    for design in SWITCHING:
        lines = graded(context, commands=["echo hi"], KPT=design)
        must_match(lines, "^hi$", r"^page table 0x[0-9a-f]{16}$")
        found = [re.match(ENTRY, line) for line in lines]
        entries = [(int(m[1]), int(m[2], 16), int(m[3], 16)) for m in found if m]
        if [e[0] for e in entries] != [0, 0, 0, 1, 2, 255, 511, 509, 510, 511]:
            raise Failure(f"{design}: the indices {[e[0] for e in entries]}")
        for index, pte, pa in entries:
            if pte >> 10 << 12 != pa or pte % 2 == 0:
                raise Failure(f"{design}: entry {index}: {pte:#x} and {pa:#x} do not go together")


def test_grader_count_copyin(context):
    """The second reading of the counters is the first, and 28 and 3."""
    for design in SWITCHING:
        text = "\n".join(graded(context, commands=["stats", "stats"], KPT=design))
        copyin, copyinstr = (list(map(int, re.findall(rf"^{name}: (\d+)$", text, re.M))) for name in
                             ("copyin", "copyinstr"))
        if len(copyin) != 2 or copyin[1] - copyin[0] != 28 or copyinstr[1] - copyinstr[0] != 3:
            raise Failure(f"{design}: copyin {copyin}, copyinstr {copyinstr}")


def test_grader_usertests(context):
    """Sub-tests by name, on one hart and on three; the scripts find one passed if the next one's line follows it."""
    names = ("copyin", "copyout", "copyinstr1", "copyinstr2", "copyinstr3", "truncate1", "pgbug", "sbrkbugs", "badarg",
             "sbrkmuch", "kernmem", "sbrkfail")
    for cpus in (1, 3):
        lines = graded(context, f"CPUS={cpus}", commands=["usertests " + " ".join(sorted(names))], YEAR="2020")
        must_match(lines, *(f"^test {n}: OK$" for n in names), "^ALL TESTS PASSED$")
        for name, following in zip(names, names[1:]):
            if not re.search(rf"\ntest {name}: [\s\S]*OK\ntest {following}", "\n".join(lines)):
                raise Failure(f"{following} does not follow {name}")


def test_grader_trace(context):
    """The reads of grep, counted by scripts: 1023 bytes and then what fits behind an unfinished line."""
    lines = graded(context, commands=["grep hello README"], YEAR="2025", LAB="syscall")
    if any(re.match(".* syscall .*", line) for line in lines) or sum(line.count("xv6 course") for line in lines) != 1:
        raise Failure("boot speaks of a call, or not once of xv6, which scripts count")
    lines = graded(context, commands=["trace 32 grep hello README"])
    reads = [int(m[1]) for m in (re.match(r"^\d+: syscall read -> (\d+)$", line) for line in lines) if m]
    size = os.path.getsize(os.path.join(context.out, "root", "README"))
    if reads[0] != 1023 or not 900 < reads[1] < 1023 or reads[-1] != 0 or sum(reads) != size:
        raise Failure(f"the reads of README, {size} bytes, are {reads}")


def test_grader_prompts(context):
    """No text on the disk holds the prompt: a script would type its next line in the middle of it."""
    for directory, _, names in os.walk(os.path.join(context.out, "root")):
        for name in names:
            with open(os.path.join(directory, name), "rb") as f:
                data = f.read()
            if b"\0" not in data and b"$ " in data:
                raise Failure(f"{name} holds the prompt: {data[data.index(b'$ '):][:40]!r}")


def test_grader_sources(context):
    """Sources in the course's manner are programs after `make`: in place of a directory, and of one in user/tests/."""
    with LOCK:
        paths = [os.path.join(tree_of(context).path, "user", f"{name}.c") for name in ("pgtbl", "busyloop")]
    for path in paths:
        with open(path, "w", encoding="utf-8") as f:
            f.write(SOURCE)
    try:
        lines = graded(context, commands=["pgtbl", "busyloop"])
    finally:
        for path in paths:
            os.unlink(path)
    if lines.count("dropped in") != len(paths) or "dropped in" in graded(context, commands=["pgtbl", "true"]):
        raise Failure(f"not all run, or they stay: {lines[-4:]}")


def test_grader_quiet_end(context):
    """A kernel that ends with a code ends `make qemu` without a word of make's; kernel.sym has both names of sleep."""
    with LOCK:
        tree = tree_of(context)
        with Session(context, tree, target="qemu") as s:
            s.wait("$ ")
            s.process.stdin.write(b"poweroff 3\n")
            s.process.stdin.flush()
            s.gone()
            if s.process.returncode or "rror 3" in s.output:
                raise Failure(f"make qemu ends with {s.process.returncode}: {s.output[-80:]!r}")
        with open(os.path.join(tree.path, "kernel", "kernel.sym"), encoding="utf-8") as f:
            found = re.findall("^([0-9a-f]{16}) (?:sys_sleep|sys_pause)$", f.read(), re.M)
        if len(found) != 2 or len(set(found)) != 1:
            raise Failure(f"sys_sleep and sys_pause are at {found}")


def test_grader_new_disk(context):
    """A crash test removes fs.img and makes it again: the disk is a new one. Its machine is that of `make qemu`."""
    with LOCK:
        tree = tree_of(context)
        with Session(context, tree, target="qemu", YEAR="2025") as s:
            s.script("echo x > file", "sync")
            s.end()
        os.unlink(os.path.join(tree.path, "fs.img"))
        for wanted in ("kernel/kernel", "fs.img"):
            tree.make(context, wanted)
        with Session(context, tree, target="qemu", YEAR="2025") as s:
            if any(re.match(r"file\s", line) for line in s.script("ls")):
                raise Failure("make fs.img has kept the old disk")
            s.end()


def test_grader_front_door(context):
    """./vitrine run: the machine's exit code and no word of make; files on the disk outlive a build."""
    graded(context, commands=["echo hi"])
    with LOCK:
        code, text = at_the_door(context, "run", keys="echo precious > notes\npoweroff 3\n")
        folded = re.search(r"^OpenSBI v\S+ \(V=1 shows its \d+ lines\)\nvitrine: ", text, re.M)
        if code != 3 or "make" in text or not folded:
            raise Failure(f"./vitrine run ends with {code}: {text!r}")
        os.utime(os.path.join(TREES[context.out].path, "user/echo.c"))
        code, text = at_the_door(context, "run", keys="cat notes\npoweroff\n")
        if code != 0 or "\n$ precious\n" not in text or re.findall(r" CC +(\S+)", text) != ["user/echo.c"]:
            raise Failure(f"after a build of echo, ./vitrine run ends with {code}: {text!r}")


def test_grader_gdb_console(context):
    """./vitrine gdb says how to type at its machine, and that works."""
    graded(context, commands=["echo hi"])
    with LOCK:
        tree, port = TREES[context.out].path, str(free_port())
        gdb = children.start(["./vitrine", "gdb"], cwd=tree, env={**OUTSIDE, "GDBPORT": port, "TMUX": ""},
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            gdb.stdin.write(b"ubreak main echo\ncontinue\nbt\ndelete\ncontinue\n")
            gdb.stdin.flush()
            said = b""
            while b"Continuing" not in said:
                data = os.read(gdb.stdout.fileno(), 1 << 12)
                said += data
                if not data:
                    raise Failure(f"./vitrine gdb ends: {said!r}")
            code, text = at_the_door(context, "console", keys="echo typed\npoweroff\n")
            while b"closed" not in said and (data := os.read(gdb.stdout.fileno(), 1 << 12)):
                said += data
        finally:
            gdb.stdin.close()
            children.tell(gdb, 15)
            children.finish(gdb)
            gdb.stdout.close()
        if b"keyboard and screen: ./vitrine console, in another terminal" not in said:
            raise Failure(f"./vitrine gdb says {said!r}")
        must_match(said.decode().splitlines(), r"hit Breakpoint 1, main \(argc=2, .* at user/echo\.c:\d+$",
                   r"#0 +main \(argc=2, .* at user/echo\.c:\d+$")
        if code != 0 or "OpenSBI" not in text or "typed\n" not in text.replace("echo typed\n", ""):
            raise Failure(f"./vitrine console ends with {code}: {text!r}")
        code, text = at_the_door(context, "console")
        if code != 1 or "there is no machine to type at; ./vitrine gdb starts one" not in text:
            raise Failure(f"without a machine, ./vitrine console ends with {code}: {text!r}")


def test_grader_verbs(context):
    """The files after clean and make; QEMUEXTRA; a breakpoint by kernel.sym; a machine ends with its make."""
    graded(context, "QEMUEXTRA=-snapshot", commands=["echo x > file"])
    if "file" in "\n".join(graded(context, commands=["ls"])).replace("file system", "").split():
        raise Failure("QEMUEXTRA=-snapshot does not reach QEMU")
    tree = TREES[context.out]
    if tree.clean_said:
        raise Failure(f"make -s clean says {tree.clean_said!r}")
    missing = [name for name in MADE if not os.path.isfile(os.path.join(tree.path, name))]
    if missing:
        raise Failure(f"make does not make {missing}")
    with open(os.path.join(tree.path, "kernel/kernel.sym"), encoding="utf-8") as f:
        symbols = {m[2]: m[1] for m in re.finditer(r"^([0-9a-f]{16}) (\S+)$", f.read(), re.M)}
    with LOCK:  # to the end: the next test finds no tree and makes one
        del TREES[context.out]
        with Session(context, tree) as s:
            s.send(f"Z1,{symbols['usertrap']},1")
            if s.answer() != "OK":
                raise Failure("no breakpoint can be set")
            s.send("c")
            if not s.answer().startswith("T"):
                raise Failure("the kernel does not stop where kernel.sym says usertrap is")
            s.end()
        tree.make(context, "-s", "--no-print-directory", "clean")
        left = [n for n in (*MADE, "build", "compile_commands.json") if os.path.lexists(os.path.join(tree.path, n))]
        if left:
            raise Failure(f"make clean leaves {left}")
