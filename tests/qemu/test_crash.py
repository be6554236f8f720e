# SPDX-License-Identifier: MIT
"""test_crash.py - the whole machine loses its power, or its disk fails. tests/host/fs/t_fs_crash.c cuts finer."""
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))

import hosttest  # noqa: E402
from disk import find_tool  # noqa: E402
from machine import Failure  # noqa: E402


def pull_the_plug(context, rnd, image, how):
    """Runs the workload until a random moment; returns (the disk, the last number that was safe)."""
    with context.machine(image=image, **how) as m:
        m.boot()
        m.type("durable run\n")
        m.expect(rf"\ndurable {rnd.randint(2, 60)}\n")
        end = time.monotonic() + rnd.random() * 0.3
        while time.monotonic() < end:
            m.read_some(0.01)
        m.process.kill()
        m.process.wait()
        while m.read_some(0):
            pass
        kept = m.disk + ".cut"
        os.rename(m.disk, kept)
        return kept, int(re.findall(r"\ndurable (\d+)\n", m.output)[-1])


def log_in_use(disk):
    """Whether the journal's superblock says where its log begins: right after a checkpoint there is none."""
    journal = subprocess.run([find_tool("debugfs"), "-R", "cat <8>", disk], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout
    return int.from_bytes(journal[28:32], "big") != 0


def look(context, disk, last, how):
    """The next boot recovers, frees the file that was open, and finds the safe files. True: there was a log."""
    used = log_in_use(disk)
    with context.machine(image=disk, **how) as m:
        m.boot()
        for line in ["recovering"] * used + ["ireclaim: orphaned inode"]:
            if line not in m.output:
                raise Failure(f"the next boot does not say {line!r}")
        found = re.search(r"durable holds (\d+) to (\d+)", m.run("durable check"))
        if not found or int(found[2]) < last:
            raise Failure(f"{last} files were safe; {found[0] if found else 'the check fails'}")
        m.poweroff()  # and e2fsck -fn finds nothing
    return used


def crash(context, rounds, seed, **how):
    rnd, logs = random.Random(seed), 0
    for _ in range(rounds):
        disk, last = pull_the_plug(context, rnd, "default", how)
        copy = disk + ".e2fsck"
        subprocess.run(["cp", disk, copy], check=True)
        code, _ = context.sh([find_tool("e2fsck"), "-fy", copy])
        if code > 1 or context.sh([find_tool("e2fsck"), "-fn", copy])[0]:
            raise Failure("e2fsck cannot recover the disk")
        logs += look(context, disk, last, how)
        os.unlink(disk)
        os.unlink(copy)
    if not logs:
        raise Failure("the log was empty at each of the cuts")


def test_crash_1(context):
    """The power fails at random moments, one hart."""
    crash(context, 3, 1)


def test_crash_3(context):
    """As crash-1, with three harts and the contents of files in the journal."""
    crash(context, 3, 2, cpus=3, append="data=journal")


def test_crash_long(context):
    """As crash-3, with many power failures."""
    crash(context, 60, 3, cpus=3)


test_crash_long.is_long = True


def test_cuts_long(context):
    """The host's cuts at every write, hundreds of thousands of them."""
    program = hosttest.build(context, hosttest.unit_path("fs_crash"))
    for seed in range(1, 21):
        hosttest.execute(context, [program, "30", str(seed)], seconds=1800)


test_cuts_long.is_long = True


WORK = """mkdir kept; echo one > kept/f0; echo two > kept/f5; cp README kept/long; mv kept/f0 kept/f1; ln -s f1 kept/s
echo gone > kept/g; rm kept/g; echo first > kept/t; echo second > kept/t; rm kept/f5; echo three > kept/f5"""


def kill_after(context, commands, image="default", **how):
    """Runs the commands; the power fails as soon as the last one has ended. Returns the disk."""
    with context.machine(image=image, **how) as m:
        m.boot()
        for line in commands.split("\n"):
            m.run(line)
        m.process.kill()
        m.process.wait()
        os.rename(m.disk, m.disk + ".cut")
        return m.disk + ".cut"


def test_durable_at_return(context):
    """With durable=on all changes of a command survive a power failure right after it; boot finds them in the log."""
    for cpus in (1, 3):
        disk = kill_after(context, WORK, cpus=cpus, append="durable=on")
        with context.machine(image=disk, cpus=cpus) as m:
            if not re.search(r"^recovering", m.boot(), re.M):
                raise Failure("the boot does not say that it recovers")
            text = m.run("cd kept; ls; cat f1 f5 s t; cmp long ../README; echo same $?")
            for word in ("f1", "f5", "long", "one\nthree\none\nsecond\nsame 0"):
                if word not in text:
                    raise Failure(f"{word!r} is missing: {text!r}")
            if re.search(r"^(f0|g)\b", text, re.M):
                raise Failure(f"what was removed is back: {text!r}")
            m.run("cd /")
            m.poweroff()
        os.unlink(disk)


def test_durable_words(context):
    """The word's other values, and a disk that cannot keep the promise."""
    with context.machine(append="durable=perhaps") as m:
        if "durable=perhaps" not in m.boot():
            raise Failure("a wrong value is not named")
        m.poweroff()
    image = os.path.join(context.dir, "plain.img")
    subprocess.run(["cp", context.options.image, image], check=True)
    subprocess.run([find_tool("tune2fs"), "-O", "^has_journal", image], check=True, stdout=subprocess.DEVNULL)
    with context.machine(image=image, append="durable=on") as m:
        if "durable=on has no effect" not in m.boot():
            raise Failure("nothing says that there is no journal")
        m.run("echo one > one")
        m.poweroff()
    os.unlink(image)


def journal_block(image):
    """A block in the middle of the image's journal."""
    r = subprocess.run([find_tool("debugfs"), "-R", "blocks <8>", image], stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, check=True)
    return int(r.stdout.split()[8])


def test_disk_errors(context):
    """Writes to the journal fail: calls fail, a line says why, nothing panics."""
    image = os.path.join(context.dir, "errors.img")
    rules = os.path.join(context.dir, "rules")
    subprocess.run(["cp", context.options.image, image], check=True)
    with open(rules, "w", encoding="utf-8") as f:
        f.write('[inject-error]\nevent = "write_aio"\nerrno = "5"\nonce = "off"\n')
        f.write(f'sector = "{journal_block(image) * 8}"\n')
    disk = ["-drive", f"file=blkdebug:{rules}:{image},if=none,format=raw,id=x0",
            "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"]
    with context.machine(image=None, extra=disk) as m:
        m.boot()
        m.run("echo one > one; sync; echo two > two; mkdir d; sync; mkdir e; mkdir f; echo 3 > f/3; sync; sync")
        if "the journal cannot be written" not in m.output:
            raise Failure("nobody says that the journal cannot be written")
        if "ead-only" not in m.run("mkdir later"):
            raise Failure("a directory is made on a disk that fails")
        if "README" not in m.run("ls"):
            raise Failure("what is there cannot be read any more")
        m.type("poweroff\n")
        m.wait_exit()
    if context.sh([find_tool("e2fsck"), "-fy", image])[0] > 1:
        raise Failure("e2fsck cannot repair the disk")
    os.unlink(image)
