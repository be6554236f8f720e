# SPDX-License-Identifier: MIT
"""predict.py - exercises of the kind predict: questions drawn from a seed, whose answers are computed."""
import os
import random

import questions
from say import columns, hang, WIDTH
from shelf import Wrong, answers, read, write

HEAD = "seed = {seed}    # keep this line: the questions were drawn with it\n"


def draw(exercise, seed, lang="en"):
    """The lines of the questions; by key the right answer and the word of the reason."""
    return getattr(questions, f"ask_{exercise.about['ask']}")(random.Random(f"{exercise.name} {seed}"), exercise, lang)


def begin(exercise, folder, seed, lang="en"):
    lines, right = draw(exercise, seed, lang)
    write(os.path.join(folder, "questions.txt"), "".join((hang(x) if columns(x) > WIDTH else x) + "\n" for x in lines))
    write(os.path.join(folder, "answer.txt"), HEAD.format(seed=seed) + "".join(f"{key} =\n" for key in right))


def same(given, right, reason):
    """Compares an answer: numbers in any base, words in any order; blanks do not count among letters in a row."""
    if isinstance(right, int):
        try:
            return int(given.replace("_", ""), 0) == right
        except ValueError:
            return False
    words = given.replace(",", " ").split()
    if reason == "order":
        return "".join(words) == right
    return sorted("".join(words)) == sorted(right) if reason == "flags" else sorted(words) == sorted(right.split())


def check(exercise, folder, say):
    path = os.path.join(folder, "answer.txt")
    given = answers(path)
    if "seed" not in given:
        raise Wrong(say("no_answer", file="answer.txt", key="seed"))
    reasons = exercise.reasons(say.lang)
    for key, (right, reason) in draw(exercise, given["seed"])[1].items():
        if not given.get(key):
            raise Wrong(say("no_answer", file="answer.txt", key=key))
        if not same(given[key], right, reason):
            raise Wrong(say("not_value", key=key, given=given[key], reason=reasons.get(reason, "")).strip())


def solve(exercise, folder, seed):
    """The folder with the right answers in it."""
    path = os.path.join(folder, "answer.txt")
    seed = answers(path).get("seed", seed) if os.path.exists(path) else seed
    right = draw(exercise, seed)[1]
    shown = {key: hex(value) if isinstance(value, int) and value > 9999 else value for key, (value, _) in right.items()}
    write(path, HEAD.format(seed=seed) + "".join(f"{key} = {value}\n" for key, value in shown.items()))


def seed_of(folder):
    """The seed in an answer, as text."""
    path = os.path.join(folder, "answer.txt")
    return answers(path).get("seed") if os.path.exists(path) and read(path) else None
