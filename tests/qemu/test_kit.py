# SPDX-License-Identifier: MIT
"""test_kit.py - the files for editors, containers and public tests parse, name what is there, and do what they say.

The configuration of the debugger is followed by hand: the task's command is run, and gdb is told what the editor's
extension tells it.
"""
import json
import os
import re
import shutil
import socket
import sys

from machine import Failure
from test_door import Door


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def load_yaml(context, path):
    """By Debian's python, for which the package is installed, if it is here."""
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    code = f"import json, yaml; print(json.dumps(yaml.safe_load(open({path!r}, encoding='utf-8'))))"
    return json.loads(context.must([python, "-c", code]))


def tasks():
    return {t["label"]: t for t in load(".vscode/tasks.json")["tasks"]}


def demand(condition, why):
    if not condition:
        raise Failure(why)


def test_kit_files(context):
    """JSON and YAML parse; a task or file that one of them names is there."""
    known = tasks()
    for c in load(".vscode/launch.json")["configurations"]:
        for key in ("preLaunchTask", "postDebugTask"):
            demand(c[key] in known, f"launch.json: there is no task {c[key]}")
        port = re.search(r"\d+$", c["miDebuggerServerAddress"])[0]
        demand(f"GDBPORT={port}" in known[c["preLaunchTask"]]["command"], f"tasks.json: no GDBPORT={port}")
    wanted = set(load(".vscode/extensions.json")["recommendations"])
    inside = load(".devcontainer/devcontainer.json")
    demand(set(inside["customizations"]["vscode"]["extensions"]) < wanted, "the container has other extensions")
    demand(os.path.exists(os.path.join(".devcontainer", inside["build"]["dockerfile"])), "there is no Containerfile")
    ended = load(".vscode/tasks.json")["inputs"][0]["args"]
    demand(ended in known, f"tasks.json: there is no task {ended}")
    steps = load_yaml(context, ".github/workflows/test.yml")["jobs"]["test"]["steps"]
    demand({"run": "./vitrine test"} in steps, "the workflow does not run ./vitrine test")
    context.must(["make", "-n", f"O={context.out}", "qemu-gdb"])


def test_kit_container(context):
    """The container's list of packages is the front door's: it can be asked with the files that are copied there."""
    with open(".devcontainer/Containerfile", encoding="utf-8") as f:
        text = f.read()
    folder = os.path.join(context.dir, "kit")
    shutil.rmtree(folder, ignore_errors=True)
    for sources, target in re.findall(r"^COPY (.+) /kit/(\S+)$", text, re.M):
        for source in sources.split():
            place = os.path.dirname(os.path.join(folder, target))
            os.makedirs(place, exist_ok=True)
            shutil.copy(source, place)
    demand("$(/kit/vitrine packages)" in text, "the Containerfile does not ask the front door")
    named = set(context.must([os.path.join(folder, "vitrine"), "packages"]).split())
    with open("vitrine", encoding="utf-8") as f:
        needs = re.findall(r"^    need '.*?' (?:'([^']+)'|(\S+)) '", f.read(), re.M)
    lacking = {p for a, b in needs for p in (a or b).split()} - named
    demand(not lacking and "chromium" in named, f"packages lacks {sorted(lacking)}")


def free_port():
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return str(s.getsockname()[1])


class Process(Door):
    """A program whose output is read to a pattern."""

    def order(self, words):
        """Tells gdb to do something; fails when it cannot."""
        self.type(words + "\n")
        said = self.wait(r"^\^(done|connected|running|error).*")
        demand(said[1] != "error", f"gdb: {words}: {said[0]}")

    def wait(self, pattern):
        """Waits for output that matches; returns the match; the next call goes on behind it."""
        while not (found := re.compile(pattern, re.M).search(self.output, self.seen)):
            demand(self.read(), f"the end, while waiting for {pattern!r}: {self.output[-300:]!r}")
        self.seen = found.end()
        return found


def test_kit_debug(context):
    """F5: the task boots a machine that is stopped, gdb attaches as launch.json says, and stops at a breakpoint."""
    how, = load(".vscode/launch.json")["configurations"]
    port, disk = free_port(), os.path.abspath(os.path.join(context.dir, "disk.img"))
    shutil.copy(context.options.image, disk)
    command = re.sub(r"GDBPORT=\d+", f"GDBPORT={port}", tasks()[how["preLaunchTask"]]["command"])
    ends = tasks()[how["preLaunchTask"]]["problemMatcher"]["background"]["endsPattern"]
    program = how["program"].replace("${workspaceFolder}/build", os.path.abspath(context.out))
    with Process(context, ["sh", "-c", f"exec {command} O={context.out} FSIMG={disk}"]) as machine, \
            Process(context, [how["miDebuggerPath"], "-nx", "--interpreter=mi"]) as gdb:
        machine.wait(ends)
        for words in (f"-file-exec-and-symbols {program}", *(c["text"] for c in how["setupCommands"]),
                      f"-target-select remote localhost:{port}", *(c["text"] for c in how["postRemoteConnectCommands"]),
                      "-exec-continue"):
            gdb.order(words)
        gdb.wait(r'^\*stopped,reason="breakpoint-hit".*func="boot"')
        gdb.order('-interpreter-exec console "satp"')
        gdb.type("-gdb-exit\n")
        machine.wait("vitrine: 3 harts")
