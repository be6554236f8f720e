# SPDX-License-Identifier: MIT
"""test_page.py - the page in Debian's Chromium: it boots, draws, goes back, and refuses files that it cannot run."""
import os
import re
import shutil

import hosttest
from glassrun import CC, FIRMWARE, demand, glass, prompt
from machine import Failure, slowness

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
POSITION = 8000000
COURSE_MEMORY = "0x8000000UL" # 128 MB, as the courses have


def browser(context):
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        context.skip("no chromium is installed")
    return found


def built(context, *words):
    """The page, built; skips the test where npm's registry cannot be reached."""
    page = os.path.abspath(f"{context.out}/page/vitrine.html")
    for tool in ("node", "npm", "clang"):
        if not hosttest.have(tool):
            context.skip(f"no {tool} is installed")
    with hosttest.lock_for(page):
        code, text = context.sh(["./vitrine", "page", "--build", f"O={context.out}", *words])
    if "npm could not get" in text:
        context.skip("npm cannot get the page's libraries")
    if code:
        raise Failure(text.strip().splitlines()[-1])
    return page


def check(context, name, *words, seconds=300):
    """Runs a check of this directory in the browser."""
    page = built(context)
    limit = str(int(seconds * slowness()))
    command = ["timeout", "-k", "5", limit, "node", "tests/page/run.mjs", browser(context), page, name, *words]
    code, text = context.sh(command, SLOWNESS=str(slowness()))
    if code:
        lines = text.strip().splitlines()
        raise Failure(lines[-1] if len(lines) < 2 or not lines[-1].startswith("    at") else lines[0])
    return text


def test_types(context):
    """The compiler of TypeScript finds nothing."""
    built(context)
    context.must(["node", "web/node_modules/typescript/bin/tsc", "--noEmit", "-p", "web"])


def test_boot(context):
    """From the file to a prompt, a command, back in time, and forward again to the same state."""
    demand(check(context, "boot"), r"prompt after \d+ ms")


def test_size(context):
    """One file of at most 6 MB."""
    size = os.path.getsize(built(context))
    if size > 6e6:
        raise Failure(f"the page has {size} bytes")


def test_same_hash(context):
    """A native run with this seed has an equal state."""
    told = check(context, "hash", str(POSITION))
    page = re.search("hash [0-9a-f]+", told)[0]
    command = [glass(context), "--firmware", FIRMWARE, "--harts", "3", "--mem", "64M", "--append", "", "--max",
               str(POSITION), "--hash", f"{context.out}/kernel/kernel", f"{context.out}/test.img"]
    code, text = context.sh(["timeout", "300", *command])
    if code != 124:
        raise Failure(f"glass ends with {code}")
    demand(text, page)


def test_views(context):
    """Each view draws what it should."""
    check(context, "views")


def test_drops(context):
    """A picture, half a kernel, an x86 kernel, noise: a sentence each. A kernel of one's own runs."""
    check(context, "drops", f"{context.out}/kernel/kernel", prompt(context))


def course(context, version):
    """A kernel that boots as those of courses do, with a driver for a version of virtio."""
    path = os.path.join(context.dir, f"course-{version}")
    defines = [f"-DMEMORY={COURSE_MEMORY}", f"-DVERSION={version}"]
    context.must([*CC, "-Wl,--no-warn-rwx-segments", *defines, "-o", path, "tests/page/course.c"])
    return path


def xv6_disk(context):
    """A disk with the magic number of xv6's file system, and nothing else."""
    path = os.path.join(context.dir, "fs.img")
    with open(path, "wb") as f:
        f.write(bytes(1024) + (0x10203040).to_bytes(4, "little") + bytes(7164))
    return path


def test_course(context):
    """A kernel of a course prompts in 8 s; it is told that it lacks a disk, or has the newer virtio."""
    words = (course(context, 2), xv6_disk(context), course(context, 1))
    demand(check(context, "course", *words), r"prompt after [\d.]+ s")


def test_stories(context):
    """A walk, a page fault, fork, exec, a missing fence: played to the end, back, and on again."""
    check(context, "stories", "walk", "fault", "fork", "exec", "fence")


def test_story_of_a_call(context):
    """The system call through the trampoline needs a second start."""
    check(context, "stories", "call")


def test_hands(context):
    """Keys, the slider, views as SVG."""
    demand(check(context, "hands"), r"frames while dragging")


def test_link(context):
    """A link opens the same moment of the same run."""
    check(context, "link")


def test_explain(context):
    """Pasted tables, traps and entries; the quiz; each sentence in both languages."""
    check(context, "explain")


def test_speed(context):
    """Processor time up to the prompt, and of a frame while the slider is dragged over 10^8 steps."""
    demand(check(context, "speed"), r"harts: .* ms while the slider is dragged")


def test_practice(context):
    """A sheet by its number; exercises are marked, and the kernel of one runs."""
    check(context, "practice")


def test_designs(context):
    """Four machines run kptbench, one after the other."""
    check(context, "designs")


def test_usertests(context):
    """usertests -q runs to its end."""
    check(context, "usertests", seconds=2500)


test_designs.is_long = True
test_usertests.is_long = True
