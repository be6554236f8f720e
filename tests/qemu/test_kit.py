# SPDX-License-Identifier: MIT
"""test_kit.py - the files for editors, containers and public tests parse, name what is there, and do what they say.

The configuration of the debugger is followed by hand: the task's command is run, and gdb is told what the editor's
extension tells it.
"""
import glob
import json
import os
import re
import shutil
import sys

from machine import free_port, require
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


def test_kit_files(context):
    """JSON and YAML parse; a task or file that one of them names is there."""
    known = tasks()
    for c in load(".vscode/launch.json")["configurations"]:
        for key in ("preLaunchTask", "postDebugTask"):
            require(c[key] in known, f"launch.json: there is no task {c[key]}")
        port = re.search(r"\d+$", c["miDebuggerServerAddress"])[0]
        require(f"GDBPORT={port}" in known[c["preLaunchTask"]]["command"], f"tasks.json: no GDBPORT={port}")
    wanted = set(load(".vscode/extensions.json")["recommendations"])
    inside = load(".devcontainer/devcontainer.json")
    require(set(inside["customizations"]["vscode"]["extensions"]) < wanted, "the container has other extensions")
    require(os.path.exists(os.path.join(".devcontainer", inside["build"]["dockerfile"])), "there is no Containerfile")
    ended = load(".vscode/tasks.json")["inputs"][0]["args"]
    require(ended in known, f"tasks.json: there is no task {ended}")
    steps = load_yaml(context, ".github/workflows/test.yml")["jobs"]["test"]["steps"]
    require({"run": "./vitrine test"} in steps, "the workflow does not run ./vitrine test")
    context.must(["make", "-n", f"O={context.out}", "qemu-gdb"])


# A lesson's command shows these words, in English and in Chinese.
LESSONS = {
    "pgtbl walk 1 0x18": ("4 memory accesses: 3 entries and the data", "访问内存 4 次: 3 个表项, 再加数据"),
    "pgtbl tree 1": (" .. .. ..0: pte 0x", " .. .. ..0: pte 0x"),
    "pgtbl tree -y 2024 1": (" ..0x0000003fc0000000: pte", " ..0x0000003fc0000000: pte"),
    "pgtbl explain 1 0x18 w": ("not allowed by rule `write'", "不允许, 违反规则 `write'"),
    "die textstore": ("  rule:  the page is not writable", "  规则:  该页不可写"),
    "pgtbl quiz --seed 1 5": ("seed 1: 0 of 5", "种子 1: 答对 0 题, 共 5 题"),
    "pgtbl map 2": (" guard ", " 保护页 "),
    "pgtbl watch cat nosuch": ("after exec", "exec 之后"),
    "pgtbl explain 2 0x18000 w": ("brought in at this first touch", "首次访问时"),
    "die load": ("  near:", "  位置:"),
    "die stackoverflow": ("the guard page 0x", "保护页 0x"),
    "die usyscallstore": ("  owner:", "  归属:"),
    "pgtbl stats": ("  kernel\ntables: global", "  内核\n页表: global"),
    "forkpair pgtbl walk child memory": ("deferred table", "推迟复制的页表"),
    "forkpair pgtbl explain parent memory w": ("\nallowed: ", "\n允许: "),
    "pgtbl map -k 2": ("the kernel's own table", "内核自己的页表"),
    "pgtbl quiz --seed 4 10": ("seed 4: 0 of 10", "种子 4: 答对 0 题, 共 10 题"),
}


def lesson_words(page):
    """The words in the last column of the lessons' tables."""
    with open(page, encoding="utf-8") as f:
        rows = re.findall(r"^\| \d+-\d+ \|.*\| (.*) \|$", f.read(), re.M)
    return [w for row in rows for w in re.findall(r"`([^`]*)`", row) if w != "KPT="]


def test_kit_lessons(context):
    """Each command of the four lessons, in order, shows what the lesson is about; pictures and exercises exist."""
    for n, (page, lang) in enumerate((("doc/teaching.md", "en"), ("doc/zh/teaching.md", "zh"))):
        typed = lesson_words(page)
        require(set(LESSONS) <= set(typed), f"{page} lacks {set(LESSONS) - set(typed)}")
        with context.machine(append=f"quiet kpt=global lang={lang}") as m:
            m.boot()
            for word in (w for w in typed if not w.startswith("./vitrine ")):
                if word.endswith(".svg"):
                    require(os.path.exists(f"tools/pictures/{word[:-4]}.py"), f"{page}: there is no picture {word}")
                    continue
                said = m.run(f"yes | {word}" if "quiz" in word else word)
                require(LESSONS[word][n] in said, f"{page}: {word}: {said[-300:]!r}")
            m.poweroff()
        for start in (w.split()[-1] for w in typed if w.startswith("./vitrine exercise start")):
            require(glob.glob(f"exercises/{start:>02}-*"), f"{page}: there is no exercise {start}")


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
    require("$(/kit/vitrine packages)" in text, "the Containerfile does not ask the front door")
    named = set(context.must([os.path.join(folder, "vitrine"), "packages"]).split())
    with open("vitrine", encoding="utf-8") as f:
        needs = re.findall(r"^    need '.*?' (?:'([^']+)'|(\S+)) '", f.read(), re.M)
    lacking = {p for a, b in needs for p in (a or b).split()} - named
    require(not lacking and "chromium" in named, f"packages lacks {sorted(lacking)}")


class Process(Door):
    """A program whose output is read to a pattern."""

    def order(self, words):
        """Tells gdb to do something; fails when it cannot."""
        self.type(words + "\n")
        said = self.wait(r"^\^(done|connected|running|error).*")
        require(said[1] != "error", f"gdb: {words}: {said[0]}")

    def wait(self, pattern):
        """Waits for output that matches; returns the match; the next call goes on behind it."""
        while not (found := re.compile(pattern, re.M).search(self.output, self.seen)):
            require(self.read(), f"the end, while waiting for {pattern!r}: {self.output[-300:]!r}")
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
        machine.type("\x01x")  # Ctrl-A X ends QEMU, which would outlive its shell
        while machine.read():
            pass
