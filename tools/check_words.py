#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_words.py - comments and pages name their subjects, and a contract's labels have one spelling.

Theory    A sentence that begins with `Who`, `What` or `The same` must be read twice: it does not name its subject. Only
          questions, headings and the heads of tables may begin so; behind a colon or a semicolon of a comment none may.
          Words like `nobody` are refused everywhere in a sentence, and in catalogues of messages. Text in backquotes
          is not looked at.
          The contract of a predicate says `Returns whether ...`; it is no question.
          A label begins a line of a comment, without a colon, and its text begins in column 10:
          `Returns   0, or -ENOMEM`.
"""
import ast
import io
import re
import tokenize

import source

ROOMS = ("kernel", "include", "user", "machine", "tests", "tools", "web", "doc", "exercises")
CODE = ("c", "h", "S", "def", "inc", "ld", "ts", "mjs")
KINDS = (*CODE, "py", "sh", "mutant", "md")
OTHERS = ("vitrine", "Makefile", "machine/machine.mk", "README.md")

FIRST = re.compile(r"(?:Who|What|Whoever|Whatever|Whose|Nobody|Somebody|Anybody|Everybody|Someone)\b(?! *:)")
BEGIN = re.compile(r"(?:who|the same)\b", re.I)
CLAUSE = re.compile(r"[:;] (?:what|whatever|who)\b", re.I)
QUESTION = re.compile(r"(?:Is|Are|Was|Were|Do|Does|Did|Has|Have|Can|May|Would|Should)\b[^.]*\?")
CATALOGUES = ("kernel/explain/*.def", "kernel/explain/words.h", "machine/words/*.def", "user/**/*.def",
              "tools/**/*.def")
NEVER = re.compile(r"\b(?:whoever|nobody|somebody|someone|anybody)\b", re.I)
SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?")

LABELS = "Returns|On error|Locks|Sleeps|Fences"
HEADS = LABELS + "|Theory|Promises|Manual|Next|Usage|Output"
HEAD = re.compile(rf"(?:{HEADS}|[\w.]+ -)\s+")
COLON = re.compile(rf"(?:{HEADS}|Errors?|Fails|On failure)\s*:")
OTHER = re.compile(r"(?:Return|Errors?|On failure|Lock|Sleep|Fence|Promise)\s{2,}\S")
COLUMN = re.compile(rf"(?:{HEADS})\s{{2,}}")


class Comment:
    """Lines of a comment, or a paragraph of a page; remark: it stands behind code."""

    def __init__(self, line, text, remark=False):
        self.line, self.text, self.remark = line, text, remark

    def goes_on_at(self, line):
        return not self.remark and self.line + self.text.count("\n") + 1 == line


def joined(lines):
    """Comments, of single lines (line, text, remark)."""
    found = []
    for line, text, remark in lines:
        if found and not remark and found[-1].goes_on_at(line):
            found[-1].text += "\n" + text
        else:
            found.append(Comment(line, text, remark))
    return found


def code_lines(text):
    for n, line in enumerate(text.split("\n"), 1):
        blanked = re.sub(r'"(?:\\.|[^"\\])*"', lambda m: "x" * len(m[0]), line)
        m = re.search(r"(?:^|(?<=[\s;{},]))//+ ?", blanked)
        if m:
            yield n, line[m.end() :], bool(line[: m.start()].strip())


def hash_lines(text):
    for n, line in enumerate(text.split("\n"), 1):
        m = re.match(r"\s*#(?!!)#* ?", line)
        if m:
            yield n, line[m.end() :], False


def python_comments(text):
    comments = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    yield from joined((t.start[0], t.string.lstrip("# "), bool(t.line[: t.start[1]].strip())) for t in comments)
    for node in ast.walk(ast.parse(text)):
        documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if documented and ast.get_docstring(node):
            yield Comment(node.body[0].lineno, ast.get_docstring(node))


def page_parts(text):
    """The paragraphs, list items and cells of a page, without its samples and headings."""
    text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), text, flags=re.S | re.M)
    n = 1
    for part in re.split(r"(\n(?:[ >]*\n|(?=[ >]*(?:[-*|#]|\d+\.) ?)))", text):
        for cell in [] if part.startswith("#") else part.split("|") if part.startswith("|") else [part]:
            yield Comment(n, re.sub(r"^[ >]*(?:[-*] |\d+\. )? *", "", cell).replace("**", ""))
        n += part.count("\n")


def comments_of(path, text):
    kind = path.rsplit(".", 1)[-1]
    if kind == "md":
        return page_parts(text)
    if kind == "py":
        return python_comments(text)
    return joined(code_lines(text) if kind in CODE else hash_lines(text))


def sentence_problem(words, is_page):
    """The error in the sentence; None: none."""
    words = " ".join(words.split())
    first = FIRST.match(words) or (not is_page and BEGIN.match(words)) or words.startswith("The same ")
    if first and not words.rstrip('*)" ').endswith("?"):
        return f'"{words[:40]}" does not begin with its subject'
    clause = None if is_page or "?" in words else CLAUSE.search(words)
    if clause:
        return f'"{clause[0]}": name the subject'
    never = NEVER.search(words)
    return never and f'"{never[0]}": name the one that does it'


def sentences(comment, is_page):
    text = re.sub(r"`[^`\n]*`", lambda m: "`" + "x" * (len(m[0]) - 2) + "`", comment.text)
    for m in SENTENCE.finditer(text):
        words = m[0].lstrip("\n -*(")
        words = words[HEAD.match(words).end() :] if HEAD.match(words) else words
        problem = None if m[0].lstrip().startswith("---") else sentence_problem(words, is_page)
        if problem:
            yield comment.line + text.count("\n", 0, m.end() - len(words)), problem


def label_problem(row, before):
    """The error in the label at the beginning of a line; None: none. `before`: the line before it."""
    if COLON.match(row) or OTHER.match(row):
        return f'"{row[:20]}": the labels are {HEADS.replace("|", ", ")}, without a colon'
    column = COLUMN.match(row)
    ends = before is not None and before.rstrip().endswith((".", ":", "!", "?"))
    if column and column.end() != 10 or not column and ends and re.match(rf"(?:{LABELS}) \S", row):
        return f'"{row[:20]}": the text of a label begins in column 10'
    return None


def labels(comment):
    rows = comment.text.split("\n")
    for k, row in enumerate(rows):
        problem = label_problem(row, rows[k - 1] if k else None)
        if problem:
            yield comment.line + k, problem


def check(path):
    is_page = path.endswith(".md")
    for comment in comments_of(path, source.read(path)):
        problems = [*sentences(comment, is_page)]
        if not is_page and not comment.remark:
            problems += labels(comment)
            if path.endswith((".c", ".h", ".ts")) and QUESTION.match(comment.text):
                problems.append((comment.line, "a contract is no question: begin with `Returns whether`"))
        for line, problem in problems:
            yield f"{path}:{line}: {problem}"


def said(path):
    """Words in the strings of a catalogue that name no subject."""
    for n, line in enumerate(source.read(path).split("\n"), 1):
        for m in NEVER.finditer(" ".join(re.findall(r'"((?:\\.|[^"\\])*)"', line))):
            yield f'{path}:{n}: "{m[0]}": name the one that does it'


if __name__ == "__main__":
    source.arguments(__doc__)
    PATHS = source.files(*(f"{room}/**/*.{kind}" for room in ROOMS for kind in KINDS), *OTHERS)
    TEXTS = source.files(*CATALOGUES)
    source.report([*(p for path in PATHS for p in check(path)), *(p for path in TEXTS for p in said(path))])
