#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_headers.py - every header compiles alone, and twice in one unit, without a warning.

A structure of include/abi/ has no padding: the kernel copies it to programs as a whole, and bytes between the members
would leak old kernel data.
"""
import concurrent.futures
import os
import shlex
import subprocess
import tempfile

import source

STRICT = ["-Werror", "-fsyntax-only", "-Wno-unused-function", "-x", "c"]


def make_value(out, name):
    """A variable of the Makefile, as words."""
    r = subprocess.run(["make", "-s", "--no-print-directory", f"O={out}", f"print-{name}"],
                       stdout=subprocess.PIPE, check=True)
    return shlex.split(r.stdout.decode())


def compile_twice(command, header, directory, shown):
    """The compiler's messages about a unit that includes the header twice; "": none."""
    unit = os.path.join(directory, shown.replace("/", "_") + ".c")
    with open(unit, "w", encoding="utf-8") as f:
        f.write(f'#include "{header}"\n#include "{header}"\n')
    r = subprocess.run([*command, *STRICT, unit], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if r.returncode == 0:
        return []
    said = [s for s in r.stdout.decode().splitlines() if "error:" in s] or ["does not compile alone"]
    return [f"{shown}: {said[0].strip()}"]


def jobs(out, directory):
    kernel = make_value(out, "KCC") + make_value(out, "KCFLAGS")
    user = make_value(out, "UCC") + make_value(out, "UCFLAGS")
    for path in source.files("kernel/**/*.h"):
        yield kernel, path[len("kernel/") :], directory, path
    for path in source.files("include/**/*.h"):
        unpadded = ["-Wpadded"] if path.startswith("include/abi/") else []
        yield kernel + unpadded, path[len("include/") :], directory, path
    for path in source.files("user/include/**/*.h"):
        yield user, path[len("user/include/") :], directory, path


def main():
    options = source.arguments(__doc__)
    with tempfile.TemporaryDirectory() as directory:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            found = list(pool.map(lambda job: compile_twice(*job), jobs(options.out, directory)))
    source.report(p for problems in found for p in problems)


if __name__ == "__main__":
    main()
