# SPDX-License-Identifier: MIT
"""test_faults.py - the kernel's explanations of errors, word for word: those of programs and its own.

The explanations are compared with tests/golden/faults-LANGUAGE.txt, after everything that may differ from build to
build (addresses, process numbers, distances within functions) has been masked. Sections that differ in other designs,
or with several harts, are in files of their own. `python3 tests/qemu/test_faults.py CONSOLE...` prints the golden form
of console logs.
"""
import difflib
import os
import re
import sys

if __name__ != "__main__":
    from machine import Failure, columns, unfold

USER = [f"die {way}" for way in (
    "load store exec textstore dataexec kernelload kernelstore kernelexec directload noncanonical maxva trampoline "
    "trapframe usyscallstore illegal ebreak privileged misaligned stackoverflow").split()]
USER += [f"faults {name}" for name in (
    "freed past-heap failed-call unmapped no-access read-only not-code past-file never-touched inherited wild-frame "
    "wild-stack vector ones supervisor deep large-array").split()]

KERNEL_HALF = ("die kernelload", "die kernelstore", "die kernelexec", "die directload", "faults failed-call")

# Self-tests that must end in a panic; `rules` does not.
PANICS = ("remap mappages freewalk double-free use-after-free never-initialised stack-overflow stack-hole lost-stack "
          "text-write data-exec null-pointer user-memory illegal overlap guard-above guard-none guard-open "
          "hole-mapped").split()
SILENT = ("rules", "forgotten-u")
DESIGNS = ("global", "fullcopy", "sharedroot", "unified")
BY_INSTRUCTIONS = ["-icount", "shift=0"]  # a nanosecond each, however slow the host is

MASKS = [
    (r"\.(?:isra|constprop|part)\.\d+", ""),
    (r"\b(pid=|pid |进程 |inode )\d+", r"\1#"),
    (r"\+0x[0-9a-f]+", "+#"),
    (r"(references|user mappings|引用|用户映射) \d+", r"\1 #"),
    (r"sepc=0x\w+ stval=0x\w+", "sepc=0x# stval=0x#"),
    (r"\[\d+\]", "[#]"),
    (r"(register|寄存器) \w+", r"\1 #"),
    (r"0x[0-9a-f]{3,}", "0x#"),
    (r"\b\d+ bytes|\d+ 字节", "# bytes"),
]
DROPPED = re.compile(r"^  (?:by|来历): |^hart \d+ starting|^\s*$")


def mask(text):
    """The lines of an explanation without the parts that change from build to build."""
    wide = [line for line in text.split("\n") if line.startswith("  ") and columns(line) > 80]
    if wide:
        raise Failure(f"wider than 80 columns: {wide[0]!r}")
    lines = [line.rstrip() for line in unfold(text).split("\n") if not DROPPED.match(line)]
    for pattern, to in MASKS:
        lines = [re.sub(pattern, to, line) for line in lines]
    return [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]


def section(name, text):
    return [f"## {name}", *mask(text)]


def sections(golden):
    """The sections of a golden file, by title."""
    with open(os.path.join("tests/golden", golden), encoding="utf-8") as f:
        return {part.split("\n", 1)[0]: part.splitlines() for part in re.split(r"^(?=## )", f.read(), flags=re.M)[1:]}


def compare(context, golden, lines, *instead, more=0, switched=False):
    """The lines must be those of the golden file, but for the sections that stand in further ones,
    and in a mode with `more` levels more than Sv39, with tables that are `switched` on the way in."""
    want = sections(golden)
    for other in instead:
        want |= {title: said for title, said in sections(other).items() if title in want}
    want = [line for said in want.values() for line in said]
    want = list(deeper(want, more, switched)) if more else want
    seen = os.path.join(context.dir, golden)
    with open(seen, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    if lines != want:
        diff = [s for s in difflib.unified_diff(want, lines, lineterm="", n=0) if s[0] in "+-"][2:]
        raise Failure(f"tests/golden/{golden} and {seen} differ: {' / '.join(diff[:4])}")


def explain_all(context, lang, design="unified", mode="sv39", **how):
    """The explanation of each mistake of a program, in one run."""
    lines = []
    with context.machine(append=f"quiet explain=full kpt={design} mmu={mode} lang={lang}", **how) as m:
        m.boot()
        for command in USER:
            lines += section(command, m.run(command))
        m.poweroff()
    return lines


def test_faults_en(context):
    compare(context, "faults-en.txt", explain_all(context, "en"))


def test_faults_zh(context):
    compare(context, "faults-zh.txt", explain_all(context, "zh"))


def deeper(lines, more, switched):
    """Sv39's golden file, converted to a mode with `more` levels more: each walk begins with so many pointers, and a
    non-canonical address becomes a hole at its new level. The kernel's half is missing in the root itself."""
    holes = {"## die noncanonical": 3, "## die maxva": 2}
    if switched:
        holes |= {f"## {command}": 2 + more for command in KERNEL_HALF}
    section_name = ""
    for line in lines:
        section_name = line if line.startswith("## ") else section_name
        level = holes.get(section_name)
        if level and line.startswith("  rule:  "):
            yield "  walk:  " + "[#] 0x# -> " * (2 + more - level) + "[#] 0x0"
            yield f"  rule:  the entry is not valid (V=0) (valid, level {level})"
        elif not level or not line.startswith("  walk:  "):
            yield line.replace("  walk:  ", "  walk:  " + "[#] 0x# -> " * more)


def test_faults_sv48(context):
    compare(context, "faults-en.txt", explain_all(context, "en", mode="sv48"), more=1)


def test_faults_sv57(context):
    compare(context, "faults-en.txt", explain_all(context, "en", mode="sv57"), more=2)


def each_design(design, mode="sv39", more=0):
    """Every mistake is explained whichever table it was made in, by several harts."""
    switched = design != "unified"
    instead = ["faults-harts.txt", "faults-switched.txt"] if switched else ["faults-harts.txt"]
    return lambda context: compare(context, "faults-en.txt", explain_all(context, "en", design, mode, cpus=3), *instead,
                                   more=more, switched=switched)


for _design in DESIGNS:
    globals()[f"test_faults_{_design}"] = each_design(_design)
test_faults_sv48_sharedroot = each_design("sharedroot", "sv48", 1)
test_faults_sv57_global = each_design("global", "sv57", 2)
test_faults_sv57_fullcopy = each_design("fullcopy", "sv57", 2)


MUCH = [f"forkfaults {name}" for name in "read-only no-access not-code unmapped past-heap".split()]


def without_w(lines):
    """A child's pages cannot be written to before they are its own."""
    return [line.replace(" rw-u", " r--u") for line in lines]


def test_faults_deferred(context):
    """A mistake with memory in deferred tables is explained as if there had been no fork."""
    for design in DESIGNS:
        with context.machine(append=f"quiet explain=full kpt={design}", cpus=3) as m:
            m.boot()
            for command in MUCH:
                alone, inherited = mask(m.run(command)), mask(m.run(command + " forked"))
                if without_w(alone) != without_w(inherited) or not any("  rule:  " in line for line in alone):
                    diff = difflib.unified_diff(alone, inherited, lineterm="", n=0)
                    raise Failure(f"{design}: {command}: {' / '.join([s for s in diff if s[0] in '+-'][2:])}")
            m.poweroff()


def test_faults_modes(context):
    """explain=off leaves two lines, explain=short three; one that repeats itself within a second is cut short."""
    for mode, count in (("off", 2), ("short", 3)):
        with context.machine(append=f"quiet explain={mode}") as m:
            m.boot()
            said = unfold(m.run("die textstore")).strip("\n").split("\n")
            m.poweroff()
        if len(said) != count or "usertrap()" not in said[0] or "sepc=" not in said[1]:
            raise Failure(f"explain={mode}: {said}")
    with context.machine(append="quiet", extra=BY_INSTRUCTIONS) as m:
        m.boot()
        said = m.run("die load; die load; die load")
        later = m.run("sleep 1.1; die load")
        m.poweroff()
    if (said + later).count("  walk:") != 2 or said.count("  why:") != 2:
        raise Failure(f"repeated deaths are not cut short, or later ones are: {said!r}, {later!r}")


def test_faults_words_refused(context):
    with context.machine(append="quiet lang=fr explain=loud") as m:
        text = m.boot()
        m.poweroff()
    for word in ("lang=fr", "explain=loud"):
        if word not in text:
            raise Failure(f"{word} is not named")
    with context.machine(append="lang=zh quiet kpt=foo nonesuch") as m:
        text = m.boot()
        m.poweroff()
    for part in ("vitrine: kpt=foo: 可选的有 unified, global, fullcopy, sharedroot; 已忽略\n",
                 "vitrine: 内核命令行上有不认识的词: nonesuch\n"):
        if part not in text:
            raise Failure(f"in Chinese the kernel does not say {part!r}: {text[-400:]!r}")


def test_faults_mapped_by(context):
    """Debug builds print the functions that mapped and unmapped a page."""
    with context.machine(append="quiet kpt=unified", variant="DEBUG") as m:
        m.boot()
        freed, read_only = unfold(m.run("faults freed")), unfold(m.run("faults read-only"))
        m.poweroff()
    story = re.findall(r"^  by:    (mapped|unmapped) 0x\w+ by (.*), \d+ ms ago$", freed, re.M)
    if [s[0] for s in story] != ["unmapped", "mapped"] or not all("sbrk" in s[1] for s in story):
        raise Failure(f"freed memory: {freed!r}")
    if not re.search(r"^  by:    mapped .*vmfault", read_only, re.M):
        raise Failure(f"a page that was brought in: {read_only!r}")


# -- the kernel's own mistakes


def provoke(context, name, lang="en", design="unified", mode="sv39"):
    """The output of a self-test, which must end in a panic exactly if it is among PANICS. Returns (text, panicked)."""
    panicked = False
    with context.machine(image=None, variant="DEBUG",
                         append=f"quiet kpt={design} mmu={mode} lang={lang} selftest={name}") as m:
        try:
            m.wait_exit()
        except Failure as why:
            if not str(why).startswith("kernel panic"):
                raise
            panicked = True
        if (m.exit_code == 0) == panicked:
            raise Failure(f"selftest={name} ends with exit code {m.exit_code}")
        return m.output[m.output.index(f"selftest: {name}\n"):], panicked


def without_backtrace(text):
    return re.sub(r"^(?:on hart|\d+ 号核上).*", "", text, flags=re.M | re.S)


def panics(context, lang, design="unified"):
    lines = []
    for name in (*SILENT, *PANICS):
        text, panicked = provoke(context, name, lang, design)
        if panicked != (name in PANICS) and not (name == "user-memory" and "lets the kernel" in text):
            raise Failure(f"selftest={name}: {'a panic' if panicked else 'no panic'}")
        if panicked and not re.search(r"^  0x[0-9a-f]{16} selftest_run\+0x", text, re.M):
            raise Failure(f"selftest={name}: the backtrace does not name its caller")
        lines += section(name, without_backtrace(text))
    return lines


def test_panics_en(context):
    compare(context, "panics-en.txt", panics(context, "en"))


def test_panics_zh(context):
    compare(context, "panics-zh.txt", panics(context, "zh"))


def test_panics_global(context):
    compare(context, "panics-en.txt", panics(context, "en", "global"), "panics-global.txt")


def test_panics_fullcopy(context):
    compare(context, "panics-en.txt", panics(context, "en", "fullcopy"), "panics-fullcopy.txt")


def test_panics_sharedroot(context):
    compare(context, "panics-en.txt", panics(context, "en", "sharedroot"), "panics-sharedroot.txt")


def test_panic_mirror(context):
    """A user page that leaves the process's table and stays in the mirror is noticed, where there is a mirror."""
    for design in DESIGNS:
        text, panicked = provoke(context, "mirror", design=design)
        if panicked != (design in ("fullcopy", "sharedroot")) or (panicked and "kpt-mirror" not in text):
            raise Failure(f"kpt={design}: {text!r}")
    text, _ = provoke(context, "mirror", "zh", "fullcopy")
    if "panic: kpt-mirror: " not in text or "  含义:  镜像不一致" not in text:
        raise Failure(f"lang=zh: {text!r}")


def test_panic_rules(context):
    """The hart and the manual agree on the cause of every broken rule, whichever table is in force."""
    for design, mode, bit in (*((d, "sv39", 38) for d in DESIGNS), ("unified", "sv48", 47), ("global", "sv57", 56)):
        text, _ = provoke(context, "rules", design=design, mode=mode)
        causes = re.findall(r"^selftest: ([\w-]+): cause (\d+), the manual says (\d+)$", text, re.M)
        wrong = [c for c in causes if c[1] != c[2]]
        if wrong or len({c[0] for c in causes}) < 13:
            raise Failure(f"kpt={design} mmu={mode}: {wrong or causes}")
        if f"bits 63 to {bit} of the address are not all alike: no walk is made (canonical" not in unfold(text):
            raise Failure(f"mmu={mode}: an address that is none is not explained")


def test_panic_unknown_selftest(context):
    with context.machine(image=None, variant="DEBUG", append="selftest=nonesuch") as m:
        m.expect("there is no test nonesuch; there are:\n  rules remap .*\n(?:  .*\n)* .* illegal\n")
        m.wait_exit(1)


def test_panic_selftest_needs_debug(context):
    with context.machine(image=None, append="selftest=rules") as m:
        m.expect("selftest=rules needs a kernel built with DEBUG=1")
        m.wait_exit(2)


if __name__ == "__main__":
    for file in sys.argv[1:]:
        with open(file, encoding="utf-8") as log:
            print("\n".join(mask(log.read())))
