# SPDX-License-Identifier: MIT
"""words.py - messages of the tools behind ./vitrine, in the language of the environment, from tools/*.def."""
import functools
import glob
import os
import re

LANGUAGE = os.environ.get("VITRINE_LANGUAGE")  # of the user; the tests change it for the programs that they start
CATALOGUES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.def")
ENTRY = re.compile(r'^PHRASE\("(.*)",\s+"(.*)"\)$', re.M)


@functools.lru_cache(maxsize=None)
def phrases():
    known = {}
    for path in glob.glob(CATALOGUES):
        with open(path, encoding="utf-8") as f:
            known.update(ENTRY.findall(f.read()))
    return known


def tr(text):
    """The text in the language that ./vitrine has found out; as it is, when there is no translation."""
    return phrases().get(text, text) if LANGUAGE == "zh" else text


def reason(error):
    """Why a call of the system has failed."""
    return tr(error.strerror)
