# SPDX-License-Identifier: MIT
"""options.py - the parser of a tool's command line, whose own words are in the user's language too.

argparse asks the function `_` of its module for each of its texts, and `ngettext` for those with a number. Here both
ask tools/library.def.
"""
import argparse

from words import tr

argparse._ = tr
argparse.ngettext = lambda one, many, n: tr(one if n == 1 else many)


class Parser(argparse.ArgumentParser):
    """A parser of a command of ./vitrine."""

    def error(self, message):
        """Says how the command is used, and what is wrong."""
        self.exit(2, f"{self.format_usage()}vitrine: {message}\n")
