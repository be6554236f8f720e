#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""glass.py watch|run WORD... - runs kernels on the glass machine (./vitrine watch, ./vitrine run MACHINE=glass).

watch DIR|KERNEL [DISK] [CPUS=N] [MEM=SIZE] [--option ...] [-- LINE ...]: runs a kernel that was built elsewhere. A
directory is a course tree, such as xv6's, in which make has built kernel/kernel and fs.img. Its Makefile tells how many
harts and how much memory its QEMU gets, and which version of virtio its driver expects. File names count from $HERE.

run [KEY=VALUE ...] [--option ...] [-- LINE ...]: Vitrine itself, built as the variables of the Makefile say.
"""
import glob
import os
import re
import struct
import subprocess
import sys

import console
import facts
import faults
import hunt
from words import reason, tr

FIRMWARE = ["/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.elf",
            "/usr/share/opensbi/generic/fw_dynamic.elf",
            "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin",
            "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin"]
USAGE = tr("usage: ./vitrine watch DIR|KERNEL [DISK] [CPUS=N] [MEM=SIZE] [--option ...] [-- LINE ...]")
# Options without a value behind them.
FLAGS = ("blind sharp races svade no-pmp legacy modern readonly keep in-place realtime fast hash count stop gdb "
         "gdb-go help").split()


def refuse(*lines):
    for i, line in enumerate(lines):
        print(f"{'vitrine:' if i == 0 else '        '} {line}", file=sys.stderr)
    sys.exit(2)


def split(words):
    """The words as file names, KEY=VALUE pairs, options, and lines to be typed."""
    names, pairs, options, lines = [], {}, [], []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            lines, words = ["--", *words], []
        elif word.startswith("--"):
            options.append(word)
            if "=" not in word and word[2:] not in FLAGS and words:
                options.append(words.pop(0))
        elif re.match(r"[A-Z]+=", word):
            key, value = word.split("=", 1)
            pairs[key] = value
        else:
            names.append(word)
    return names, pairs, options, lines


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def find_in(makefile, pattern, absent):
    found = re.search(pattern, makefile, re.M)
    return found[1] if found else absent


def named(directory, makefile, pattern, usual):
    """The usual file; if there is none, the one that the Makefile gives to QEMU. Returns the path in the directory."""
    word = find_in(makefile, pattern, usual)
    for _ in range(8):  # a variable may hold another
        word = re.sub(r"\$(?:\((\w+)\)|\{(\w+)\}|(\w))", lambda m: find_in(
            makefile, rf"^{m[1] or m[2] or m[3]}\s*[:?]?=[ \t]*(\S+)", ""), word)
    other = os.path.join(directory, word)
    return other if os.path.isfile(other) and not os.path.exists(os.path.join(directory, usual)) else \
        os.path.join(directory, usual)


def newer_source(directory, kernel):
    """A source of the kernel that was changed after it was built."""
    built = os.path.getmtime(kernel)
    sources = [s for end in "chS" for s in glob.glob(os.path.join(directory, "kernel", f"*.{end}"))]
    return next((s for s in sorted(sources) if os.path.getmtime(s) > built), None)


def course_tree(directory):
    """Kernel and disk of a tree, and its Makefile's options for QEMU."""
    makefile = read(os.path.join(directory, "Makefile"))
    kernel = named(directory, makefile, r"^[^#\n]*\s-kernel[ \t]+(\S+)", "kernel/kernel")
    disk = named(directory, makefile, r"^[^#\n]*\s-drive[ \t]+(?:[^ ,]*,)*file=([^ ,\n]+)", "fs.img")
    if not os.path.exists(kernel):
        refuse(tr("%s has no kernel/kernel.") % directory, tr("Run make there first, or name the kernel's file."))
    changed = newer_source(directory, kernel)
    if changed:
        print("vitrine: " + tr("%s is newer than the kernel: run make there?") % changed, file=sys.stderr)
    if not os.path.exists(disk):
        if re.search(r"^fs\.img:", makefile, re.M):
            refuse(tr("%s has no fs.img.") % directory, tr("Run make fs.img there first."))
        print("vitrine: " + tr("%s has no fs.img; the kernel runs without a disk.") % directory, file=sys.stderr)
        disk = None
    return kernel, disk, {
        "CPUS": find_in(makefile, r"^CPUS\s*[:?]?=\s*(\d+)", "3"),
        "MEM": find_in(makefile, r"^QEMU(?:OPTS|ARGS)\s*[:+?]?=.*\s-m\s+(\d+[KMG]?)\b", "128M"),
        "legacy": bool(makefile) and "virtio-blk-device" in makefile and "force-legacy=false" not in makefile,
    }


def entry(kernel):
    """The entry point of an ELF file; 0 when it is none, which the machine reports later."""
    try:
        with open(kernel, "rb") as f:
            head = f.read(32)
    except OSError as why:
        refuse(f"{kernel}: {reason(why)}")
    return struct.unpack_from("<Q", head, 24)[0] if len(head) == 32 and head[:4] == b"\x7fELF" else 0


def firmware(kernel):
    """The options that start the kernel from firmware, if it is linked for that."""
    if entry(kernel) & 0xffffffff < 0x80200000:
        return []
    found = next((f for f in FIRMWARE if os.path.exists(f)), None)
    if not found:
        refuse(tr("%s starts in S-mode and needs OpenSBI.") % kernel, tr("Debian has it in the package opensbi."))
    return ["--firmware", found]


def make_value(name, *words):
    """A variable of the Makefile."""
    command = ["make", "-s", "--no-print-directory", *words, f"print-{name}"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def build(*words):
    print(tr("building ..."), file=sys.stderr)
    command = ["make", "--no-print-directory", f"-j{os.cpu_count() or 1}", *words]
    subprocess.run(command, stdout=sys.stderr, check=True)


def amount(size):
    """Converts an amount of memory as QEMU does: MiB without a letter."""
    return size if size[-1:] in ("K", "M", "G", "k", "m", "g") else size + "M"


def start(glass, words):
    os.execv(glass, [glass, *words])


def watch(words):
    names, pairs, options, lines = split(words)
    if not names or len(names) > 2:
        refuse(tr("which kernel?"), USAGE)
    strange = sorted(set(pairs) - {"CPUS", "MEM"})
    if strange:
        refuse(tr("%s: watch knows CPUS= and MEM=") % ", ".join(strange), USAGE)
    for name in names:
        if not os.path.exists(os.path.join(os.environ.get("HERE", "."), name)):
            refuse(tr("%s: there is no such file or directory") % name, USAGE)
    build("build/machine/glass")
    glass, kept = os.path.abspath("build/machine/glass"), os.path.abspath("build/machine/facts")
    questions = facts.questions()
    os.chdir(os.environ.get("HERE", "."))
    kernel, disk, told = names[0], None, {"CPUS": "3", "MEM": "128M", "legacy": False}
    if os.path.isdir(kernel):
        kernel, disk, told = course_tree(kernel)
    disk = names[1] if len(names) > 1 else disk
    told.update(pairs)
    asked = take(options, "--seeds")
    told_facts = any(o.startswith("--facts") for o in options) or not os.path.exists(kernel)
    known = None if told_facts else facts.find(kernel, questions, kept)
    if not told_facts and not known and not facts.debugger():
        print("vitrine: " + tr("no gdb for RISC-V (gdb-multiarch): processes have no names, fewer checks run"),
              file=sys.stderr)
    version = ["--legacy"] if told["legacy"] and "--modern" not in options else []
    chosen = ["--harts", told["CPUS"], "--mem", amount(told["MEM"]), "--no-pmp", *firmware(kernel), *version,
              *(["--facts", known] if known else []), *options]
    files = [kernel, *([disk] if disk else [])]

    def again(seed, where):
        """The command that repeats a run."""
        plain = hunt.quoted([*names, *(f"{k}={v}" for k, v in pairs.items()), *without(options)])
        typed = " -- " + hunt.quoted(lines[1:]) if lines else ""
        return f"./vitrine watch {plain}{f' --seed {seed}' if seed else ''} {where}{typed}"

    if asked:
        hunt_seeds(glass, [*chosen, *files], lines, asked, again)
    seed = take(list(options), "--seed")
    start(glass, [*chosen, "--again", again(seed, "{at}"), *files, *lines])


def take(options, name):
    """Removes an option that has a value; returns that, or None."""
    for i, word in enumerate(options):
        if word.split("=")[0] == name:
            value = word.partition("=")[2] if "=" in word else options[i + 1] if i + 1 < len(options) else ""
            del options[i:i + (1 if "=" in word else 2)]
            return value or refuse(tr("%s needs a value") % name)
    return None


def without(options):
    """The options that belong to a run, without those that say where to stop and what to keep."""
    rest = [o for o in options if o not in ("--stop", "--gdb", "--gdb-go")]
    for name in ("--seed", "--at", "--json", "--record", *(["--fail"] if "kalloc:all" in rest else [])):
        take(rest, name)
    return rest


def hunt_seeds(glass, command, lines, asked, again):
    if not hunt.seeds(asked):
        refuse(tr("--seeds %s: a range such as 1-200 is expected") % asked)
    if not lines:
        refuse(tr("--seeds needs lines to be typed: ./vitrine watch DIR --seeds 1-200 -- usertests"))
    bound = [] if any(w.startswith("--max") for w in command) else ["--max", str(hunt.MAX)]
    sys.exit(hunt.hunt([glass, *bound, *command], lines, hunt.seeds(asked), again))


def start_with_faults(path, command):
    """Runs the command, and writes the explanations of faults in its output to the file; ends with its status."""
    try:
        reports = faults.opened(path)
    except OSError as e:
        refuse(tr("FAULTS=%s: %s") % (path, reason(e)))
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as machine:
        while data := machine.stdout.read(1 << 16):
            console.write(data)
            reports.feed(data)
    reports.close()
    sys.exit(machine.returncode if machine.returncode >= 0 else 128 - machine.returncode)


def run(words):
    names, pairs, options, lines = split(words)
    if names:
        refuse(tr("run takes KEY=VALUE words and --options, not '%s'") % names[0])
    given = [f"{key}={value}" for key, value in pairs.items() if key not in ("MACHINE", "FAULTS")]
    if os.environ.get("VITRINE_LANGUAGE", "en") != "en":
        given.insert(0, f"BOOTLANG={os.environ['VITRINE_LANGUAGE']}")
    told = {name: make_value(name, *given) for name in ("O", "CPUS", "MEM", "APPEND", "FSIMG")}
    glass, kernel = f"{told['O']}/machine/glass", f"{told['O']}/kernel/kernel"
    build(*given, "all", glass)
    print(tr("booting; type poweroff, or Ctrl-A X, to leave"), file=sys.stderr)
    command = ["--harts", told["CPUS"], "--mem", amount(told["MEM"]), *firmware(kernel), "--append", told["APPEND"],
               "--keep", *options, kernel, told["FSIMG"], *lines]
    if pairs.get("FAULTS"):
        start_with_faults(pairs["FAULTS"], [glass, *command])
    start(glass, command)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("watch", "run"):
        sys.exit(__doc__)
    try:
        {"watch": watch, "run": run}[sys.argv[1]](sys.argv[2:])
    except subprocess.CalledProcessError:
        refuse(tr("the build has failed; its first complaint above says where"))
