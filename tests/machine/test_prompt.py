# SPDX-License-Identifier: MIT
"""test_prompt.py - the prompt of the glass machine: back, step, until, when, walk, map, tree, diff, who."""
import os
import re
import termios

from glassrun import CC, demand, glass, prompt
from machine import Failure, columns, slowness
from test_program import Person

SOURCE = "tests/machine/stale.c"
WHERE = r"At @([0-9,]+) \([0-9.]+ s\): hart 0"


def build(context):
    path = os.path.join(context.dir, "kernel")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", "-DAFTER_ENTRY=fence", "-DAFTER_SATP=fence",
                  "-o", path, SOURCE])
    return path


def dialogue(context, kernel, *commands, words=("--harts", "1", "--stop"), status=0):
    """The machine's answers to the commands, after the end of its run."""
    script = os.path.join(context.dir, "commands")
    with open(script, "w", encoding="utf-8") as f:
        f.write("\n".join(commands) + "\n")
    line = ["timeout", "-k", "5", str(int(100 * slowness())), glass(context), *words, kernel]
    code, text = context.sh(["sh", "-c", '"$@" < ' + script, "sh", *line])
    if code != status:
        raise Failure(f"status {code}, not {status}: {text.strip()[-200:]}")
    wide = [x for x in text.splitlines() if columns(x) > 80]
    if wide:
        raise Failure(f"more than 80 columns: {wide[0]}")
    parts = re.split(r"^\(glass\) .*\n", text, flags=re.M)[1:]
    if len(parts) - len(commands) not in (0, 1):  # there is a prompt more where the commands end
        raise Failure(f"{len(parts)} answers to {len(commands)} commands: {text[-300:]}")
    return [" ".join(p.split()) for p in parts]


def position(answer):
    return int(re.search(WHERE, answer)[1].replace(",", ""))


def test_prompt_time(context):
    """Back and on again: each place is where it was; `until' stops at a function, `when' at the last store."""
    kernel = build(context)
    answers = dialogue(context, kernel, "back 100", "until supervisor", "back @0", "until supervisor", "until look",
                       "step 3", "back", "", "when leaves", "when page middle", "when s0", "until @1", "go")
    demand(answers[0], WHERE)
    demand(answers[1], "The run is over")
    demand(answers[2], r"At @0 .*M-mode, in _entry\+0x0")
    demand(answers[3], r"S-mode, in supervisor\+0x0")
    demand(answers[4], r"in look\+0x0 .*from: look [^<]*< visit")
    look = position(answers[4])
    if [position(a) for a in answers[5:8]] != [look + 3, look + 2, look + 1]:
        raise Failure(f"not 3 steps on and 2 back: {answers[5:8]}")
    demand(answers[8], "by the next step, of hart 0: .*in remap")
    demand(answers[11], "is in the past; `back @1' goes there")


def test_prompt_when(context):
    """The last store to a page-table entry, to its page, and to a register."""
    kernel = build(context)
    answers = dialogue(context, kernel, "back @0", "until look", "when leaves", "when leaves",
                       "back @0", "until look", "when pte 0x40000000", "when page 0x40000000", "when sp", "step")
    with open(SOURCE, encoding="utf-8") as f:
        line = next(n for n, text in enumerate(f, 1) if "leaves[0])[0] = entry" in text)
    demand(answers[2], rf"next step, of hart 0: 0x[0-9a-f]+cf becomes 0x[0-9a-f]+cf\. .*in remap.*stale.c:{line}\)")
    demand(answers[3], r"hart 0: 0x0 becomes 0x[0-9a-f]+cf\. .*in (make_root|supervisor)")
    demand(answers[6], "hart 0: .* becomes .*in remap")
    demand(answers[7], "Nothing has been written to 0x")
    demand(answers[8], r"next step: sp, 0x[0-9a-f]+, becomes 0x[0-9a-f]+\.")


def test_prompt_tables(context):
    """walk, map, tree, who, and what differs between two moments."""
    kernel = build(context)
    answers = dialogue(context, kernel, "back @0", "until remap", "walk 0x40000000", "walk 0x40001000", "map", "tree",
                       "who 0x40000000", "until look", "where", "regs", "x sp 3")
    demand(answers[2], "level 2 entry 1 at .* v------- table at .* level 0 entry 0 at .* vrwx--ad leaf, page",
           "physical address 0x8000")
    demand(answers[3], "level 0 entry 1 .* not valid no translation: rule `valid' at level 0")
    demand(answers[4], "0000000000000000 0000000040000000 1G vrwx--ad 0x0 0000000040000000 0000000040001000 4K")
    demand(answers[5], "level 1 table .* level 0 table .* 2 tables below the root")
    demand(answers[6], r"page 0x8000.*mapped at 0x40000000, flags vrwx--ad, by the tree at .*entry at")
    demand(answers[9], "hart 0, S-mode ra +0*8.* satp +8000000000080")
    remap, look = position(answers[1]), position(answers[7])
    changed = dialogue(context, kernel, "back @" + str(look), f"diff @{remap} @{look}", f"diff {look} @{look}")
    demand(changed[1], r"- 0000000040000000 0000000040001000 4K vrwx--ad (0x[0-9a-f]+) "
           r"\+ 0000000040000000 0000000040001000 4K vrwx--ad 0x[0-9a-f]+ 1 difference$")
    demand(changed[2], " 0 differences$")


def test_prompt_words(context):
    """Words that the prompt does not know get a sentence, and change nothing."""
    kernel = build(context)
    answers = dialogue(context, kernel, "jump", "back x", "back 1 2", "back 99999999999", "step 0", "until nowhere",
                       "until", "walk nowhere+1", "hart 9", "map 0x123", "who 7", "diff a b", "when nowhere",
                       "x sp 0", "help")
    for answer, words in zip(answers, ("no command `jump'", "back `x': a number", "Its words are: back",
                                       "The run has made [0-9,]+ steps only", "step `0': a number of steps",
                                       "no symbol or register `nowhere'", "Its words are: until", "nowhere",
                                       "the harts are 0 to 0", "0x123 is none", "0x7 is no page of RAM",
                                       "a moment such as", "nowhere", "1 to 512 words",
                                       "back .*step .*until .*go .*quit")):
        demand(answer, words)


def test_prompt_at(context):
    """--at with --stop stops the run there, the first time that it comes there."""
    kernel = build(context)
    answers = dialogue(context, kernel, "where", "step 2", "quit",
                       words=("--harts", "1", "--stop", "--at", "40"))
    if position(answers[0]) != 40 or position(answers[1]) != 42:
        raise Failure(f"not at 40 and 42: {answers}")


def test_prompt_keys(context):
    """At a terminal Ctrl-A C asks at any time; the terminal has lines meanwhile, and keys for the kernel afterwards."""
    person = Person(context, prompt(context))
    person.expect(r"\$ ")
    person.type(b"one\r")
    person.expect("one\r\n\\$ ")
    person.type(b"\x01c")
    person.expect(r"(?s)At @[0-9,]+ .*\(glass\) ")
    if not termios.tcgetattr(person.slave)[3] & termios.ICANON:
        raise Failure("the prompt's line is not edited by the terminal")
    person.type(b"back 5000\n")
    person.expect(r"(?s)The run has come to @[0-9,]+\..*\(glass\) ")
    person.type(b"go\n")
    person.expect("go")
    person.type(b"two\r")
    person.expect("two\r\n\\$ ")
    person.type(b"\x01c")
    person.expect(r"\(glass\) ")
    person.type(b"quit\n")
    person.end(0)


STRING = r'"(?:[^"\\\n]|\\.)*"'
STRINGS = rf'(?:{STRING}|PRI[ux]64|\bX\b)(?:\s*(?:{STRING}|PRI[ux]64|\bX\b))*'
SAID = rf'\b(?:refuse|say|said)\(\s*({STRINGS})|\banswer\([^";]*?,\s*({STRINGS})'
ALIKE = ("  glass: %s",)  # no word to translate


def sentence(strings):
    """A sentence of the source, its pieces joined."""
    pieces = re.findall(rf"{STRING}|PRI[ux]64", re.sub(r"\bX\b", '"0x%" PRIx64', strings))
    return "".join(p.strip('"') if p[0] == '"' else p for p in pieces)


def test_prompt_translated(context):
    """Each sentence of the program is in answers.def."""
    text = context.must(["cat", "machine/host/answers.def"])
    known = {sentence(m[1]) for m in re.finditer(rf"^ANSWER\(\s*({STRINGS})\s*,", text, re.M)}
    for m in re.finditer(SAID, context.must(["sh", "-c", "cat machine/host/*.c machine/board/*words.c"])):
        words = sentence(m[1] or m[2])
        if re.search("[a-z]{3}", words) and words not in known and words not in ALIKE:
            raise Failure(f"answers.def lacks {words!r}")
    lists = context.must(["sh", "-c", "cat machine/board/loader.c machine/board/virtio_words.c"])
    for words in re.findall(rf"\[(?!LOAD_OK|VIRTIO_OK)(?:LOAD|VIRTIO)_\w+\] = ({STRING})", lists):
        if sentence(words) not in known:
            raise Failure(f"answers.def lacks {words}")


def test_prompt_chinese(context):
    """With --lang zh the prompt answers in Chinese; each sentence takes the same values as the English one."""
    kernel = build(context)
    with open("machine/host/answers.def", encoding="utf-8") as f:
        rows = re.findall(r'^ANSWER\((.*?)\)$', f.read(), re.M | re.S)
    for row in rows:
        text = re.sub(r'\bX\b', '"0x%" PRIx64', row)
        two = re.split(r',\s*(?=(?:"|PRI))', re.sub(r'"[^"]*"', lambda m: m[0].replace(",", "\x01"), text))
        values = [re.findall(r'%[-*0-9.]*(?:z?[a-z])?|PRI[ux]64', x) for x in two]
        if len(two) != 2 or values[0] != values[1]:
            raise Failure(f"other values in Chinese: {row[:70]!r}")
    answers = dialogue(context, kernel, "back @0", "until look", "when leaves", "when sp", "walk middle", "who leaves",
                       "nothing", "hart 9", "regs", "until @1",
                       words=("--harts", "1", "--stop", "--lang", "zh"))
    demand(answers[1], r"在 @[0-9,]+ .*0 号核, S 态")
    demand(answers[2], "最后一次写入是下一步, 由0 号核|最后一次写入是下一步, 由 0 号核")
    demand(answers[3], "最后一次改变是下一步")
    demand(answers[6], "没有命令 `nothing'")
    demand(answers[7], "核的编号是0 到0|核的编号是 0 到 0")
    demand(answers[8], "0 号核, S 态")
    demand(answers[9], "已经过去")
    english = [a for a in answers if re.search(r"\b(the|has|becomes|step|page)\b", a)]
    if english:
        raise Failure(f"not Chinese: {english[0][:200]}")
