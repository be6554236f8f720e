# SPDX-License-Identifier: MIT
"""test_expect.py - for graders: --expect, --json, exit statuses, a hunt over seeds, the words of QEMU."""
import json
import os
import re
import socket
import subprocess
import time

from glassrun import CC, demand, prompt, run
from machine import Failure, free_port, slowness

SOURCE = "tests/machine/stale.c"


def build(context, entry="none", satp="none"):
    path = os.path.join(context.dir, "kernel")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", f"-DAFTER_ENTRY={entry}", f"-DAFTER_SATP={satp}", "-o", path,
                  SOURCE])
    return path


def write(context, name, text):
    path = os.path.join(context.dir, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def test_expect(context):
    """A known report is not printed and does not count; a missing one is reported; wrong lines are refused."""
    kernel = build(context)

    def expecting(text, status):
        return run(context, "--harts", "1", "--expect", write(context, "known", text), kernel, status=status)

    both = expecting("# two mistakes\nstale-translation remap\nstale-translation switch_tree # and one more\n", 0)
    if "stale translation" in both:
        raise Failure(f"a known report is printed: {both}")
    one = expecting("stale-translation remap\n\nstale-translation nowhere\n", 3)
    demand(one, "hart 0 wrote satp", "line 3: no report `stale-translation nowhere' has come")
    if "changed the entry" in one:
        raise Failure(f"a known report is printed: {one}")
    demand(expecting("stale-translations remap\n", 2), "line 1: there is no kind of report `stale-translations'")
    demand(expecting("stale-translation\n", 2), "line 1: a kind of report and a function are expected")


def test_expect_json(context):
    """Each report is one JSON object, in a file or at a descriptor; --again is told with the place."""
    kernel, path = build(context), os.path.join(context.dir, "reports")
    text = run(context, "--harts", "1", "--seed", "5", "--json", path, "--again", "watch it {at} -- x", kernel, "--",
               status=3)
    with open(path, encoding="utf-8") as f:
        first, second = [json.loads(x) for x in f]
    if (first["kind"], first["function"], second["function"]) != ("stale-translation", "remap", "switch_tree"):
        raise Failure(f"{first} {second}")
    demand(first["what"], "hart 0 reads 0x40000000")
    demand(first["place"], r"^remap \(.*stale.c:[0-9]+\)$")
    if first["seed"] != 5 or not first["from"] or not first["do"] or first["fatal"]:
        raise Failure(f"{first}")
    demand(text, rf"again: watch it --stop --at {first['at']} -- x\n")
    program = f"{context.out}/machine/glass"
    code, words = context.sh(["sh", "-c", f'"$0" --harts 1 --json 5 {kernel} 5>&1 2>/dev/null', program])
    if code != 3 or len(words.splitlines()) != 2 or json.loads(words.splitlines()[0])["kind"] != first["kind"]:
        raise Failure(f"status {code}: {words}")


def vitrine(context, *words, status=0):
    bounded = ["timeout", "-k", "5", str(int(300 * slowness()))]
    code, text = context.sh([*bounded, "./vitrine", "watch", *words], O=context.out)
    if code != status:
        raise Failure(f"watch {' '.join(words)[:70]}: status {code}, not {status}: {text.strip()[-200:]}")
    return text


def test_expect_hunt(context):
    """A hunt prints each failure once, and the command that repeats the first one; that command shows it."""
    kernel = build(context, satp="fence")
    text = vitrine(context, kernel, "CPUS=1", "--seeds", "3-6", "--", status=3)
    demand(text, r"seed [3-6]: stale-translation in remap \(.*stale.c:[0-9]+\)\n", "4 times: st", "4 seeds: 4 fail\n")
    again = re.search(r"the first again: ./vitrine watch (.* --seed 3 --stop --at ([0-9]+) --)\n", text)
    demand(vitrine(context, *again[1].split()), f"At @{again[2]} .*hart 0")
    for seed in ["--seed=7"], ["--seed", "7"]:
        said = vitrine(context, kernel, "CPUS=1", *seed, "--", status=3)
        demand(said, r"again: ./vitrine watch \S*kernel CPUS=1\s+--seed 7\s+--stop\s+--at [0-9]+ --\n")
    correct = build(context, "fence", "fence")
    demand(vitrine(context, correct, "CPUS=1", "--seeds", "1-3", "--"), "3 seeds: none fail")
    demand(vitrine(context, kernel, "--seeds", "1-3", status=2), "--seeds needs lines")
    demand(vitrine(context, kernel, "--seeds", "x", "--", status=2), "--seeds x: a range such as 1-200")
    demand(vitrine(context, prompt(context), "--seeds", "4", "--", "exit 9", status=3), "seed 4: it ends with status 9",
           "again: .* --seed 4 -- 'exit 9'\n")


def test_expect_qemu(context):
    """A grading script's way: QEMU's words, a client that says `c', keys through a pipe, then the end by a signal."""
    run(context, "--help")  # it is built
    kernel, port, disk = prompt(context), free_port(), write(context, "disk", "x" * 4096)
    words = ["tools/qemu-glass", "-machine", "virt", "-bios", "none", "-kernel", kernel, "-m", "64M", "-smp", "2",
             "-nographic", "-global", "virtio-mmio.force-legacy=false",
             "-drive", f"file={disk},if=none,format=raw,id=x0",
             "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0", "-S", "-gdb", f"tcp::{port}"]
    deadline = time.monotonic() + 60 * slowness()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
        client = None
        while client is None and time.monotonic() < deadline:
            try:
                client = socket.create_connection(("localhost", port))
            except OSError:
                time.sleep(0.05)
        client.sendall(b"$c#63")
        text = b""
        while b"$ " not in text:
            text += os.read(qemu.stdout.fileno(), 4096)
        qemu.stdin.write(b"hello\n")
        qemu.stdin.flush()
        while b"hello" not in text:
            text += os.read(qemu.stdout.fileno(), 4096)
        qemu.terminate()
        if qemu.wait() != -15:
            raise Failure(f"SIGTERM ends it with {qemu.returncode}")
    client.close()


def test_expect_qemu_words(context):
    """An option for a feature that the machine lacks gets a message."""
    def told(*words):
        code, text = context.sh(["tools/qemu-glass", *words])
        return f"{code} {text}"

    demand(told("--version"), r"^0 QEMU emulator version 7\.2\.0 ")
    demand(told("-help"), "\n-gdb tcp::PORT")
    demand(told("-machine", "sifive_u"), "^2 qemu-glass: -machine sifive_u: it is always virt")
    demand(told("-device", "e1000,netdev=net0"), "^2 qemu-glass: -device e1000,netdev=net0: there are virtio-blk-d")
    demand(told("-netdev", "user,id=net0"), "^2 qemu-glass: -netdev user,id=net0: the glass machine has nothing")
    demand(told("-nographic"), "^2 qemu-glass: -kernel is missing")
    demand(told("-kernel", "k", "-device", "virtio-blk-device,drive=x0"), "there is no -drive with that id")
