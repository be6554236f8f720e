#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""main.py - ./vitrine exercise: lists the exercises of exercises/, hands them out, checks and explains them.

An exercise lives in exercise-N in the directory of the user ($HERE). check --json FOLDER judges a class: one directory
or file a student in the folder, one object in the printed list for each.
"""
import json
import os
import shutil
import signal
import sys
import zlib

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

import children  # noqa: E402
import class_of  # noqa: E402
import find  # noqa: E402
import predict  # noqa: E402
import shelf  # noqa: E402
import words  # noqa: E402
import write  # noqa: E402
from options import Parser  # noqa: E402
from say import Voice, flow, language, columns  # noqa: E402

KIND = {"find": find, "predict": predict, "write": write}
DONE = ".done"
START, TITLE = 20, 34  # columns of the list


def refuse(text):
    print(f"vitrine: {text}", file=sys.stderr)
    sys.exit(2)


def folder_of(exercise):
    return os.path.join(os.environ.get("HERE", "."), f"exercise-{exercise.number}")


def shown(folder):
    """The folder as the user would name it."""
    return os.path.relpath(folder, os.environ.get("HERE", "."))


def state(exercise):
    folder = folder_of(exercise)
    return "done" if os.path.exists(os.path.join(folder, DONE)) else "begun" if os.path.isdir(folder) else ""


def pad(text, width):
    return text + " " * (width - columns(text))


def do_list(options, say):
    print(say("head"))
    for e in shelf.exercises():
        status = state(e) and say(state(e))
        title, rows = e.title(options.lang), " ".join(e.covers)
        fits = columns(title) <= TITLE and len(rows) <= 79 - START - TITLE
        print(f"{e.number:2}  {pad(say(e.kind), 8)} {pad(status, 6)} "
              + (f"{pad(title, TITLE)} {rows}" if fits else f"{title}\n{' ' * START}{rows}"))
    print(say("tail"))


def make(exercise, folder, seed, lang):
    """The starting point."""
    if exercise.kind == "predict":
        predict.begin(exercise, folder, seed, lang)
    else:
        KIND[exercise.kind].begin(exercise, folder, seed)
    shelf.write(os.path.join(folder, "TEXT.md"), flow(exercise.sections(lang)[0]) + "\n")


def next_steps(exercise, folder, say):
    """Yields the next steps of the student."""
    yield say("here", folder=shown(folder))
    if exercise.about.get("base") == "vitrine":
        yield say("boot", folder=shown(folder), words=exercise.about["type"])
    elif exercise.kind == "find" or exercise.about.get("check") == "kernel":
        yield say("watch", folder=shown(folder), words=find.watch_words(exercise))
    files = exercise.about["file"].split() if exercise.kind == "write" else ["answer.txt"]
    yield from (say("edit", file=os.path.join(shown(folder), f)) for f in files)
    yield say("then", n=exercise.number)


def do_start(options, say):
    e, folder = options.exercise, folder_of(options.exercise)
    if os.path.exists(folder):
        if not options.again:
            refuse(say("exists", folder=shown(folder)))
        shutil.rmtree(folder)
    seed = zlib.crc32(options.student.encode()) % 100000 if options.student else options.seed.lower()
    make(e, folder, str(seed), options.lang)
    print(flow(e.sections(options.lang)[0]) + "\n")
    questions = os.path.join(folder, "questions.txt")
    if os.path.exists(questions):
        print(shelf.read(questions))
    print("\n".join(next_steps(e, folder, say)))


def judge(exercise, folder, say):
    """None if the answer in the folder is right, or the sentence that says why it is not."""
    try:
        KIND[exercise.kind].check(exercise, folder, say)
    except FileNotFoundError as missing:
        return say("no_file", file=os.path.basename(missing.filename))
    except shelf.Wrong as why:
        return str(why)
    return None


def do_check(options, say):
    if options.json:
        if not os.path.isdir(os.path.join(os.environ.get("HERE", "."), options.json)):
            refuse(say("no_folder", folder=options.json))
        print(json.dumps(class_of.report(options, lambda e, f: judge(e, f, say), make), indent=2, ensure_ascii=False))
        return 0
    e, folder = options.exercise, folder_of(options.exercise)
    if not os.path.isdir(folder):
        refuse(say("absent", folder=shown(folder), n=e.number))
    why = judge(e, folder, say)
    if why:
        print(flow(say("wrong", n=e.number, why=why)))
        return 1
    shelf.write(os.path.join(folder, DONE), "")
    print(say("right", n=e.number))
    return 0


def do_hint(options, say):
    print(flow(options.exercise.sections(options.lang)[options.which]))
    if options.which == 1:
        print(say("more", n=options.exercise.number))


def do_solution(options, _):
    e, folder = options.exercise, os.path.join(shelf.ROOT, "build/exercise/solution")
    print(flow(e.sections(options.lang)[shelf.SOLUTION]) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    mine = os.path.join(folder_of(e), "answer.txt")
    seed = predict.seed_of(folder_of(e)) if os.path.exists(mine) else None
    KIND[e.kind].solve(e, folder, seed or str(options.seed))
    for file in e.about["file"].split() if e.kind == "write" else ["answer.txt"]:
        print(f"--- {file}\n{shelf.read(os.path.join(folder, file))}", end="")


VERBS = {"list": do_list, "start": do_start, "check": do_check, "hint": do_hint, "solution": do_solution}


class Arguments(Parser):
    """The command line, whose mistakes are answered with the usage of the verbs."""

    def error(self, message):
        refuse(f"exercise: {message}\n{Voice(words.LANGUAGE)('usage')}")


def asked():
    """The language that --lang names, which sentences about the command line have, too."""
    return next((b for a, b in zip(sys.argv, sys.argv[1:]) if a == "--lang" and b in ("en", "zh")), None)


def arguments():
    words.LANGUAGE = language(asked())
    ap = Arguments(prog="./vitrine exercise", add_help=False, usage="")
    ap.add_argument("verb", nargs="?")
    ap.add_argument("number", nargs="?")
    ap.add_argument("which", metavar="1|2", nargs="?", type=int, choices=(1, 2), default=1)
    ap.add_argument("--lang", choices=("en", "zh"))
    ap.add_argument("--seed", default="1")
    ap.add_argument("--student")
    ap.add_argument("--again", action="store_true")
    ap.add_argument("--json", metavar="FOLDER")
    return ap.parse_args()


def chosen(number, say):
    """The exercise with that number."""
    found = shelf.exercises()
    for e in found:
        if number == str(e.number) or number == f"{e.number:02}":
            return e
    return refuse(say("none", n=number, last=found[-1].number))


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `list | head` is no mistake
    children.end_with_me()
    options = arguments()
    options.lang = language(options.lang)
    say = Voice(options.lang)
    if options.verb not in VERBS or (options.number is None and options.verb != "list" and not options.json):
        refuse(say("usage"))
    options.exercise = chosen(options.number, say) if options.number else None
    return VERBS[options.verb](options, say) or 0


if __name__ == "__main__":
    sys.exit(main())
