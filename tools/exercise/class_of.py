# SPDX-License-Identifier: MIT
"""class_of.py - the answers of a class: a folder with one directory or file a student.

With a number, each entry of the folder is an answer to that exercise, or a directory that has it as exercise-N.
Without one, each entry is a directory with exercise-N of whatever the student has done.
"""
import os
import shutil
import tempfile
import zlib

import predict
import shelf


def submissions(folder, exercise):
    """Student, exercise, path of the answer."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.startswith("."):
            continue
        for e in [exercise] if exercise else shelf.exercises():
            inner = os.path.join(path, f"exercise-{e.number}")
            if os.path.isdir(inner) or exercise:
                yield name, e, inner if os.path.isdir(inner) else path



def spread(exercise, path, make, lang):
    """A copy of the answer on top of a fresh starting point, so that only the files asked for count."""
    folder = tempfile.mkdtemp()
    if exercise.kind == "write":
        make(exercise, folder, "1", lang)
    wanted = exercise.about["file"].split() if exercise.kind == "write" else ["answer.txt"]
    for file in wanted if os.path.isdir(path) else wanted[:1]:
        target = os.path.join(folder, file)
        source = os.path.join(path, file) if os.path.isdir(path) else path
        if os.path.exists(target):
            os.remove(target)
        if os.path.exists(source):
            shutil.copy(source, target)
    return folder


def one(student, exercise, path, judge, make, lang):
    """Returns the result of one answer."""
    folder = spread(exercise, path, make, lang)
    try:
        why = judge(exercise, folder)
        row = {"student": student, "exercise": exercise.number, "pass": why is None, "why": why or ""}
        if exercise.kind == "predict":
            row["seed"] = predict.seed_of(folder)
            row["own_seed"] = row["seed"] == str(zlib.crc32(student.split(".")[0].encode()) % 100000)
        return row
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(options, judge, make):
    """One row an answer."""
    folder = os.path.join(os.environ.get("HERE", "."), options.json)
    return [one(*found, judge, make, options.lang) for found in submissions(folder, options.exercise)]
