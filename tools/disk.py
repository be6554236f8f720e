#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""disk.py - changes the user's disk image while no machine runs on it.

    disk.py update IMAGE NEW STAGE   brings the build's files in IMAGE up to date; without an IMAGE, or with another
                         [fresh]     word, NEW becomes IMAGE
    disk.py put IMAGE FILE... [DIR/] copies files from here to the disk
    disk.py get IMAGE NAME... [DIR/] copies files from the disk to here
    disk.py check IMAGE              prints why no machine can use IMAGE
    disk.py free IMAGE               says so when a machine uses IMAGE

Theory    debugfs changes a copy of the image, e2fsck checks the copy, and only then the copy takes the image's
          place: a failure leaves the disk as it was. IMAGE.list lists the build's files on the disk with their
          contents. A file that differs from the list was changed by the user, and the build leaves it.
"""
import fcntl
import hashlib
import os
import posixpath
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile

from words import reason, tr

sys.dont_write_bytecode = True

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SUPER = 1024  # offset of the superblock, of ext2 and of xv6's file system
EXT2_MAGIC, XV6_MAGIC = 0xEF53, 0x10203040
KIND = {"regular": "file", "directory": "dir", "symlink": "link"}


class Refused(Exception):
    """The command cannot be done; the text names it, the reason, and a remedy."""


def say(text):
    print(f"vitrine: {text}", file=sys.stderr)


# -- the image file


def in_use(path):
    """Whether a machine has the image open for writing: QEMU then holds locks on bytes of the file."""
    if not hasattr(fcntl, "F_OFD_GETLK"):
        return False
    try:
        with open(path, "r+b") as f:
            probe = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            return struct.unpack("hhqqi", fcntl.fcntl(f, fcntl.F_OFD_GETLK, probe))[0] != fcntl.F_UNLCK
    except OSError:
        return False


def must_be_free(path):
    if in_use(path):
        raise Refused(tr("%s is in use by a machine that runs:") % path + "\n         " +
                      tr("type poweroff there, then try again"))


def trouble(path):
    """Why no machine can use the file as its disk; None: no reason was found."""
    if not os.path.exists(path):
        return tr("there is no file %s") % path
    if not os.path.isfile(path):
        return tr("%s is no regular file") % path
    try:
        with open(path, "rb") as f:
            start = f.read(SUPER + 64)[SUPER:]
    except OSError as e:
        return tr("%s cannot be read: %s") % (path, reason(e))
    if len(start) == 64 and struct.unpack_from("<H", start, 56)[0] == EXT2_MAGIC:
        return None
    if len(start) == 64 and struct.unpack_from("<I", start)[0] == XV6_MAGIC:
        return (tr("%s holds xv6's own file system, and Vitrine reads ext2;") % path + "\n         " +
                tr("programs of xv6 run here: copy them to this disk by `./vitrine put FILE...'"))
    return (tr("%s holds no ext2 file system;") % path + "\n         " +
            tr("`mke2fs -t ext2 -b 4096 FILE 32M' makes one"))


def find_tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") or name


def run(*command):
    r = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return r.returncode, r.stdout.decode("utf-8", "replace"), r.stderr.decode("utf-8", "replace")


class Disk:
    """A copy of an image, whose journal has been replayed; keep() puts it in the image's place."""

    def __init__(self, image):
        self.image = os.path.realpath(image)
        self.dir = tempfile.mkdtemp(prefix=os.path.basename(image) + ".", dir=os.path.dirname(self.image))
        self.copy = os.path.join(self.dir, "copy")

    def __enter__(self):
        try:
            copy_sparse(self.image, self.copy)
            self.check("-fp", 1)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def check(self, how, limit):
        code, out, _ = run(find_tool("e2fsck"), how, self.copy)
        if code > limit:
            why = [s for s in out.splitlines() if s and not s.startswith("Pass")]
            raise Refused(tr("%s: the file system is damaged:") % self.image +
                          f"\n         {why[0] if why else f'e2fsck: {code}'}\n         " +
                          tr("`e2fsck -f' repairs it, `./vitrine fresh' makes a new disk"))

    def keep(self):
        self.check("-fn", 0)
        os.replace(self.copy, self.image)

    def debugfs(self, commands, write=False):
        """Runs commands; returns the output of each, and the error messages."""
        script = os.path.join(self.dir, "script")
        with open(script, "w", encoding="utf-8") as f:
            f.writelines(c + "\n" for c in commands)
        _, out, errors = run(find_tool("debugfs"), *(["-w"] if write else []), "-f", script, self.copy)
        parts = re.split(r"^debugfs: .*\n", out, flags=re.M)[1:]
        return parts, [e for e in errors.splitlines() if not re.match(r"debugfs \d", e)]

    def change(self, commands):
        complaints = self.debugfs(commands, write=True)[1]
        if complaints:
            full = "Could not allocate" in complaints[0]
            raise Refused((tr("%s: %s (is the disk full?); the disk is as it was") if full else
                           tr("%s: %s; the disk is as it was")) % (self.image, complaints[0]))

    def kinds(self, paths):
        """{path: file, dir, link or other} for the existing paths."""
        texts = self.debugfs([f"stat {quoted(p)}" for p in paths])[0]
        found = {p: re.search(r"Type: (\S+)", text) for p, text in zip(paths, texts)}
        return {p: KIND.get(m[1], "other") for p, m in found.items() if m}

    def dump(self, paths):
        """Copies files out; returns {path: the copy's path}."""
        copies = {p: os.path.join(self.dir, str(n)) for n, p in enumerate(paths)}
        self.debugfs([f"dump {quoted(p)} {quoted(c)}" for p, c in copies.items()])
        return {p: c for p, c in copies.items() if os.path.exists(c)}


def quoted(path):
    return '"' + path.replace('"', '""') + '"'


def copy_sparse(source, target):
    """Copies a disk image; holes stay holes where the file system can."""
    subprocess.run(["cp", "--sparse=always", source, target], check=True)


def beside(path, before, after=""):
    """A command of debugfs on a name, after a change to its directory: not all commands understand whole paths."""
    where, name = posixpath.split(path)
    return [f"cd {quoted(where)}", f"{before} {quoted(name)} {after}"]


def adding(path, source, mode):
    """The commands that make a file with the contents of another."""
    return [*beside(path, f"write {quoted(os.path.abspath(source))}"),
            *beside(path, "set_inode_field", f"mode 0{stat.S_IFREG | mode:o}")]


def removing(path):
    return beside(path, "rm")


# -- the build's files


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def staged(stage):
    """{path on the disk: content} of the files that the build puts there, each directory before its own files."""
    found = {}
    for where, dirs, files in os.walk(stage):
        for name in sorted(dirs + files):
            path = os.path.join(where, name)
            link = os.path.islink(path)
            found["/" + os.path.relpath(path, stage)] = (
                "link " + os.readlink(path) if link else "dir" if os.path.isdir(path) else digest(path))
    return found


def on_disk(disk, paths):
    """{path: content} for the paths that are on the disk; the content of a link is its kind."""
    kinds = disk.kinds(paths)
    copies = disk.dump([p for p in paths if kinds.get(p) == "file"])
    return {p: digest(copies[p]) if p in copies else kind for p, kind in kinds.items()}


def same(is_, was):
    return is_ == was or (is_ == "link" and was is not None and was.startswith("link "))


def making(stage, path, what):
    source = stage + path
    if what == "dir":
        return beside(path, "mkdir")
    if what.startswith("link "):
        return beside(path, "symlink", quoted(what[5:]))
    return adding(path, source, stat.S_IMODE(os.stat(source).st_mode))


def plan(stage, new, old, there):
    """The commands that bring the disk up to date, and the paths that the user has changed."""
    commands, kept = [], []
    for path, what in new.items():
        if same(there.get(path), what):
            continue
        if path in there and (what == "dir" or there[path] in ("dir", "other") or
                              (old is not None and not same(there[path], old.get(path)))):
            kept.append(path)
            continue
        commands += (removing(path) if path in there else []) + making(stage, path, what)
    for path in sorted(set(old or ()) - set(new)):
        if path in there and there[path] != "dir" and same(there[path], old[path]):
            commands += removing(path)
    return commands, kept


def read_list(path):
    """{path: content} as written by the last build; None if that is not known."""
    try:
        with open(path, encoding="utf-8") as f:
            return {p: what for what, p in (s.rstrip("\n").split("\t", 1) for s in f)}
    except FileNotFoundError:
        return None


def write_list(path, listed):
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.writelines(f"{what}\t{p}\n" for p, what in listed.items())
    os.replace(path + ".new", path)


def update(image, new_image, stage, fresh=""):
    new = staged(stage)
    if in_use(image):
        say(tr("%s is in use by a machine that runs: the next build updates it") % image)
        os.unlink(new_image)
        return
    if fresh or not os.path.exists(image):
        os.replace(new_image, image)
        write_list(image + ".list", new)
        return
    old = read_list(image + ".list")
    with Disk(image) as disk:
        there = on_disk(disk, list(dict.fromkeys([*new, *(old or ())])))
        commands, kept = plan(stage, new, old, there)
        if commands:
            disk.change(commands)
            disk.keep()
    for path in kept:
        say(tr("%s on the disk is yours and stays; the build's is not put there") % path)
    write_list(image + ".list", {p: w for p, w in new.items() if p not in kept} |
               {p: old[p] for p in kept if old and p in old})
    os.unlink(new_image)
    os.utime(image)


# -- the user's files


def longest_name():
    """The length to which the kernel truncates names."""
    with open(os.path.join(ROOT, "include/abi/stat.h"), encoding="utf-8") as f:
        return int(re.search(r"#define DIRSIZ\s+(\d+)", f.read())[1])


def targets(words, here):
    """Splits the words: the files, and the directory that a last word with a slash at its end names."""
    if len(words) > 1 and words[-1].endswith("/"):
        return words[:-1], words[-1]
    return words, here


def absolute(path):
    """The path from the root of the disk."""
    return posixpath.normpath("/" + path.strip("/"))


def put(image, words):
    files, where = targets(words, "/")
    where = absolute(where)
    wanted = {posixpath.join(where, os.path.basename(f)): f for f in files}
    for path, f in wanted.items():
        if not os.path.isfile(f):
            raise Refused((tr("%s: put takes files alone") if os.path.exists(f) else
                           tr("%s: there is no such file")) % f)
        if len(os.path.basename(path).encode()) > longest_name():
            raise Refused(tr("%s: names on the disk have at most %d characters") % (f, longest_name()))
    must_be_free(image)
    with Disk(image) as disk:
        kinds = disk.kinds([where, *wanted])
        if kinds.get(where) != "dir":
            raise Refused(tr("there is no directory %s on the disk") % where)
        commands = []
        for path, f in wanted.items():
            if kinds.get(path) in ("dir", "other"):
                raise Refused(tr("%s on the disk is no file") % path)
            mode = 0o755 if os.access(f, os.X_OK) or is_elf(f) else 0o644
            commands += (removing(path) if path in kinds else []) + adding(path, f, mode)
        disk.change(commands)
        for path, copy in disk.dump(list(wanted)).items():
            if digest(copy) != digest(wanted[path]):
                raise Refused(tr("%s did not fit on the disk whole; the disk is as it was") % path)
        disk.keep()
    for path, f in wanted.items():
        print(f"{f} -> {path}")


def is_elf(path):
    with open(path, "rb") as f:
        return f.read(4) == b"\x7fELF"


def get(image, words):
    names, where = targets(words, ".")
    paths = [absolute(n) for n in names]
    must_be_free(image)
    if not os.path.isdir(where):
        raise Refused(tr("there is no directory %s here") % where)
    with Disk(image) as disk:
        kinds = disk.kinds(paths)
        for path in paths:
            if kinds.get(path) != "file":
                raise Refused((tr("%s: get takes files alone") if path in kinds else
                               tr("%s: the disk has no such file")) % path)
        for path, copy in disk.dump(paths).items():
            target = os.path.join(where, posixpath.basename(path))
            shutil.copyfile(copy, target)
            print(f"{path} -> {target}")


def check(image):
    why = trouble(image)
    if why:
        raise Refused(why)


def main():
    commands = {"update": lambda a: update(*a), "put": lambda a: put(a[0], a[1:]), "get": lambda a: get(a[0], a[1:]),
                "check": lambda a: check(*a), "free": lambda a: must_be_free(*a)}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    try:
        commands[sys.argv[1]](sys.argv[2:])
    except Refused as why:
        say(why)
        sys.exit(1)
    except OSError as e:
        say(f"{e.filename or sys.argv[2]}: {reason(e)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
