#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_languages.py - English and Chinese say the same: catalogues of sentences, and pages.

A catalogue (*.def) has each sentence in both languages, with the same conversions in the same order. A catalogue has
each panic() of the kernel, its messages, the sentences that a command passes to tr(), the reasons that it gives to
fail_text(), and those of ./vitrine; a sentence of a catalogue is used. A page of PAGES has a Chinese half with the same
headings, blocks, commands and figures.
"""
import os
import re

import source

PAGES = "README tour pgtbl faults questions errors years user-programs designs watch page teaching exercises".split()
PAGES += [f"guides/{name}" for name in "system-call program kernel-table-design check board".split()]
STRING = r'"(?:[^"\\\n]|\\.)*"'
STRINGS = rf"{STRING}(?:\s*{STRING})*"
ENTRY = re.compile(rf"^(?:PHRASE|PANIC|MESSAGE|NEAR)\((?:\w+,)?\s*({STRINGS})\s*,\s*({STRINGS})\s*\)$", re.M)
BEGINS = re.compile(r"^(?:PHRASE|PANIC|MESSAGE|NEAR)\(", re.M)
CONVERSION = re.compile(r"%(?:\(\w+\))?[-0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?l*[a-zA-Z%]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PANIC = re.compile(rf"\bpanic(?:_frames|_telling|_from|_trap)?\((?:[^\";]*?,\s*)?({STRINGS})\s*([,)\w])")
PRINTF = re.compile(rf"\bprintf\(\s*({STRINGS})")
ENGLISH = re.compile(r"cannot start: |trap while starting|%s, %lu MiB")  # before the language is known; the first line
SAID = re.compile(rf"\btr\(\s*({STRINGS})\s*\)|\bfail_text\([^;]*?,\s*({STRINGS})\s*\)")
SMALL = re.compile(rf"\{{\s*({STRINGS}),\s*({STRINGS}),?\s*\}}")  # in a small command's own list
SHARED = "user/ulib/errors.def"
OPERANDS = "user/ulib/operands.def"
SYNOPSIS = re.compile(rf"(?:\b(?:usage|misused)\(|#define USAGE |\beach_operand\(\w+, )({STRING})")
OPERAND = re.compile(r"(?<=[\[ ])[a-z][a-z0-9-]+(?=[\] ]|$)")
EXEMPT = ("user/tests/", "user/bench/")  # programs that test and measure, and speak English


def joined(strings):
    """Joins neighbouring strings as the compiler does; escapes stay as they are."""
    return "".join(s[1:-1] for s in re.findall(STRING, strings))


def catalogue(path):
    """{English: Chinese} of a catalogue."""
    return own_list(path, ENTRY) if os.path.exists(path) else {}


def own_list(path, pattern=SMALL):
    """{English: Chinese} of the list in a source."""
    return {joined(m[1]): joined(m[2]) for m in pattern.finditer(source.read(path))}


def written(path):
    """Yields the sentences of a catalogue that are not written as they should be."""
    text = source.read(path)
    if len(BEGINS.findall(text)) != len(ENTRY.findall(text)):
        yield f"{path}: a sentence is not written as NAME(\"English\", \"Chinese\")"


def entries(path, pattern=ENTRY):
    """Yields the faults of single sentences of a catalogue, or of a small command's list."""
    text, seen = source.read(path), set()
    for m in pattern.finditer(text):
        english, chinese = joined(m[1]), joined(m[2])
        where = f"{path}:{source.line_of(text, m.start())}"
        if english in seen:
            yield f"{where}: {english!r} is there twice"
        seen.add(english)
        if CONVERSION.findall(english) != CONVERSION.findall(chinese):
            yield f"{where}: {english!r} takes other values in Chinese"
        if english.endswith("\\n") != chinese.endswith("\\n"):
            yield f"{where}: {english!r} is a line in one language alone"
        if not CHINESE.search(chinese):
            yield f"{where}: {english!r} has no Chinese"


def panics():
    path = "kernel/explain/panics.def"
    known, used = catalogue(path), set()
    for file in source.files("kernel/**/*.c", "kernel/**/*.h"):
        text = source.read(file)
        for m in PANIC.finditer(text):
            if m[2] not in ",)":
                continue  # the message is made by a macro
            used.add(joined(m[1]))
            if joined(m[1]) not in known:
                yield f"{file}:{source.line_of(text, m.start())}: {path} lacks {joined(m[1])!r}"
    yield from (f"{path}: no panic() says {s!r}" for s in sorted(set(known) - used))


def messages():
    """Each `vitrine: ...` that printf() prints has a translation; each other translation is of a printf() too."""
    path = "kernel/explain/messages.def"
    known, printed = catalogue(path), set()
    for file in source.files("kernel/**/*.c"):
        for m in PRINTF.finditer(source.read(file)):
            said = joined(m[1])
            printed.add(said)
            if said.startswith("vitrine: ") and said not in known and not ENGLISH.search(said):
                yield f"{file}:{source.line_of(source.read(file), m.start())}: {path} lacks {said!r}"
    yield from (f"{path}: no printf() says {s!r}" for s in sorted(set(known) - printed))


def own_catalogue(file):
    """The catalogue of the program that the file belongs to."""
    return os.path.join(os.path.dirname(file), "words.def")


def literals(files):
    return {joined(s) for file in files for s in re.findall(STRINGS, source.read(file))}


def commands():
    shared = catalogue(SHARED)
    files = [f for f in source.files("user/**/*.c") if not f.startswith(EXEMPT)]
    for file in files:
        text, known = source.read(file), {**shared, **catalogue(own_catalogue(file)), **own_list(file)}
        for m in SAID.finditer(text):
            said = joined(m[1] or m[2])
            if said not in known:
                yield f"{file}:{source.line_of(text, m.start())}: no catalogue has {said!r}"
    for path in source.files("user/**/*.def"):
        if path == OPERANDS:
            continue
        mine = files if path == SHARED else [f for f in files if own_catalogue(f) == path]
        yield from (f"{path}: nothing says {s!r}" for s in sorted(set(catalogue(path)) - literals(mine)))


def synopses():
    """The operands of each command's synopsis have translations, and each of these is used."""
    known, used = catalogue(OPERANDS), set()
    for file in [f for f in source.files("user/**/*.c") if known and not f.startswith(EXEMPT)]:
        for m in SYNOPSIS.finditer(source.read(file)):
            name = joined(m[1]).split(" ")[0]
            words = set(OPERAND.findall(joined(m[1]))) - {name} if "\\n" not in m[1] else set()
            used |= words
            yield from (f"{file}: {OPERANDS} lacks {w!r}" for w in sorted(words - set(known)))
    yield from (f"{OPERANDS}: no synopsis has {w!r}" for w in sorted(set(known) - used))


def errors():
    """Every error of strerror(), and every reason that a function of the library returns, has a translation."""
    path = "user/ulib/errno.c"
    said = re.findall(rf"\[E\w+\] = ({STRING})", source.read(path)) if os.path.exists(path) else []
    yield from (f"{SHARED}: {joined(s)!r} of {path} is missing" for s in said if joined(s) not in catalogue(SHARED))
    for path in source.files("user/ulib/*.c"):  # reasons that a function returns, for fail_text()
        said = re.findall(rf'return ({STRING});', source.read(path))
        yield from (f"{SHARED}: {s} of {path} is missing" for s in said
                    if " " in s and joined(s) not in catalogue(SHARED))


# -- the front door

DOOR = "tools/vitrine.def"
SHELL_SAID = re.compile(r"""\b(?:complain|refuse|say|install_wishes) (?:'([^']+)'|"([^"$]+)")|"""
                        r"""^\s*need .* '([^']+)'$""", re.M)
TOOL_SAID = re.compile(rf"\btr\(({STRING})\)")


def door():
    """Checks the messages of ./vitrine and its tools; in the shell they follow complain, refuse, say or such."""
    known, used = catalogue(DOOR), set()
    for path in source.files("tools/reference*.tsv"):  # the rows of ./vitrine bench
        titles = {s.split("\t")[1] for s in source.read(path).splitlines() if not s.startswith("#")}
        used |= titles
        yield from (f"{path}: {DOOR} lacks {t!r}" for t in sorted(titles - set(known)))
    for file in source.files("vitrine", "tools/*.sh", "tools/**/*.py"):
        text = source.read(file)
        pattern = TOOL_SAID if file.endswith(".py") else SHELL_SAID
        for m in pattern.finditer(text):
            said = joined(m[1]) if file.endswith(".py") else next(g for g in m.groups() if g)
            used.add(said)
            if said not in known and " " in said:  # else the name of a program
                yield f"{file}:{source.line_of(text, m.start())}: {DOOR} lacks {said!r}"
    yield from (f"{DOOR}: nothing says {s!r}" for s in sorted(set(known) - used))


def usages():
    """Both lists of commands have the same commands and the same keys."""
    if not os.path.exists("tools/usage.zh"):
        return
    english = re.search(r"<<'END'\n(.*?)^END$", source.read("vitrine"), re.M | re.S)[1]
    words = [set(re.findall(r"^  ([a-z]+) ", t, re.M)) | set(re.findall(r"[A-Z]+=(?:[\w.-]+|\".*\")", t))
             for t in (english, source.read("tools/usage.zh"))]
    yield from (f"tools/usage.zh: {w} is in one language alone" for w in sorted(words[0] ^ words[1]))


# -- pages

FIGURES = re.compile(r"^\|.*\n\|[-|]*-:\|.*\n(?:\|.*\n)+", re.M)  # whose columns are aligned as numbers are
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)


def halves(name):
    return ("README.md", "README.zh.md") if name == "README" else (f"doc/{name}.md", f"doc/zh/{name}.md")


def outline(path):
    """The page as [(line, text that must be alike in both languages)]."""
    text = source.read(path)
    blocks = list(BLOCK.finditer(text))
    parts = [(source.line_of(text, m.start()), f"```{m[1]}", commands_of(m[1], m[2])) for m in blocks]
    parts += [(source.line_of(text, m.start()), "a table of figures", figures(m[0])) for m in FIGURES.finditer(text)]
    prose = BLOCK.sub(lambda m: "\n" * m[0].count("\n"), text)
    headings = re.finditer(r"^(#+) .*$", prose, re.M)
    parts += [(source.line_of(prose, m.start()), f"a heading {m[1]}", ()) for m in headings]
    return sorted(parts)


def figures(table):
    """The numbers of a table, row by row."""
    return tuple(" ".join(re.findall(r"\d[\d,.]*", row)) for row in table.splitlines())


def commands_of(kind, text):
    """Returns the lines that a reader types: a session's commands, or all lines of another block but remarks."""
    if kind.startswith("console"):
        return tuple(s for s in text.splitlines() if s.startswith("$ "))
    if "new=" in kind or "into=" in kind:
        return tuple(text.splitlines())  # a step of a guide
    remark = re.compile(r"\s*(?:#|//).*$")
    return tuple(remark.sub("", s) for s in text.splitlines() if kind in ("sh", "c", "make"))


def described(part):
    return "the end" if part is None else part[1]


def pages():
    for name in PAGES:
        english, chinese = halves(name)
        if not os.path.exists(english):
            continue
        if not os.path.exists(chinese):
            yield f"{english}: its Chinese half {chinese} is missing"
            continue
        yield from differences(english, chinese)
    for path in source.files("doc/zh/**/*.md", "doc/guides/*.md"):
        if re.sub(r"^doc/(?:zh/)?", "", path)[:-3] not in PAGES:
            yield f"{path}: tools/check_languages.py does not name it, or its English half is missing"


def differences(english, chinese):
    """The first place where the halves of a page are built differently."""
    a, b = outline(english), outline(chinese)
    for i in range(max(len(a), len(b))):
        x, y = (p[i] if i < len(p) else None for p in (a, b))
        if described(x) != described(y):
            yield f"{chinese}:{y[0] if y else 1}: {described(y)}, where {english} has {described(x)}"
            return
        if x[2] != y[2]:
            wrong = next((s for s, t in zip(y[2], x[2]) if s != t), "their number")
            yield f"{chinese}:{y[0]}: other commands or figures than in {english}:{x[0]}: {wrong}"
            return


def problems():
    for path in source.files("user/**/*.def", "kernel/**/*.def", "tools/**/*.def"):
        yield from written(path)
        yield from entries(path)
    for path in source.files("user/*.c"):
        if "struct phrase" in source.read(path):
            yield from entries(path, SMALL)
    yield from panics()
    yield from messages()
    yield from commands()
    yield from synopses()
    yield from errors()
    yield from door()
    yield from usages()
    yield from pages()


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report(problems())
