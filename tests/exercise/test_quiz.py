# SPDX-License-Identifier: MIT
"""test_quiz.py - pgtbl quiz at the prompt: a seed asks the same again, and the answers that it tells are right."""
import re

from machine import Failure, columns

COUNT = 12


def plain(question):
    """The question without what differs from run to run: pids, and frames of the quiz itself."""
    return re.sub(r"process \d+|0x[0-9a-f]{6,}", "X", question) if "level" in question else question


def translated(question, told):
    """The answer to a question about a translation, from the entries that it shows; to any other what was told."""
    m = re.search(r"table lead for 0x([0-9a-f]+)", question)
    entries = re.findall(r"level (\d): 0x([0-9a-f]+) (v )?", question)
    if not m or not entries or not entries[-1][2]:
        return told
    level, pte = int(entries[-1][0]), int(entries[-1][1], 16)
    return hex((pte >> 10 << 12) + int(m[1], 16) % (1 << 12 + 9 * level))


def quiz(m, seed, answers):
    """Answers the questions in turn, None with an empty line. Returns the questions, what was said to be right, and the
    last line."""
    m.type(f"pgtbl quiz --seed {seed} {COUNT}\n")
    questions, told = [], []
    for answer in answers:
        questions.append(m.expect(r"(?s)\d+\. (.*?)\n> ")[1])
        m.type(translated(questions[-1], answer) + "\n" if answer else "\n")
        told.append(m.expect(r"(?:right|no, it is ([^:\n]+)): [^\n]+\n")[1])
    return questions, told, m.expect(r"seed [^\n]* right\n")[0]


def test_quiz(context):
    with context.machine(append="quiet") as m:
        m.boot()
        for seed in (7, 8):
            asked, told, score = quiz(m, seed, [None] * COUNT)
            if f"seed {seed}: 0 of {COUNT} right" not in score or None in told:
                raise Failure(f"a wrong answer passes: {score}")
            again, _, score = quiz(m, seed, told)
            if list(map(plain, again)) != list(map(plain, asked)):
                raise Failure(f"seed {seed} asks other questions: {again} and {asked}")
            if f"seed {seed}: {COUNT} of {COUNT} right" not in score:
                raise Failure(f"the answers that were told are wrong: {told}: {score}")
            m.expect(r"\$ ")
        for words, why in (("--seed", "a number must follow"), ("--seed x", "a number must follow"),
                           ("0", "a number of questions"), ("3 z", "a number of questions")):
            if why not in m.run(f"pgtbl quiz {words}"):
                raise Failure(f"pgtbl quiz {words} is not refused")
        if "0 of 0 right" not in m.run("pgtbl quiz < /dev/null"):
            raise Failure("the end of the input does not end the quiz")
        m.poweroff()


def test_quiz_chinese(context):
    """With lang=zh the questions are Chinese, of at most 80 columns; the answers are words and numbers as before."""
    with context.machine(append="quiet lang=zh") as m:
        m.boot()
        said = m.run("yes why | head -40 | pgtbl quiz --seed 7 40")
        if "种子 7: 答对 0 题, 共 40 题" not in said or not re.search("不对, 应为 (valid|user|read|write|exec|ok): ", said):
            raise Failure(f"it is not Chinese: {said[-300:]}")
        wide = [line for line in said.splitlines() if columns(line) > 80]
        if wide:
            raise Failure(f"more than 80 columns: {wide[0]}")
        m.poweroff()
