# SPDX-License-Identifier: MIT
"""glassrun.py - functions for the tests of tests/machine: build the glass machine, run it, replay in node."""
import glob
import hashlib
import os
import re

import hosttest
from machine import Failure, slowness

COMPILE = ["riscv64-unknown-elf-gcc", "-march=rv64imac_zicsr", "-mabi=lp64", "-mcmodel=medany", "-O1", "-ffreestanding",
           "-nostdlib", "-static", "-Wl,--build-id=none"]
CC = [*COMPILE, "-T", "tests/machine/isa/isa.ld", "-Wl,-e,_entry"]
FIRMWARE = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.elf"

HAN = "[\u4e00-\u9fff]"
KINDS = re.compile(r"^(?:glass:|  (?:what|事件):)")


def glass(context):
    """The program, built."""
    path = f"{context.out}/machine/glass"
    with hosttest.lock_for(path):
        context.make(path)
    return os.path.abspath(path)


def prompt(context):
    """The kernel of tests/machine/prompt.c, built."""
    path = os.path.join(context.dir, "prompt")
    context.must([*CC, "-o", path, "tests/machine/prompt.c"])
    return path


def run(context, *words, status=0, seconds=120):
    """Runs the program, which must end with that status (None: any); returns its output."""
    command = ["timeout", "-k", "5", str(int(seconds * slowness())), glass(context), *words]
    code, text = context.sh(command)
    if status is not None and code != status:
        lines = text.strip().splitlines()
        raise Failure(f"{' '.join(words)[:60]}: status {code}, not {status}: {lines[-1] if lines else ''}")
    return text


def demand(text, *patterns):
    """Fails unless the text, or that with the lines of long sentences joined, has each pattern."""
    joined = re.sub(r"\n  (?=\S)", " ", text)
    for pattern in patterns:
        if not re.search(pattern, text) and not re.search(pattern, joined):
            raise Failure(f"{pattern!r} is not in {text.strip()[-300:]!r}")


def in_order(text, *patterns):
    """Fails unless the text has the patterns one after the other."""
    demand(text, ".*".join(patterns))


def line_with(words, path):
    """The number of the line of the source that has these words."""
    with open(path, encoding="utf-8") as f:
        return next(n for n, text in enumerate(f, 1) if words in text)


def in_node(context, log, words, said):
    """Replays in node, if that is installed; the hash must be the native program's."""
    if not (hosttest.have("node") and hosttest.have("clang")):
        return
    module = f"{context.out}/machine/glass.wasm"
    with hosttest.lock_for(module):
        context.make(module)
    code, text = context.sh(["timeout", "600", "node", "tests/machine/replay.mjs", module, log, *words])
    demand(text, re.search("hash [0-9a-f]* at [0-9]*", said)[0])
    if code:
        raise Failure(f"node ends with {code}")


def mini(context, mistake="NONE", *flags):
    """The kernel of tests/machine/mini with one of the mistakes of mini.h. It runs with --mem 4M.

    All tests share the kernels: each is compiled once for the present sources.
    """
    sources = sorted(glob.glob("tests/machine/mini/*.[cS]"))
    command = [*COMPILE, "-g", "-fno-omit-frame-pointer", "-fno-common", "-fno-jump-tables",
               "-Wl,--no-warn-rwx-segments", "-Itests/machine", "-T", "tests/machine/mini/mini.ld",
               f"-DMISTAKE={mistake}", *flags, *sources]
    key = hashlib.sha256(repr(command).encode())
    for source in [*sources, *sorted(glob.glob("tests/machine/mini/*.[hl]*")), *glob.glob("tests/machine/*.h")]:
        with open(source, "rb") as f:
            key.update(f.read())
    path = os.path.join(context.out, "test", "mini", f"mini-{mistake}-{key.hexdigest()[:16]}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with hosttest.lock_for(path):
        if not os.path.exists(path):
            context.must([*command, "-o", f"{path}.new"])
            os.replace(f"{path}.new", path)
    return path


def reports(text):
    """The first lines of the machine's reports."""
    heads = re.findall(r"^glass: (?!reports: ).*$", text, re.M)
    return [h for h in heads if "this kernel sets no PMP entry" not in h]


def golden(text):
    """Reports alone, for comparison: each sentence on one line, without the parts that differ from build to build."""
    lines = []
    for line in text.splitlines():
        if KINDS.match(line) or re.match(r"  \S+: ", line):
            lines.append(line)
        elif line.startswith("         ") and lines:
            lines[-1] += " " + line.strip()
    text = "\n".join(x for x in lines if not re.match("glass: (?:reports|报告): ", x))
    text = re.sub(r"0x[0-9a-f]+", "0x#", text)
    text = re.sub(r"\b\d[\d,]*(?= (?:instruction|step)|条| 条| 步)", "#", text)
    text = re.sub(r"(step|第) \d+", r"\1 #", text)
    text = re.sub(r"(?:tests/)?machine/(?:mini|locks)/", "", re.sub(r":\d+\)", ":#)", text))
    text = re.sub(f" (?={HAN})|(?<={HAN}) ", "", text)  # a line may break beside a Chinese character
    return re.sub(r" +", " ", text)
