# SPDX-License-Identifier: MIT
"""faults.py - the kernel's explanations of faults and panics as JSON, a line each (./vitrine run FAULTS=FILE).

Theory    The console's output is read line by line. A line of xv6's, the first line of a panic, or the sentence about a
          process that is killed for want of memory begins a report; lines with a label, and indented rows behind them,
          belong to it; any other line ends it. The labels and that sentence are those of kernel/explain/words.h, in
          both languages; the names in JSON are the English ones.
"""
import json
import os
import re

import places
import source

WORDS = "kernel/explain/words.h"
LABEL = re.compile(r'" {2}(\w+): [^"]*"\s*,\s*(?:\\\s*)?" {2}(\S+?): ')
BEGIN = re.compile(r"(?:^|\$ )usertrap\(\): unexpected scause (0x[0-9a-f]+) pid=(\d+)$|^panic: (.*)$")
STARVED = re.compile(r'#define W_STARVED\b[\s\\]*"([^"]*)",[\s\\]*"([^"]*)"')
ROW = re.compile(r"^ {2}(\w+):\s+(.*)$")
NUMBER = re.compile(r"\b(scause|sepc|stval)[= ](0x[0-9a-f]+)")
ENTRY = re.compile(r"\[(\d+)\] (0x[0-9a-f]+)")
LEAF = re.compile(r"= pa (0x[0-9a-f]+) (\S+)")
RULE = re.compile(r"^(.*) \(([\w-]+), (?:level |第 )(\d+)(?: 级)?\)$")
CALLER = re.compile(r"^ {2}0x[0-9a-f]{16} (\S+)(?: (\S+:\d+))?$")
ON_HART = re.compile(r"^on hart \d+, called from:$|^\d+ 号核上的调用链:$")
HAN = "[\u3000-\u9fff]"


def labels():
    """{label in either language: its English name}."""
    found = LABEL.findall(source.read(os.path.join(places.ROOT, WORDS)))
    found += [("line", places.LABELS[False].strip(" :")), ("means", "含义")]
    return {name: english for english, chinese in found for name in (english, chinese)}


def starved():
    """The sentence about a process that is killed for want of memory, in both languages, with its pid and its name."""
    texts = STARVED.search(source.read(os.path.join(places.ROOT, WORDS))).groups()
    pattern = "|".join(re.escape(t.removesuffix("\\n")) for t in texts)
    return re.compile("^(?:%s)$" % pattern.replace("%d", r"(\d+)").replace("%s", r"(\S+)"))


class Report:
    """One report: xv6's numbers, and the rows by their names."""

    def __init__(self, said):
        self.said = said
        self.rows, self.callers = [], []  # [name, text]; of a panic

    def take(self, line, names):
        """Takes a line that belongs to the report; False: it does not."""
        row, caller = ROW.match(line), CALLER.match(line)
        if row and row[1] in names:
            self.rows.append([names[row[1]], row[2]])
        elif caller:
            self.callers.append(" ".join(filter(None, caller.groups())))
        elif line.startswith(" " * 9) and self.rows and not NUMBER.search(line):
            self.rows[-1][1] += " " + line.strip()
        elif not NUMBER.search(line) and not ON_HART.match(line):
            return False
        self.said.update(NUMBER.findall(line))
        return True

    def json(self):
        """The report as one line."""
        for name, text in self.rows:
            text = re.sub(rf"(?<={HAN}) (?={HAN})", "", text)  # a row may break between Chinese characters
            self.said.update(self.value(name, text))
        if self.callers:
            self.said["from"] = self.callers
        return json.dumps(self.said, ensure_ascii=False)

    def value(self, name, text):
        """The fields that a row adds."""
        rule = RULE.match(text)
        if name == "from":
            return {"from": text.split(" < ")}
        if name == "line":
            return {"lines": self.said.get("lines", []) + text.split(" < ")}
        if name == "walk":
            leaf = LEAF.search(text)
            return {"walk": [{"index": int(n), "pte": pte} for n, pte in ENTRY.findall(text)],
                    **({"pa": leaf[1], "flags": leaf[2]} if leaf else {})}
        if name == "rule" and rule:
            return {"rule": rule[2], "level": int(rule[3]), "reason": rule[1]}
        what = places.WHAT.match(f"  what:  {text}") or places.WHAT.match(f"  事件:  {text}")
        if name == "what" and what:
            return {"what": text, "program": what[1], "at": what[2]}
        return {name: text}


class Faults:
    """Reads a console's output, and writes each report to the file."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")  # pylint: disable=consider-using-with
        self.names, self.starved, self.rest, self.report = labels(), starved(), b"", None

    def feed(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.line(line.decode("utf-8", "replace").rstrip("\r"))
        if self.rest.startswith(b"$ "):
            self.end()

    def line(self, line):
        said = self.begin(line)
        if self.report and not said and self.report.take(line, self.names):
            return
        self.end()
        if said:
            self.report = Report(said)
            self.report.take(line, self.names)

    def begin(self, line):
        """The first fields of the report that the line begins; None: it begins none."""
        begin, killed = BEGIN.search(line), self.starved.search(line)
        if killed:
            pid, program = filter(None, killed.groups())
            return {"kind": "starved", "pid": int(pid), "program": program}
        if not begin:
            return None
        scause, pid, message = begin.groups()
        return {"kind": "fault", "pid": int(pid), "scause": scause} if scause else {
            "kind": "panic", "message": message}

    def end(self):
        """Writes the report that is complete now."""
        if self.report:
            self.file.write(self.report.json() + "\n")
            self.file.flush()
        self.report = None

    def close(self):
        self.feed(b"\n\n")
        self.file.close()


def opened(path):
    """The writer for a file that the user has named, from the directory where he or she is; None without a name."""
    return Faults(os.path.join(os.environ.get("HERE", "."), path)) if path else None
