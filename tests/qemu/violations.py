#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""violations.py DIR - the checks' own tests: each deliberate violation, in a small tree below DIR, must be reported.

A clean tree must pass every check; then one file at a time is spoiled.
"""
import os
import shutil
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEAD = "// SPDX-License-Identifier: MIT\n// {} - an example.\n"


def c(name, text):
    return HEAD.format(name) + text


def long_function(lines):
    return "int\nf(void)\n{\n" + "    g();\n" * lines + "}\n"


def elf(flags, stack=0, filesz=16, offset=4096):
    """A minimal ELF64 file with one PT_LOAD and one PT_GNU_STACK entry."""
    head = bytearray(64)
    struct.pack_into("<Q", head, 32, 64)
    struct.pack_into("<HH", head, 54, 56, 2)
    load = struct.pack("<IIQQQQQQ", 1, flags, offset, 0, 0, filesz, filesz, 4096)
    return bytes(head) + load + struct.pack("<IIQQQQQQ", 0x6474E551, 6, 0, 0, 0, 0, stack, 16)


CLEAN = {
    "Makefile": "NM := cat\nKCC := cc\nKCFLAGS := -Wall -Wextra -Ikernel\nUCC := cc\nUCFLAGS := -Wall\n"
                "print-%:\n\t@echo '$($*)'\n",
    "doc/sample.md": "# What pages say\n\nWhat is it? A frame.\n\n| what | who |\n|---|---|\n| `nobody` | a name |\n",
    "vitrine": "#!/bin/sh\n# SPDX-License-Identifier: MIT\ntrue\n",
    "kernel/lib/types.h": c("types.h", "#pragma once\n\n#define must_check __attribute__((warn_unused_result))\n"),
    "kernel/lib/a.h": c("a.h", '#pragma once\n\n#include "lib/types.h"\n\nint a_get(int x) must_check; // -EIO\n'),
    "kernel/lib/a.c": c("a.c", '#include "lib/a.h"\n\n// Gets an a.\nint\na_get(int x)\n{\n    return -EIO;\n}\n'),
    "kernel/sync/m.c": c("m.c", '#include "lib/a.h"\n\n// Prepares the m.\nvoid\nm_init(void)\n{\n'
                         '    initlock(&l, "m", RANK_A);\n}\n'),
    "kernel/lib/b.c": c("b.c", "\n// Is in two files.\nint\ncommon(void)\n{\n}\n"),
    "kernel/lib/d.c": c("d.c", "\n// Is in two files.\nint\ncommon(void)\n{\n}\n"),
    "kernel/sync/rank.h": c("rank.h", "#pragma once\n\nenum rank {\n    RANK_A = 1, // everything\n};\n"),
    "kernel/explain/panics.def": 'PANIC("no frame at 0x%lx", "0x%lx 处没有页框")\n',
    "user/ulib/errors.def": 'PHRASE("in use", "正在使用")\nPHRASE("%d pages\\n", "%d 页\\n")\n',
    "user/lib.c": c("lib.c", 'int\nuses(void)\n{\n    say(tr("in use"), tr("%d pages\\n"));\n    return 0;\n}\n'),
    "README.md": "# A page\n\n```console\n$ ls\nREADME\n```\n\n## More\n",
    "README.zh.md": "# 一页\n\n```console\n$ ls\nREADME\n```\n\n## 更多\n",
    "kernel/lib/p.c": c("p.c", 'static void\nf_panics(void)\n{\n    panic("no frame at 0x%lx", x);\n}\n'),
    "kernel/sync/n.c": c("n.c", "static int\nf(void)\n{\n    return a_get(1) + common();\n}\n"),
    "kernel/boot/o.c": c("o.c", "static void\ng(void)\n{\n    m_init();\n}\n"),
    "doc/decisions/0001-a.md": "# 0001 A\n",
    "include/abi/syscall.tbl": "1  f  int  void\n",
    "build/kernel/kernel": elf(5),
    "build/kernel/lib/a.o": "0 T a_get\n",
    "build/kernel/sync/m.o": "0 T m_init\n  U a_get\n",
    "build/bin/prog": elf(5, stack=65536),
}

# check, file, its spoiled content, the expected message
SPOILED = [
    ("languages", "kernel/explain/panics.def", 'PANIC("no frame at 0x%lx", "%d 处没有页框")\n', "takes other values"),
    ("languages", "kernel/explain/panics.def", 'PANIC("no frame", "没有页框")\n', "lacks 'no frame at 0x%lx'"),
    ("languages", "kernel/lib/b.c", c("b.c", 'void\nf(void)\n{\n    printf("vitrine: so\\n");\n}\n'),
     "lacks 'vitrine: so"),
    ("languages", "user/ulib/errors.def", 'PHRASE("%d pages\\n", "%d 页\\n")\n', "no catalogue has 'in use'"),
    ("languages", "user/ulib/errors.def", CLEAN["user/ulib/errors.def"] + 'PHRASE("so", "如此")\n', "nothing says 'so'"),
    ("languages", "user/ulib/errors.def", 'PHRASE("in use", "in use")\n', "has no Chinese"),
    ("languages", "README.zh.md", None, "its Chinese half README.zh.md is missing"),
    ("languages", "README.zh.md", "# 一页\n\n## 更多\n", "a heading ##, where README.md has ```console"),
    ("languages", "README.zh.md", CLEAN["README.zh.md"].replace("$ ls", "$ ps"), "than in README.md:3: $ ps"),
    ("languages", "README.zh.md", CLEAN["README.zh.md"].replace("##", "###"), "where README.md has a heading ##"),
    ("layers", "kernel/lib/a.c", c("a.c", '#include "lib/a.h"\n#include "sync/m.h"\n'), 'must not include "sync/m.h"'),
    ("layers", "kernel/pt/p.c", c("p.c", '#include "rv/csr.h"\n'), 'must not include "rv/csr.h"'),
    ("layers", "kernel/sync/m.c", c("m.c", '#include "m.h"\n'), "write includes from kernel/"),
    ("layers", "kernel/new/n.c", c("n.c", ""), "not a room"),
    ("layers", "kernel/sync/m.c", c("m.c", 'void\nf(void)\n{\n    asm volatile("sfence.vma");\n}\n'), "outside rv/"),
    ("layers", "kernel/fs/dir/f.c", c("f.c", "void\nf(void)\n{\n    myproc();\n}\n"), "current process"),
    ("layers", "kernel/lib/a.c", c("a.c", '#include "lib/types.h"\n#include "pt/p.h"\n'), 'must not include "pt/p.h"'),
    ("layers", "machine/hart/h.c", c("h.c", '#include "machine.h"\n#include "host/f.h"\n'), 'not include "host/f.h"'),
    ("layers", "machine/check/k.c", c("k.c", '#include "pt/p.h"\n#include "rv/csr.h"\n'), 'not include "rv/csr.h"'),
    ("layers", "machine/time/t.c", c("t.c", "#include <time.h>\n"), "a header of the C library outside machine/host"),
    ("layers", "machine/new/n.c", c("n.c", ""), "machine/new/ is not a room"),
    ("writers", "kernel/sync/m.c", c("m.c", "void\nf(void)\n{\n    pte_store(slot, 0);\n}\n"), "outside pt/"),
    ("writers", "kernel/sync/m.c", c("m.c", "void\nf(pte_t *slot)\n{\n    *slot = 0;\n}\n"), "a store through slot"),
    ("contracts", "kernel/lib/b.c", c("b.c", "int\nb_get(void)\n{\n}\n"), "b_get() has no contract"),
    ("contracts", "kernel/lib/b.c", c("b.c", "\n// b_get.\nint\nb_get(void)\n{\n}\n"), "b_get() has no contract"),
    ("contracts", "kernel/lib/b.c", c("b.c", "\n// ---- The parts\nint\nb_get(void)\n{\n}\n"), "no contract"),
    ("contracts", "kernel/lib/a.h", c("a.h", "static inline int\nb_get(void)\n{\n}\n"), "b_get() has no contract"),
    ("unused", "kernel/lib/a.c", c("a.c", "int\na_get(int x)\n{\n}\nint\na_put(int x)\n{\n}\n"), "uses a_put: static"),
    ("unused", "kernel/lib/a.h", c("a.h", "extern int a_many;\nint a_get(int x);\n"), "uses a_many: static"),
    ("paths", "kernel/lib/a.c", c("a.c", "// Next      lib/gone.c\n"), "there is no file lib/gone.c"),
    ("paths", "machine/hart/h.c", c("h.c", "// Next      mmu/gone.h\n"), "there is no file mmu/gone.h"),
    ("paths", "machine/words/w.def", "// From lib/gone.c.\n", "machine/words/w.def:1: there is no file lib/gone.c"),
    ("paths", "web/src/p.ts", "// See views/gone.ts.\n", "there is no file views/gone.ts"),
    ("paths", "doc/decisions/0001-b.md", "# 0001 B\n", "has that number, too"),
    ("calls", "build/kernel/lib/a.o", "0 T a_get\n  U m_init\n", "refers to m_init of sync/, which is above it"),
    ("style", "kernel/lib/a.c", c("a.c", "int\ncommon(void)\n{\n}\n"), "common() is also in kernel/lib/b.c"),
    ("style", "kernel/lib/a.c", "int x;\n", "first line must be"),
    ("style", "kernel/lib/a.c", c("b.c", ""), "file's name"),
    ("style", "kernel/lib/a.c", c("a.c", "//\n" * 25), "head comment has 26 lines"),
    ("style", "kernel/lib/a.h", c("a.h", "int x;\n"), "no #pragma once"),
    ("style", "kernel/lib/a.h", c("a.h", "#pragma once\nvoid\nf(void);\n"), "apart from its type"),
    ("style", "kernel/lib/a.c", c("a.c", '#include "lib/types.h"\n#include "lib/a.h"\n'), "must be included first"),
    ("style", "kernel/lib/a.c", c("a.c", "int\nf(void)\n{\n#ifdef A\n    g();\n#endif\n}\n"), "inside a function"),
    ("style", "kernel/lib/a.c", c("a.c", "int x; // TODO: more\n"), "leftover"),
    ("style", "kernel/lib/a.c", c("a.c", "#if 0\n#endif\n"), "leftover"),
    ("style", "kernel/lib/a.c", c("a.c", "int x; \n"), "trailing space"),
    ("budget", "kernel/lib/a.c", c("a.c", long_function(61)), "f() has 61 lines"),
    ("budget", "kernel/lib/a.c", c("a.c", "int x;\n" * 400), "402 lines"),
    ("budget", "kernel/lib/a.c", c("a.c", "int\nf(void)\n{\n    {{{{}}}}\n}\n"), "nests 4 deep"),
    ("budget", "kernel/lib/a.c", c("a.c", "\n".join([long_function(14)] * 20)), "the median function has 14"),
    ("headers", "kernel/lib/a.h", c("a.h", "#pragma once\nint f(uint32 x);\n"), "error:"),
    ("headers", "kernel/lib/a.h", c("a.h", "struct a {\n    int x;\n};\n"), "error:"),
    ("format", "kernel/lib/a.c", c("a.c", "int  x;\n"), "not formatted"),
    ("promises", "kernel/lib/a.h", c("a.h", "#pragma once\n\nint a_get(int x);\n"), "is not must_check"),
    ("promises", "kernel/sync/m.c", c("m.c", 'void\nf(void)\n{\n    initlock(&l, "m", 3);\n}\n'), "which is no rank"),
    ("promises", "kernel/sync/m.c", c("m.c", ""), "RANK_A is the rank of no lock"),
    ("image", "build/kernel/kernel", elf(7), "writable and executable"),
    ("image", "build/kernel/kernel", elf(5, filesz=600000), "more than 524288"),
    ("image", "build/bin/prog", elf(5), "no stack size"),
    ("image", "build/bin/prog", elf(5, stack=65536, offset=100), "cannot be mapped"),
    ("sources", "Makefile", "UNLISTED := kernel/x.c\nprint-%:\n\t@echo '$($*)'\n", "is in no list"),
    ("sources", "Makefile", "LISTED := kernel/x.c\nprint-%:\n\t@echo '$($*)'\n", "which is not there"),
    ("sources", "core", "x" * 300000, "no file of the tree is as large"),
    ("words", "user/a.c", c("a.c", "// Whoever holds the lock waits.\n"), "does not begin with its subject"),
    ("words", "machine/a.h", c("a.h", "int x; // who waits\n"), "does not begin with its subject"),
    ("words", "kernel/fs/a.c", c("a.c", "// The\n// same for a device.\n"), "does not begin with its subject"),
    ("words", "tests/a.S", c("a.S", "// Wakes it. What follows is lost.\n"), "a.S:3: \"What follows"),
    ("words", "user/a.c", c("a.c", "// Frees what nobody uses.\n"), "\"nobody\": name the one"),
    ("words", "tools/x.py", "# SPDX\n\ndef f():\n    \"\"\"Nobody calls it.\"\"\"\n", "x.py:4: \"Nobody calls it."),
    ("words", "doc/sample.md", "# A page\n\n- The same holds for files.\n", "sample.md:3: \"The same"),
    ("words", "user/a.c", c("a.c", "// Reads a page.\n// Returns: 0, or -EIO\n"), "without a colon"),
    ("words", "user/a.c", c("a.c", "// Reads a page.\n// Returns 0, or -EIO\n"), "begins in column 10"),
    ("words", "user/a.c", c("a.c", "// Reads a page.\n// On error   nothing is read.\n"), "begins in column 10"),
    ("words", "machine/a.c", c("a.c", "int x;\n// Is the page free?\nint y;\n"), "a contract is no question"),
    ("words", "user/a.c", c("a.c", "// Reads a page.\n// Return    0, or -EIO\n"), "labels are Returns, On error"),
    ("scripts", "tools/x.py", "# SPDX-License-Identifier: MIT\nif:\n", "invalid syntax"),
    ("scripts", "tools/x.sh", "#!/bin/sh\n# SPDX-License-Identifier: MIT\nif\n", "x.sh"),
    ("scripts", "tools/x.py", "pass\n", "no SPDX line"),
]


def write(base, name, content):
    """Writes a file of the tree; removes it if there is no content."""
    path = os.path.join(base, name)
    if content is None:
        os.unlink(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def plant(base):
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    shutil.copy(os.path.join(ROOT, ".clang-format"), base)
    for name, content in CLEAN.items():
        write(base, name, content)


def run(check, base):
    """The result of a check of the tree: (exit code, output)."""
    r = subprocess.run([sys.executable, f"{ROOT}/tools/check_{check}.py", "--root", base], check=False,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return r.returncode, r.stdout.decode()


def main():
    base = os.path.join(os.path.abspath(sys.argv[1]), "tree")
    wrong, checks = [], sorted({entry[0] for entry in SPOILED})
    plant(base)
    for check in checks:
        code, said = run(check, base)
        if code:
            wrong.append(f"{check}: a clean tree is refused: {said.strip()}")
    for check, name, content, expected in SPOILED:
        plant(base)
        write(base, name, content)
        code, said = run(check, base)
        if code != 1 or expected not in said:
            wrong.append(f"{check}: {expected!r} is not reported for {name}; it says {said.strip()!r}")
    shutil.rmtree(base)
    print("\n".join("FAIL " + w for w in wrong) or f"{len(SPOILED)} violations reported")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
