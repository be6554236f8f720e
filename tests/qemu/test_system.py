# SPDX-License-Identifier: MIT
"""test_system.py - the whole system in QEMU: boots, runs its own tests, refuses bad machines."""
import os
import random
import re
import subprocess

from disk import find_tool
from machine import Failure, long

HARTS = (1, 3, 8)

# The sub-tests of 2020.
NAMES = (
    "execout copyin copyout copyinstr1 copyinstr2 copyinstr3 truncate1 truncate2 truncate3 reparent2 pgbug sbrkbugs "
    "badarg reparent twochildren forkfork forkforkfork argptest createdelete linkunlink linktest unlinkread concreate "
    "subdir fourfiles sharedfd exectest bigargtest bigwrite bsstest sbrkbasic sbrkmuch kernmem sbrkfail sbrkarg "
    "validatetest stacktest opentest writetest writebig createtest openiput exitiput iput mem pipe1 preempt exitwait "
    "rmdot fourteen bigfile dirfile iref forktest bigdir").split()


def boot(context, **how):
    with context.machine(**how) as m:
        text = m.boot()
        if "hello there" not in m.run("echo hello there"):
            raise Failure("echo does not answer")
        m.poweroff()
    return text


def verdict(context, command, good, bad, **how):
    with context.machine(**how) as m:
        m.boot()
        text = m.run_verdict(command, good, bad, hang=180)
        m.poweroff()
    return text


def usertests(context, **how):
    text = verdict(context, "usertests", "ALL TESTS PASSED", "SOME TESTS FAILED", **how)
    if not re.search(r"^(?:.*: )?\d+ usertests: unknown sys call 1000000$", text, re.M):
        raise Failure("the kernel does not say who made a system call that does not exist")
    if "\ntest preempt: kill... wait... OK\n" not in text:
        raise Failure("preempt does not say what it does")
    missing = [name for name in NAMES if f"\ntest {name}: " not in text]
    if missing or len(NAMES) != 55:
        raise Failure(f"{len(NAMES) - len(missing)} of the sub-tests of 2020 have run, without {missing[:3]}")


def grind(context, seed=1, count=200, **how):
    verdict(context, f"grind {seed} {count}", "grind: OK", "grind: FAIL", **how)


def for_each_harts(name, function, harts=HARTS):
    """Defines test_NAME_N for 1, 3 and 8 harts."""
    for n in harts:
        globals()[f"test_{name}_{n}"] = lambda context, n=n: function(context, cpus=n)


for_each_harts("boot", boot)
for_each_harts("usertests", usertests, (1, 8))  # on three, with little memory and with the checks of debug builds
for_each_harts("grind", grind)


def test_usertests_32M(context):
    usertests(context, cpus=3, mem="32M")


def test_processes_1G(context):
    """The number of processes goes with the RAM: some 4000 here."""
    verdict(context, "usertests forktest", "ALL TESTS PASSED", "SOME TESTS FAILED", cpus=3, mem="1G")


def test_grind_32M(context):
    grind(context, seed=2, cpus=3, mem="32M")


def test_usertests_debug(context):
    """The build with lock-order checks, filled frames and the compiler's checks of undefined behaviour."""
    usertests(context, cpus=3, variant="DEBUG+UBSAN")


@long
def test_grind_long(context):
    for seed in range(10, 20):
        grind(context, seed=seed, count=2000, cpus=8)


def test_xv6_programs(context):
    """Programs compiled the way xv6 compiles them, in both shapes, run unchanged."""
    verdict(context, "xv6check", "xv6check: OK", "xv6check: FAIL", cpus=3)


def test_boot_modern_virtio(context):
    boot(context, modern=True)


def test_boot_4G(context):
    boot(context, mem="4G")


def test_boot_without_sstc(context):
    boot(context, extra=["-cpu", "rv64,sstc=off"])


def test_harts_are_used(context):
    """Each hart but the one that boots, which may be any, says that it starts, perhaps after the first prompt."""
    said = r"hart (\d) starting\n"
    with context.machine(cpus=8) as m:
        for _ in range(7):
            m.expect(said)
        if len(set(re.findall(said, m.output))) != 7:
            raise Failure("one of the harts starts twice")
        m.seen = 0
        m.boot()
        m.poweroff()


def test_poweroff_code(context):
    with context.machine() as m:
        m.boot()
        m.poweroff(42)


def test_unknown_bootarg(context):
    if "frobnicate" not in boot(context, append="frobnicate=7"):
        raise Failure("the unknown word on the kernel command line is not named")


def test_quiet(context):
    if "pte 0x" in boot(context, append="quiet"):
        raise Failure("quiet does not silence the page table of pid 1")


PRINTED = re.compile(r"^ ((?:\.\. ?)+)(\d+): pte 0x([0-9a-f]{16}) pa 0x([0-9a-f]{16})$", re.M)


def printout(text):
    """[(depth, index)] of the table that boot prints; each line must tell the address that is in its entry."""
    if not re.search(r"^page table 0x[0-9a-f]{16}$", text, re.M):
        raise Failure("boot does not print the table of pid 1")
    lines = []
    for dots, index, pte, pa in PRINTED.findall(text):
        pte, depth = int(pte, 16), dots.count("..")
        if pte >> 10 << 12 != int(pa, 16) or ((pte & 0xf) == 1) != (depth < 3):
            raise Failure(f"entry {index} at depth {depth}: {pte:#x} and {pa} do not go together")
        lines.append((depth, int(index)))
    return lines


def test_vmprint_at_boot(context):
    """Text, guard, stack; where they are mapped, USYSCALL, TRAPFRAME and TRAMPOLINE at the end: eleven lines."""
    low = [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2)]
    high = [(1, 255), (2, 511), (3, 509), (3, 510), (3, 511)]
    for design in ("unified", "global", "fullcopy", "sharedroot"):
        seen = printout(boot(context, append=f"kpt={design}"))
        if seen != (low if design == "unified" else low + high):
            raise Failure(f"{design}: the table of pid 1 has {seen}")


def test_years(context):
    """year= chooses the design and the print; words behind it change that, and a year that is none is named."""
    index, address = " ..0: pte 0x", " ..0x0000000000000000: pte 0x"
    for words, design, line in (
            ("year=2020", "fullcopy", index), ("year=2022", "global", index), ("year=2024", "global", address),
            ("year=2025", "global", address), ("year=2024 kpt=sharedroot", "sharedroot", address),
            ("kpt=unified year=1999", "unified", index)):
        said = boot(context, append=words if "kpt=" in words else f"kpt=unified {words}")
        if f", kpt={design}\n" not in said or f"\n{line}" not in said:
            raise Failure(f"{words}: {said[said.find('vitrine: '):]!r}")
    if "year=1999: the choices are" not in said:
        raise Failure("year=1999 is not named")
    if '"year=2020 kpt=sharedroot' not in context.make("-n", f"O={context.out}", "YEAR=2020", "KPT=sharedroot", "qemu"):
        raise Failure("make qemu YEAR=2020 KPT=sharedroot does not say so to the kernel")


LABS = {"2020": ("util", "syscall", "pgtbl", "traps", "lazy", "cow", "lock", "fs", "mmap"),
        "2022": ("syscall", "pgtbl", "traps", "cow", "lock", "fs", "mmap"),
        "2024": ("util", "syscall", "pgtbl", "traps", "cow", "lock", "fs", "mmap"),
        "2025": ("util", "syscall", "pgtbl", "traps", "cow", "lock", "fs", "mmap")}


def test_labs(context):
    """lab= prints its changes and knows all its words; one that is none, or has no year before it, is named."""
    for year, labs in LABS.items():
        said = boot(context, append=" ".join([f"quiet year={year}", *(f"lab={lab}" for lab in labs)]))
        for lab in labs:
            if f"\nvitrine: lab={lab} of the xv6 course of {year}:" not in said:
                raise Failure(f"{year}: lab={lab} says nothing")
        if re.search("ignored|unknown", said):
            raise Failure(f"{year}: a word of a lab is not obeyed: {said[said.find('vitrine: '):]!r}")
    for words, complaint in (("lab=fs year=2025", "must stand before it"),
                             ("year=2025 lab=cows", "the choices are util, ")):
        if complaint not in boot(context, append=f"quiet {words}"):
            raise Failure(f"{words}: no complaint")
    if '"year=2025 lab=cow"' not in context.make("-n", f"O={context.out}", "YEAR=2025", "LAB=cow", "qemu"):
        raise Failure("make qemu YEAR=2025 LAB=cow does not say so to the kernel")


def test_lab_words(context):
    """The effects of a lab's words: call 23, the size of files, whether calls read the page at USYSCALL."""
    open_call, exec_call, all_but_exit = 1 << 15, 1 << 7, 0x7ffffffb
    with context.machine(append="quiet year=2025 lab=syscall") as m:
        m.boot()
        m.run("echo hello > f; cp f ---")
        for command, want in ((f"sandbox {open_call} - cat f", "cat: f: not permitted\n"),
                              (f"sandbox {open_call} f cat f", "hello\n"),
                              (f"sandbox {open_call} f cat ./f", "cat: ./f: not permitted\n"),
                              (f"sandbox {open_call} --- grep hello ---", "hello\n"),
                              (f"sandbox {exec_call} - cat f", "sandbox: cat: not permitted\n"),
                              (f"sandbox {exec_call} sh sh -c 'cat f'", "sh: cat: not permitted\n"),
                              (f"sandbox {all_but_exit} cat cat f", "")):
            if m.run(command) != want:
                raise Failure(f"{command}: {m.output[-200:]!r}")
        m.run_verdict("usertests usyscallread", "SOME TESTS FAILED", "ALL TESTS PASSED")
        m.poweroff()
    with context.machine(append="quiet maxfile=64") as m:
        m.boot()
        if "too large" not in m.run("seq 100000 > big") or m.run("wc -c < big").split() != ["65536"]:
            raise Failure(f"maxfile=64: {m.output[-200:]!r}")
        if "start the kernel with call23=interpose" not in m.run("sandbox 1 - ls"):
            raise Failure("without the word, call 23 is not sysinfo")
        m.poweroff()


def test_file_times(context):
    """Files are dated by the machine's clock, which goes on from where QEMU is told to begin."""
    base = 1927857906  # 2031-02-03 04:05:06 UTC
    with context.machine(extra=["-rtc", "base=2031-02-03T04:05:06"]) as m:
        m.boot()
        m.run("echo old > dated; echo new >> dated; mkdir datedir")
        m.run_verdict("usertests walltime", "ALL TESTS PASSED", "SOME TESTS FAILED")
        disk = m.disk
        m.poweroff()
        for name in ("dated", "datedir"):
            text = subprocess.run([find_tool("debugfs"), "-R", f"stat /{name}", disk], check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
            for field in ("ctime", "atime", "mtime"):
                at = int(re.search(rf"{field}: 0x([0-9a-f]+)", text)[1], 16)
                if not base <= at < base + 3600:
                    raise Failure(f"{name} has {field} {at}, the machine started at {base}")


def test_files_survive_a_reboot(context):
    """Files written in one run can be read in the next."""
    with context.machine() as m:
        m.boot()
        m.run("echo kept > survivor")
        m.poweroff()
        kept = m.disk + ".kept"
        os.rename(m.disk, kept)
    with context.machine(image=kept) as m:
        m.boot()
        if "kept" not in m.run("cat survivor"):
            raise Failure("the file written before power-off is gone")
        m.poweroff()
    os.unlink(kept)


# -- machines that lack something: a sentence, no panic, and off with an error code


def refuses(context, expected, **how):
    with context.machine(**how) as m:
        m.expect(expected, hang=20)
        m.wait_exit()
        if m.exit_code == 0:
            raise Failure("the machine claims success")


def altered(context, change):
    """A copy of the built disk on which change(file, size) has worked."""
    path = os.path.join(context.dir, "altered.img")
    with open(context.options.image, "rb") as src, open(path, "wb") as dst:
        dst.write(src.read())
        change(dst, dst.tell())
    return path


def test_no_disk(context):
    refuses(context, r"(?i)no disk", image=None)


def test_garbage_disk(context):
    path = os.path.join(context.dir, "garbage.img")
    with open(path, "wb") as f:
        f.write(random.Random(1).randbytes(1 << 20))
    refuses(context, r"(?i)no ext2|not an ext2", image=path)


def test_truncated_disk(context):
    half = altered(context, lambda f, size: f.truncate(size // 2))
    refuses(context, r"(?i)truncated|beyond the end|smaller than", image=half)


def test_tiny_disk(context):
    tiny = altered(context, lambda f, size: f.truncate(1024))
    refuses(context, r"(?i)truncated|too small|empty|smaller than|no ext2|not an ext2", image=tiny)


def test_too_little_memory(context):
    refuses(context, r"(?i)too little|not enough|needs (?:at least )?\d+", mem="12M")


def test_too_much_memory(context):
    """The direct map would meet the devices' window. The host has to promise the addresses, not the memory."""
    refuses(context, "RAM beyond 128 GiB", mem="127G",
            extra=["-object", "memory-backend-ram,id=ram,size=127G,reserve=off", "-machine", "memory-backend=ram"])


def test_verbs(context):
    """make qemu and make grade, as course students type them: the first boots, the second is the gate."""
    boots, tests = (context.make("-n", f"O={context.out}", verb) for verb in ("qemu", "grade"))
    if "qemu-system-riscv64 -machine virt" not in boots or "./vitrine test" not in tests:
        raise Failure("make qemu or make grade does something else")
