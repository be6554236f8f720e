# SPDX-License-Identifier: MIT
"""test_faultlines.py - ./vitrine run FAULTS=FILE writes the explanations as JSON: on QEMU and on the glass machine."""
import json
import os
import subprocess

import children
from faults import Faults
from machine import Failure, own_disk, slowness

LINES = ("die load", "die illegal", "die textstore", "die stackoverflow")
# Fields that are the same in both languages and on both machines.
EXPECTED = (
    {"kind": "fault", "scause": "0xd", "program": "die", "rule": "valid", "stval": "0x30000000"},
    {"kind": "fault", "scause": "0x2", "program": "die", "stval": "0x0"},
    {"kind": "fault", "scause": "0xf", "rule": "write", "level": 0, "flags": "r-xu-a-"},
    {"kind": "fault", "scause": "0xf", "rule": "user", "level": 0},
)
PANIC = """\
panic: kfree: double free or inside an allocation: pa 0x804fb000 kind free
  含义:  重复释放, 或所给地址在一次分配的内部: 物理地址 0x804fb000, 种类 free,
         所有者 7, 引用 0
0 号核上的调用链:
  0xffffffff80206428 bad_free+0x5a kernel/mm/frame/frame.c:85
  0xffffffff80206770 kfree+0x9e
"""


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def compare(what, got):
    if len(got) != len(EXPECTED):
        raise Failure(f"{what}: {len(got)} reports, expected {len(EXPECTED)}")
    for n, (said, want) in enumerate(zip(got, EXPECTED)):
        wrong = {k: said.get(k) for k, v in want.items() if said.get(k) != v}
        if wrong:
            raise Failure(f"{what}: `{LINES[n]}' gives {wrong}, expected {want}")
    if [e["index"] for e in got[0]["walk"]] != [0, 384] or got[0]["from"][1].split("+")[0] != "_start":
        raise Failure(f"{what}: {got[0]}")


def on_glass(context, language):
    path = os.path.abspath(os.path.join(context.dir, f"glass-{language}.json"))
    context.must(["timeout", str(int(200 * slowness())), "./vitrine", "run", "MACHINE=glass", "CPUS=1",
                  f"O={context.out}", f"FSIMG={own_disk(context)}", f"FAULTS={path}", "--", *LINES, "poweroff"],
                 LC_ALL="", LANG="zh_CN.UTF-8" if language == "zh" else "C.UTF-8")
    return read(path)


def on_qemu(context, language, lines=LINES, cpus=1):
    path = os.path.abspath(os.path.join(context.dir, f"qemu-{language}.json"))
    command = ["timeout", str(int(200 * slowness())), "./vitrine", "run", f"CPUS={cpus}", "MEM=32M", f"O={context.out}",
               f"FSIMG={own_disk(context)}", f"FAULTS={path}", f"BOOTARGS=quiet lang={language}"]
    machine = children.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        text, _ = machine.communicate("\n".join([*lines, "poweroff", ""]).encode())
    finally:
        children.finish(machine)
    with open(context.log, "ab") as log:
        log.write(text)
    return read(path)


def test_fault_lines(context):
    """Equal numbers and names in both languages, on both machines; the texts are in the language."""
    for language in ("en", "zh"):
        told = {"glass": on_glass(context, language), "qemu": on_qemu(context, language)}
        for machine, got in told.items():
            compare(f"{machine}, {language}", got)
            if got[0]["reason"].isascii() != (language == "en"):
                raise Failure(f"{machine}: {got[0]['reason']!r} with lang={language}")
        if not told["qemu"][0]["lines"][0].startswith("user/tests/die.c:"):
            raise Failure(f"no file and line: {told['qemu'][0]}")


def test_fault_lines_starved(context):
    """A process that is killed because all memory is in use has a report, in both languages; it has made no fault."""
    got = on_qemu(context, "en", ("usertests starved", "lang zh", "usertests starved"))
    kills = [g for g in got if g["kind"] == "starved"]
    if len(kills) < 2 or any(g["program"] != "usertests" or not g["pid"] for g in kills):
        raise Failure(f"{got}")
    for said, word in ((kills[0], "commit=strict"), (kills[-1], "fork")):
        if not said["what"] or not said["why"] or word not in said["hint"]:
            raise Failure(f"{said}")
    if not kills[0]["what"].isascii() or kills[-1]["what"].isascii():
        raise Failure(f"not in the language of the console: {kills}")


def test_fault_lines_together(context):
    """The explanations of programs that are stopped at one time are not mixed."""
    got = on_qemu(context, "en", (" & ".join([*LINES, "wait"]),), cpus=3)
    if sorted(g["scause"] for g in got) != sorted(e["scause"] for e in EXPECTED):
        raise Failure(f"{got}")
    for said in got:
        if f"pid {said['pid']} " not in said.get("what", ""):
            raise Failure(f"{said}")


def test_fault_lines_panic(context):
    """A panic is one report, with its callers; a row that goes on is joined, in pieces of any size."""
    for size in (1, 7, 4096):
        path = os.path.join(context.dir, "panic.json")
        faults, data = Faults(path), PANIC.encode()
        for n in range(0, len(data), size):
            faults.feed(data[n:n + size])
        faults.close()
        got, = read(path)
        if got["kind"] != "panic" or len(got["from"]) != 2 or not got["means"].endswith("种类 free, 所有者 7, 引用 0"):
            raise Failure(f"in pieces of {size}: {got}")


def test_fault_lines_refused(context):
    """A file that cannot be written is said before the machine starts."""
    for machine in ([], ["MACHINE=glass"]):
        code, text = context.sh(["./vitrine", "run", *machine, f"O={context.out}", f"FSIMG={own_disk(context)}",
                                 "FAULTS=/nowhere/f.json"])
        if code != 2 or "FAULTS=/nowhere/f.json: No such file or directory" not in text:
            raise Failure(f"status {code}: {text.strip()[-200:]}")
