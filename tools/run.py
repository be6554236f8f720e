#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py - starts QEMU for a user: behind the console, and with a copy of the disk if another machine has it.

    run.py [--plain] [--verbose] [--for-make] [--faults FILE] --disk IMAGE --out DIR --prefix PREFIX --
        QEMU ARGUMENTS...

Theory    A disk that another machine writes to is copied first. The copy is unlinked at once, so it disappears when
          QEMU ends in any way. With --plain QEMU replaces this program, for a grader or a debugger at the console.
          Otherwise QEMU is a child and ends with this program.
"""
import argparse
import ctypes
import os
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import disk  # noqa: E402
import faults  # noqa: E402
from console import Console  # noqa: E402
from places import Places  # noqa: E402
from words import reason, tr  # noqa: E402

PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def on_copy(image, command):
    """The command with a copy of the disk in the image's place when a machine has the image; (command, descriptor)."""
    if not disk.in_use(image):
        return command, None
    disk.say(tr("the disk is in use by another machine: this one works on a copy, its changes are lost at the end"))
    handle, path = tempfile.mkstemp(prefix="vitrine.")
    disk.copy_sparse(image, path)
    disk.run(disk.find_tool("e2fsck"), "-p", path)
    os.unlink(path)
    os.set_inheritable(handle, True)
    there = f"file={image.replace(',', ',,')},"
    return [a.replace(there, f"file=/dev/fd/{handle},") for a in command], handle


def die_with_parent():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def with_console(command, kept, options):
    """Runs QEMU behind a console; returns its exit code."""
    reports = opened(options.faults)
    try:
        qemu = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                pass_fds=[kept] if kept is not None else (), preexec_fn=die_with_parent)
    except OSError as e:
        sys.exit(f"vitrine: {command[0]}: {reason(e)}")
    for number in ENDING:
        signal.signal(number, lambda n, _: qemu.send_signal(n))
    os.set_blocking(qemu.stdin.fileno(), False)
    places = Places(options.out, options.prefix)
    Console(qemu.stdin.fileno(), qemu.stdout.fileno(), places, not options.verbose, reports).serve()
    places.close()
    if reports:
        reports.close()
    code = qemu.wait()
    return code if code >= 0 else 128 - code


def opened(path):
    """The file for reports; None without a path. Exits when it cannot be written."""
    try:
        return faults.opened(path)
    except OSError as e:
        disk.say(tr("FAULTS=%s: %s") % (path, reason(e)))
        sys.exit(2)


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--plain", action="store_true", help="QEMU alone, without the console")
    ap.add_argument("--announce", help="what to say when QEMU is about to start")
    ap.add_argument("--verbose", action="store_true", help="show all that the firmware says")
    ap.add_argument("--for-make", action="store_true", help="end with 0, as make comments on all else")
    ap.add_argument("--faults", help="the file for the explanations of faults, as JSON")
    ap.add_argument("--disk", required=True)
    ap.add_argument("--out", required=True, help="where the build is")
    ap.add_argument("--prefix", default="", help="of the names of nm and addr2line")
    ap.add_argument("command", nargs="+")
    options = ap.parse_args()
    why = disk.trouble(options.disk)
    if why:
        disk.say(why)
        sys.exit(2)
    command, kept = on_copy(options.disk, options.command)
    if options.announce:
        print(options.announce, file=sys.stderr, flush=True)
    if options.plain:
        os.execvp(command[0], command)
    code = with_console(command, kept, options)
    sys.exit(0 if options.for_make else code)


if __name__ == "__main__":
    main()
