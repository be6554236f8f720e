#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""main.py [DIRECTORY] [O=DIR] - draws the pictures of doc/teaching.md (./vitrine pictures).

Each picture is drawn from runs on the glass machine, in both languages: walk.svg and walk.zh.svg. facts.json beside
them has what the runs have said.
"""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

import designs  # noqa: E402
import fork  # noqa: E402
import glass  # noqa: E402
import runs  # noqa: E402
import space  # noqa: E402
import stale  # noqa: E402
import tree  # noqa: E402
import walk  # noqa: E402
from labels import LANGUAGES, speaker  # noqa: E402
from words import tr  # noqa: E402

PICTURES = {"walk": walk, "space": space, "tree": tree, "designs": designs, "fork": fork, "stale": stale}


def draw_all(facts, folder):
    """Writes all pictures; returns their names. Stops at one whose texts overlap or are cut."""
    names = []
    for name, module in PICTURES.items():
        for language in LANGUAGES:
            picture = module.draw(facts, speaker(language))
            file = f"{name}.svg" if language == "en" else f"{name}.{language}.svg"
            for problem in picture.problems():
                sys.exit(f"vitrine: {file}: {problem}")
            with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
                f.write(picture.svg())
            names.append(file)
    return names


def main(words):
    names, pairs, options, _ = glass.split(words)
    if options or len(names) > 1 or set(pairs) - {"O"}:
        glass.refuse(tr("usage: ./vitrine pictures [DIRECTORY] [O=DIR]"))
    out = pairs.get("O", "build")
    folder = os.path.join(os.environ.get("HERE", "."), names[0]) if names else f"{out}/pictures"
    glass.build(f"O={out}", "kernel", f"{out}/test.img", f"{out}/machine/glass", f"{out}/page/fence")
    os.makedirs(folder, exist_ok=True)
    facts = json.loads(json.dumps(runs.everything(runs.Runs(out))))
    with open(os.path.join(folder, "facts.json"), "w", encoding="utf-8") as f:
        json.dump(facts, f, indent=1)
    for name in draw_all(facts, folder):
        print(os.path.relpath(os.path.join(folder, name)))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError:
        glass.refuse(tr("the build has failed; its first complaint above says where"))
