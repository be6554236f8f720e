# SPDX-License-Identifier: MIT
"""test_attack.py - a program searches new memory for another one's data, and finds some only with INSECURE=1."""
from machine import Failure

DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
WAYS = ("heap", "lazy", "mmap")  # to get memory
WARNING = "vitrine: INSECURE BUILD: "


def attacks(context, design, check, variant=None, cpus=1):
    """Calls check(way, what the attack says) for each way, after a secret was left; returns the output of the boot."""
    with context.machine(append=f"quiet kpt={design}", variant=variant, cpus=cpus) as m:
        printed = m.boot()
        for way in WAYS:
            if m.run("leavesecret swordfish"):
                raise Failure(f"{design}: leavesecret fails")
            check(m, way)
        m.poweroff()
    return printed


def test_attack(context):
    """Nothing is found, however the memory is got."""
    def check(m, way):
        said = m.run(f"attack {way}")
        if said != "attack: there is no secret in 65536 KB\n" or m.run("echo $?") != "1\n":
            raise Failure(f"attack {way}: {said!r}")

    for design in DESIGNS:
        if WARNING in attacks(context, design, check):
            raise Failure(f"{design}: the ordinary kernel says that it is insecure")


def test_attack_insecure(context):
    """With INSECURE=1 these programs find the word, and the kernel has printed a warning."""
    def check(m, way):
        said = m.run(f"attack {way}")
        if not said.startswith("attack: the secret is swordfish, "):
            raise Failure(f"attack {way}: {said!r}")

    for design in DESIGNS:
        if WARNING not in attacks(context, design, check, variant="INSECURE"):
            raise Failure(f"{design}: the insecure kernel does not warn")
    if WARNING not in attacks(context, "unified", check, variant="INSECURE", cpus=3):
        raise Failure("with 3 harts the insecure kernel does not warn")


def test_attack_noticed(context):
    """The sub-test that searches by every way to get memory fails on such a kernel; programs run there."""
    with context.machine(append="quiet", variant="INSECURE", cpus=3) as m:
        m.boot()
        m.run_verdict("usertests secrets", "SOME TESTS FAILED", "ALL TESTS PASSED")
        m.run_verdict("usertests bsstest stackzero", "ALL TESTS PASSED", "SOME TESTS FAILED")
        m.poweroff()
