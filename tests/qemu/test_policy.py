# SPDX-License-Identifier: MIT
"""test_policy.py - the policies for memory that the kernel's command line can choose."""
from machine import Failure

CHOICES = (
    ("", "overcommit", "eager", "share"),
    ("commit=strict sbrk=lazy superpages=copy", "strict", "lazy", "copy"),
    ("superpages=off commit=overcommit sbrk=eager", "overcommit", "eager", "off"),
)
BAD = ("commit=some", "sbrk=late", "superpages=few")


def test_choices(context):
    for words, commit, sbrk, superpages in CHOICES:
        with context.machine(append=f"quiet {words}", cpus=1) as m:
            m.boot()
            text = m.run("policy")
            if text != f"policy: commit={commit} sbrk={sbrk} superpages={superpages}\n":
                raise Failure(f"{words}: {text}")
            m.run_verdict("usertests largefork forkpages deferredown", "ALL TESTS PASSED", "SOME TESTS FAILED")
            m.poweroff()


def test_bad_words(context):
    with context.machine(append="quiet " + " ".join(BAD), cpus=1) as m:
        text = m.boot()
        for word in BAD:
            if f"vitrine: {word}: the choices are " not in text:
                raise Failure(f"nothing is said about {word}")
        m.poweroff()


def strict(context, design):
    """No process lacks memory that is reserved for it, and a fork that would need more fails."""
    with context.machine(append=f"quiet kpt={design} commit=strict", cpus=2) as m:
        m.boot()
        m.run_verdict("usertests strictkept strictrefused lazyoutgrow lastword mem execout", "ALL TESTS PASSED",
                      "SOME TESTS FAILED")
        m.run_verdict("forkstress", "forkstress: OK", "forkstress: FAIL", hang=180)
        m.poweroff()


for _design in ("unified", "fullcopy"):
    globals()[f"test_strict_{_design}"] = lambda context, d=_design: strict(context, d)


def test_late(context):
    """A program gets the memory reserved at its start although it has taken all other memory."""
    for design in ("unified", "global", "fullcopy", "sharedroot"):
        with context.machine(append=f"quiet kpt={design}", cpus=1) as m:
            m.boot()
            for command in ("late", "late fork"):
                m.run_verdict(command, "late: OK", "late: FAILED|unexpected scause")
            m.poweroff()
