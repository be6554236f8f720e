# SPDX-License-Identifier: MIT
"""test_words.py - the catalogue of explanations: every sentence in both languages, with equal arguments.

The compiler has compared the conversions with the values; here the two languages are compared with each other, and
with what ABI.md demands of kernel messages.
"""
import re

from machine import Failure

PART = "host"
SENTENCE = re.compile(r'^#define (W_\w+)\s((?:.*\\\n)*.*)$', re.M)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%[-0]*\d*l?[a-z]")


def quoted(half):
    """A string, or several that the compiler joins, with the outer quotes that splitting took away."""
    return '"' + half.strip().strip("\\").strip().strip('"') + '"'


def sentences():
    """Each name with its texts."""
    with open("kernel/explain/words.h", encoding="utf-8") as f:
        for m in SENTENCE.finditer(f.read()):
            halves = re.split(r'"\s*,\s*(?:\\\n\s*)?"', m[2])
            yield m[1], [" ".join(STRING.findall(quoted(h))) for h in halves]


def problems():
    seen = {}
    for name, texts in sentences():
        if len(texts) != 2 or not all(texts):
            yield f"{name}: not a sentence in two languages"
            continue
        english, chinese = texts
        if CONVERSION.findall(english) != CONVERSION.findall(chinese):
            yield f"{name}: the languages take different values"
        if english.endswith("\\n") != chinese.endswith("\\n"):
            yield f"{name}: one of the languages is a line, the other is not"
        if not re.search("[\u4e00-\u9fff]", chinese) and english.strip() != chinese.strip():
            yield f"{name}: not Chinese: {chinese}"
        if not english.isascii():
            yield f"{name}: not plain English: {english}"
        if "$ " in english + chinese:
            yield f"{name}: contains a prompt"
        if seen.setdefault(english, name) != name:
            yield f"{name}: says the same as {seen[english]}"


def test_words(context):
    del context
    found = list(problems())
    if found:
        raise Failure("; ".join(found[:3]))
    if len(list(sentences())) < 80:
        raise Failure("sentences are missing")


def test_words_are_used(context):
    """A sentence that nothing says is dead."""
    code = context.must(["sh", "-c", "cat kernel/explain/*.c kernel/checked/*.c"])
    for name, _ in sentences():
        if not re.search(rf"\b{name}\b", code):
            raise Failure(f"{name} is never said")
