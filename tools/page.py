#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""page.py [--build] [O=DIR] [DIR|KERNEL [DISK]] [CPUS=N] [MEM=SIZE] - makes the page and opens it (./vitrine page).

The page is one HTML file: the glass machine, a kernel and a disk. Without a kernel it has Vitrine itself, built as the
variables of the Makefile say. --build opens nothing.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import facts  # noqa: E402
import glass  # noqa: E402
import pageexercises  # noqa: E402
from words import tr

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
EPOCH = 1767225600  # as in glass.py


def amount(size):
    """Bytes; MiB without a letter."""
    letter = size[-1:].upper()
    return int(size[:-1]) * UNITS[letter] if letter in UNITS else int(size) << 20


def firmware():
    found = next((f for f in glass.FIRMWARE if os.path.exists(f)), None)
    if not found:
        glass.refuse(tr("OpenSBI is missing."), tr("Debian has it in the package opensbi."))
    return found


def sources(root, *patterns):
    """The kernel's source, which the page shows beside the code that runs."""
    files = sorted(os.path.relpath(f, root) for p in patterns for f in glob.glob(os.path.join(root, p)))
    return {"root": os.path.abspath(root), "files": files}


def told_by_debugger(kernel, out):
    """The facts of the debug information, as for ./vitrine watch; without gdb-multiarch the page guesses."""
    found = facts.find(kernel, facts.questions(), f"{out}/machine/facts")
    return {"facts": found} if found else {}


def machine(pairs, own, legacy=False, append=""):
    return {"harts": int(pairs.get("CPUS", "3")), "mem": amount(pairs.get("MEM", "128M")), "seed": 1, "append": append,
            "noPmp": own, "modern": not legacy, "tlb": 0, "epoch": EPOCH}


def vitrine(pairs):
    """Vitrine itself, with a fresh disk, not the user's."""
    given = [f"{key}={value}" for key, value in {"MEM": "64M", **pairs}.items()]
    told = {name: glass.make_value(name, *given) for name in ("O", "CPUS", "MEM", "APPEND")}
    glass.build(*given, "kernel", f"{told['O']}/test.img", f"{told['O']}/machine/glass.wasm",
                f"{told['O']}/page/fence")
    exercises, mistaken = pageexercises.collect(told["O"])
    return told["O"], {"title": "Vitrine", "vitrine": True, "exercises": exercises, "mistaken": mistaken,
                       "kernel": f"{told['O']}/kernel/kernel",
                       "disk": f"{told['O']}/test.img", "firmware": firmware(), "fence": f"{told['O']}/page/fence",
                       "machine": machine(told, False, append=told["APPEND"]),
                       **told_by_debugger(f"{told['O']}/kernel/kernel", told["O"]),
                       "sources": sources(".", "kernel/*.[chS]", "kernel/*/*.[chS]", "kernel/*/*/*.[chS]",
                                          "web/kernels/*.c")}


def reader(names, pairs, here):
    """The reader's own kernel: a course's tree, or a kernel and a disk."""
    kernel, disk = (os.path.join(here, n) for n in (names + [""])[:2])
    told, root = {"legacy": False}, os.path.dirname(os.path.dirname(os.path.abspath(kernel)))
    disk = disk if len(names) > 1 else None
    if os.path.isdir(kernel):
        root = kernel
        kernel, found, told = glass.course_tree(kernel)
        disk = disk or found
    for path in filter(None, (kernel, disk)):
        if not os.path.isfile(path):
            glass.refuse(tr("%s: there is no such file") % path)
    told = {**told, **pairs}
    out = pairs.get("O", "build")
    glass.build(f"O={out}", f"{out}/machine/glass.wasm")
    own = not glass.firmware(kernel)
    settings = {"title": root, "vitrine": False, "kernel": kernel, "machine": machine(told, own, told["legacy"]),
                "sources": sources(root, "kernel/*.[chS]")}
    settings.update({**({} if own else {"firmware": firmware()}), **told_by_debugger(kernel, out)})
    return out, {**settings, **({"disk": disk} if disk else {})}


def libraries():
    """Installs npm's packages of web/package-lock.json; again only when that file has changed."""
    stamp, lock = "web/node_modules/.lock", glass.read("web/package-lock.json")
    if glass.read(stamp) == lock:
        return
    print(tr("getting the page's libraries (npm ci) ..."), file=sys.stderr)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd="web", stdout=sys.stderr,
                          check=False)
    if done.returncode:
        glass.refuse(tr("npm could not get the page's libraries."),
                     tr("They come from registry.npmjs.org: is it reachable?"))
    with open(stamp, "w", encoding="utf-8") as f:
        f.write(lock)


def make(out, settings):
    """Writes the page; returns its path."""
    os.makedirs(f"{out}/page", exist_ok=True)
    told = f"{out}/page/settings.json"
    with open(told, "w", encoding="utf-8") as f:
        json.dump({"wasm": f"{out}/machine/glass.wasm", **settings}, f)
    libraries()
    page = os.path.abspath(f"{out}/page/vitrine.html")
    subprocess.run(["node", "web/build.mjs", page, os.path.abspath(told)], check=True, stdout=sys.stderr)
    return page


def show(page):
    """Opens the page, or prints its path."""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and shutil.which("xdg-open"):
        subprocess.run(["xdg-open", page], check=False)
    print(page)


def main(words):
    names, pairs, options, _ = glass.split([w for w in words if w != "--build"])
    if options or len(names) > 2:
        glass.refuse(tr("page takes [--build] [DIR|KERNEL [DISK]], not '%s'") % " ".join(options or names))
    here = os.environ.get("HERE", ".")
    out, settings = reader(names, pairs, here) if names else vitrine(pairs)
    page = make(out, settings)
    if "--build" not in words:
        show(page)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError:
        glass.refuse(tr("the build has failed; its first complaint above says where"))
