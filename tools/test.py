#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test.py [PART|PATTERN...] [--long] [--list] - builds Vitrine and runs its tests (./vitrine test).

Parts: check (style and structure), build (both compilers, no warning), host (unit tests under sanitizers),
fuzz (corpora and seeded mutations), runner (this program's own failure paths), glass (the glass machine), page (the
glass machine in a browser), exercise (those of exercises/), qemu (the whole system).
A pattern names tests as the shell names files: qemu.boot*. One line for each test; its log has the rest.
"""
import concurrent.futures
import fnmatch
import importlib.util
import os
import sys
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import children  # noqa: E402
import hosttest  # noqa: E402
from machine import Failure, Machine  # noqa: E402
from options import Parser  # noqa: E402
from words import tr  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = ["check", "build", "runner", "host", "fuzz", "glass", "page", "exercise", "qemu"]


class Skip(Exception):
    """The test cannot run here; the text names the missing program."""


class Test:
    """A named function of one context; long ones run only when asked for."""

    def __init__(self, name, function, is_long=False):
        self.name, self.function, self.is_long = name, function, is_long
        self.part = name.split(".")[0]


class Context:
    """The resources of a test: the build, a directory and a log of its own, machines."""

    def __init__(self, options, name):
        self.options, self.name = options, name
        self.out = options.out
        self.dir = os.path.join(options.out, "test", name)
        self.log = os.path.join(self.dir, "log")
        os.makedirs(self.dir, exist_ok=True)
        with open(self.log, "w", encoding="utf-8"):
            pass

    def machine(self, image="default", variant=None, **how):
        """A machine with the built kernel, or a variant of it, and a private copy of the disk (image=None: none)."""
        image = self.options.image if image == "default" else image
        kernel = self.variant(variant) if variant else self.options.kernel
        if self.options.kpt and "kpt=" not in how.get("append", ""):
            how["append"] = f"{how.get('append', '')} kpt={self.options.kpt}".strip()
        machine = Machine(kernel, image, self.dir, **how)
        self.log = machine.console_log
        return machine

    def sh(self, command, **env):
        """Runs a command in the root, output to the log; returns (exit code, output)."""
        code, text = children.run(command, cwd=ROOT, env={**os.environ, **env})
        with open(self.log, "a", encoding="utf-8") as log:
            log.write("+ " + " ".join(command) + "\n" + text)
        return code, text

    def must(self, command, **env):
        """As sh(); unless the code is 0 it fails the test, with the most likely line of the output as reason."""
        code, text = self.sh(command, **env)
        if code:
            raise Failure(reason(text) or f"{command[0]} exits with {code}")
        return text

    def skip(self, why):
        """Ends the test: it cannot run here."""
        raise Skip(why)

    def variant(self, variables):
        """The kernel built with those variables of the Makefile set: DEBUG, UBSAN, or both with "+" between."""
        out = f"{self.out}/test/{variables}"
        with hosttest.lock_for(out):
            self.make(f"-j{os.cpu_count() or 1}", f"O={out}", *(f"{v}=1" for v in variables.split("+")), "kernel")
        return f"{out}/kernel/kernel"

    def make(self, *words):
        return self.must(["make", "-s", "--no-print-directory", *words])


def reason(text):
    """The line of a tool's output that most likely gives the error."""
    lines = [s.strip() for s in text.splitlines() if s.strip()]
    for word in ("ERROR: ", "runtime error", "error:", "warning:", "undefined reference", "FAIL", "***"):
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else ""


# -- the tests there are


def check_tests():
    tools = os.path.join(ROOT, "tools")
    for file in sorted(os.listdir(tools)):
        if file.startswith("check_") and file.endswith(".py"):
            path = os.path.join("tools", file)
            yield Test(f"check.{file[6:-3]}", lambda c, p=path: check(c, p))
    yield Test("check.checks", lambda c: c.must([sys.executable, "tests/qemu/violations.py", c.dir]))


def check(context, path):
    code, text = context.sh([sys.executable, path, "--out", context.out])
    if code == 77:
        raise Skip(text.strip())
    if code:
        lines = text.strip().splitlines() or [f"exit code {code}"]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        raise Failure(lines[0] + more)


def build_tests():
    for name, tool, words in (
            ("gcc", "riscv64-unknown-elf-gcc", ["all", "TOOLPREFIX=riscv64-unknown-elf-"]),
            ("gcc-linux", "riscv64-linux-gnu-gcc", ["all", "TOOLPREFIX=riscv64-linux-gnu-"]),
            ("clang", "clang", ["kernel", "LLVM=1"]),
            ("debug", "make", ["kernel", "DEBUG=1"]),
            ("ubsan", "make", ["kernel", "UBSAN=1"])):
        yield Test(f"build.{name}", lambda c, n=name, t=tool, w=words: build(c, n, t, w))


def build(context, name, tool, words):
    if not hosttest.have(tool):
        raise Skip(f"{tool} is not installed")
    context.make(f"O={context.out}/test/{name}", "WERROR=1", *words)


def file_tests(directory, prefix):
    """The functions test_*(context) of the files directory/test_*.py."""
    for file in sorted(os.listdir(os.path.join(ROOT, directory))):
        if not (file.startswith("test_") and file.endswith(".py")):
            continue
        spec = importlib.util.spec_from_file_location(file[:-3], os.path.join(ROOT, directory, file))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        part = getattr(module, "PART", prefix)
        for name, function in vars(module).items():
            if name.startswith("test_"):
                title = f"{part}.{name[5:].replace('_', '-')}"
                yield Test(title, function, getattr(function, "is_long", False))


def all_tests():
    tests = [*check_tests(), *build_tests()]
    tests += [Test(f"host.{n}", lambda c, n=n: hosttest.run_unit(c, n)) for n in hosttest.units()]
    tests += [Test(f"fuzz.{n}", lambda c, n=n: hosttest.run_replay(c, n)) for n in hosttest.fuzzers()]
    tests += file_tests("tests/machine", "glass")
    tests += file_tests("tests/page", "page")
    tests += file_tests("tests/exercise", "exercise")
    tests += file_tests("tests/qemu", "qemu")
    return sorted(tests, key=lambda t: PARTS.index(t.part))


def select(tests, patterns, is_long):
    """The tests that the patterns name; without patterns all but the long ones. Exits on a pattern that names none."""
    for p in patterns:
        if not any(matches(t, p) for t in tests):
            sys.exit(tr("no test is called %s; --list shows them") % p)
    if patterns:
        return [t for t in tests if any(matches(t, p) for p in patterns)
                and (is_long or not t.is_long or t.name in patterns)]
    return [t for t in tests if is_long or not t.is_long]


def matches(test, pattern):
    return test.part == pattern or fnmatch.fnmatchcase(test.name, pattern)


# -- running them


class Report:
    """Prints one line for each finished test and counts."""

    def __init__(self, total):
        self.lock, self.total = threading.Lock(), total
        self.passed = self.failed = self.skipped = 0
        self.outcome = {}  # by the test's name: ok, FAIL or skip

    def line(self, text):
        with self.lock:
            print(text, flush=True)

    def run(self, test, options):
        context, start = Context(options, test.name), time.monotonic()
        try:
            test.function(context)
        except Failure as why:
            self.fail(context, str(why))
        except Skip as why:
            self.skipped += 1
            self.outcome[test.name] = "skip"
            self.line(f"skip {test.name}: {why}")
        except (Exception, SystemExit) as bug:  # a broken test is a failed test, not the end of the run
            with open(context.log, "a", encoding="utf-8") as log:
                log.write("\n" + traceback.format_exc())
            self.fail(context, f"{type(bug).__name__}: {bug}")
        else:
            self.passed += 1
            self.outcome[test.name] = "ok"
            self.line(f"ok {test.name} ({time.monotonic() - start:.1f} s)")

    def failures(self):
        return [name for name, outcome in self.outcome.items() if outcome == "FAIL"]

    def fail(self, context, why):
        self.failed += 1
        self.outcome[context.name] = "FAIL"
        log = os.path.relpath(context.log, ROOT)
        self.line(f"FAIL {context.name}: {' '.join(why.split())[:300]} [{log}]")


def mission_test(report):
    """The last test: all tests that doc/mission.md names have passed in this run."""

    def run(context):
        results = os.path.join(context.dir, "results.tsv")
        with open(results, "w", encoding="utf-8") as f:
            f.writelines(f"{name}\t{outcome}\n" for name, outcome in sorted(report.outcome.items()))
        context.must([sys.executable, "tools/check_docs.py", "--results", results])

    return Test("check.mission", run)


def make_variables(words):
    """Splits KEY=VALUE words from patterns."""
    return [w for w in words if "=" in w], [w for w in words if "=" not in w]


def prepare(options, tests, variables):
    """Builds the files that the tests run; prints that, and exits when it fails."""
    goal = "all" if any(t.part in ("qemu", "check", "glass", "exercise") for t in tests) else "gen"
    print(tr("building into %s ...") % options.out, flush=True)
    command = ["make", "--no-print-directory", f"-j{os.cpu_count() or 1}", f"O={options.out}", goal, *variables]
    code, text = children.run(command, cwd=ROOT)
    if code:
        sys.stdout.write(text[-4000:])
        print("FAIL build: " + tr("the system does not build"))
        print(tr("%d passed, %d failed") % (0, 1))
        sys.exit(1)


def parse_arguments():
    ap = Parser(prog="./vitrine test", description=tr("builds Vitrine and runs its tests"))
    ap.add_argument("what", metavar=tr("NAME"), nargs="*",
                    help=tr("a part, a test, a pattern, or KEY=VALUE for the build"))
    ap.add_argument("--long", action="store_true", help=tr("also the tests that take very long"))
    ap.add_argument("--list", action="store_true", help=tr("name the tests and stop"))
    ap.add_argument("-j", "--jobs", type=int, metavar="N", default=os.cpu_count() or 1,
                    help=tr("how many tests run at a time"))
    ap.add_argument("--no-build", action="store_true", help=tr("take what was built before"))
    ap.add_argument("--kernel", help=tr("a kernel instead of the built one"))
    ap.add_argument("--image", help=tr("a disk instead of the built one"))
    ap.add_argument("--hang", type=float, help=tr("seconds of silence that count as a hang"))
    return ap.parse_args()


def main():
    os.chdir(ROOT)
    os.environ.update(LC_ALL="C.UTF-8", VITRINE_LANGUAGE="en")  # the tests expect English
    children.end_with_me()
    options = parse_arguments()
    variables, patterns = make_variables(options.what)
    values = dict(v.split("=", 1) for v in variables)
    options.out, options.kpt = values.get("O", "build"), values.get("KPT")
    variables = [v for v in variables if not v.startswith("O=")]
    tests = select(all_tests(), patterns, options.long)
    if options.list:
        print("\n".join(t.name + (" (long)" if t.is_long else "") for t in tests))
        return 0
    if not options.no_build:
        prepare(options, tests, variables)
    options.kernel = options.kernel or f"{options.out}/kernel/kernel"
    options.image = options.image or values.get("FSIMG") or f"{options.out}/test.img"
    if options.hang:
        Machine.hang = options.hang
    report = Report(len(tests))
    last = [] if patterns else [mission_test(report)]
    print(tr("%d tests, %d at a time") % (len(tests) + len(last), options.jobs), flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda t: report.run(t, options), tests))
    for test in last:
        report.run(test, options)
    if report.failed:
        print(tr("failed: %s") % " ".join(report.failures()))
    print(tr("%d passed, %d failed") % (report.passed, report.failed))
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
