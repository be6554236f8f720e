# SPDX-License-Identifier: MIT
"""words.py - messages of the tools behind ./vitrine, in the language of the environment, from tools/vitrine.def."""
import functools
import os
import re

LANGUAGE = os.environ.get("VITRINE_LANGUAGE")  # of the user; the tests change it for the programs that they start
CATALOGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vitrine.def")
ENTRY = re.compile(r'^PHRASE\("(.*)",\s+"(.*)"\)$', re.M)


@functools.lru_cache(maxsize=None)
def phrases():
    with open(CATALOGUE, encoding="utf-8") as f:
        return dict(ENTRY.findall(f.read()))


def tr(text):
    """The text in the language that ./vitrine has found out; as it is, when there is no translation."""
    return phrases().get(text, text) if LANGUAGE == "zh" else text
