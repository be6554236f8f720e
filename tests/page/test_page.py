# SPDX-License-Identifier: MIT
"""test_page.py - the page in Debian's Chromium: it boots, draws, goes back, and refuses what it cannot run."""
import os
import re
import shutil

import hosttest
from glassrun import FIRMWARE, demand, glass, prompt
from machine import Failure, slowness

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
POSITION = 8000000


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


def check(context, name, *words):
    """Runs a check of this directory in the browser."""
    page = built(context)
    command = ["timeout", "-k", "5", str(int(300 * slowness())), "node", "tests/page/run.mjs", browser(context), page, name, *words]
    code, text = context.sh(command, SLOWNESS=str(slowness()))
    if code:
        lines = text.strip().splitlines()
        raise Failure(lines[-1] if len(lines) < 2 or not lines[-1].startswith("    at") else lines[0])
    return text


def test_boot(context):
    """From the file to a prompt, a command, back in time, and forward again to the same state."""
    demand(check(context, "boot"), r"prompt after \d+ ms")


def test_size(context):
    """One file of at most 6 MB."""
    size = os.path.getsize(built(context))
    if size > 6e6:
        raise Failure(f"the page has {size} bytes")


def test_same_hash(context):
    """The same seed gives the same state natively."""
    told = check(context, "hash", str(POSITION))
    page = re.search("hash [0-9a-f]+", told)[0]
    code, text = context.sh(["timeout", "300", glass(context), "--firmware", FIRMWARE, "--harts", "3", "--mem", "64M", "--append", "",
                             "--max", str(POSITION), "--hash", f"{context.out}/kernel/kernel", f"{context.out}/test.img"])
    if code != 124:
        raise Failure(f"glass ends with {code}")
    demand(text, page)


def test_views(context):
    """Each view draws what it should."""
    check(context, "views")


def test_drops(context):
    """A picture, half a kernel, a kernel for another machine, noise: a sentence each. A kernel of one's own runs."""
    check(context, "drops", f"{context.out}/kernel/kernel", prompt(context))
