# SPDX-License-Identifier: MIT
"""test_commands.py - the commands and the shell, typed at the prompt.

Each pair is a line that is typed and its exact output. No line contains the prompt's two characters.
"""
from machine import Failure

SHELL = [
    ("mkdir /t; cd /t; pwd", "/t\n"),
    ("echo a  'b  c' \"d $?\" e\\ f", "a b  c d 0 e f\n"),
    ("false; echo $?", "1\n"),
    ("nosuch; echo $?", "sh: nosuch: command not found\n127\n"),
    ("false || echo or && echo and; true && ! false; echo $?", "or\nand\n0\n"),
    ("(echo x; echo y; exit 3) > f; echo $?; cat < f", "3\nx\ny\n"),
    ("echo z >> f; cat f | cat | wc -l", "3\n"),
    ("ls nosuch 2> e; echo $?; cat e", "1\nls: nosuch: no such file or directory\n"),
    ("ls nosuch > e 2>&1; wc -l e", "1 e\n"),
    ("touch b1 b2 .b3; echo b* ? [!b] .b* '*' no*", "b1 b2 e f e f .b3 * no*\n"),
    ("echo bg & wait; echo done", "bg\ndone\n"),
    ("cat & wait; cat | cat & wait; echo done", "done\n"),
    ("cp /bin/echo /t/mine; mine x; rm mine; mine",
     "x\nsh: mine: command not found\n"),
    ("sleep 2 & sleep 0.2; ps | grep -c 'sleep$'; wait; ps | grep -c 'sleep$'", "1\n0\n"),
    ("echo 'echo $1 $#; exit 9' > s; sh s one two; echo $?", "one 2\n9\n"),
    ("sh -c 'exit 5'; echo $?; sh nosuch; echo $?", "5\nsh: nosuch: no such file or directory\n127\n"),
    ("cd nosuch; cd f; cd; pwd; cd t", "cd: nosuch: no such file or directory\ncd: f: not a directory\n/\n"),
    ("[ -d /t ] && [ 3 -lt 4 ] && [ a != b ] && echo yes", "yes\n"),
    ("f; /t; echo $?", "sh: f: not a program\nsh: /t: access denied\n126\n"),
    ("( a", "sh: syntax error: unexpected end of line\n"),
    ("echo 'x", "sh: syntax error: quote not closed\n"),
    ("a | | b; echo no", "sh: syntax error near `|'\n"),
    ("echo $?", "2\n"),
    ("seq 40 | xargs -n 32 echo | wc -l; echo $?", "2\n0\n"),
    ("cat big nosuch; echo $?", "cat: big: no such file or directory\ncat: nosuch: no such file or directory\n1\n"),
    ("cd /; rm -r t; ls t", "ls: t: no such file or directory\n"),
]

COMMANDS = [
    ("mkdir /c; cd /c; seq 20 > s; head -2 s; tail -n 1 s; head -c 3 s", "1\n2\n20\n1\n2"),
    ("wc s; wc -l < s; cat s s | wc", "20 20 51 s\n20\n40 40 102\n"),
    ("grep -c 1 s; grep '^1.$' s | head -1; grep -n 9 s; grep -v '[0-9]' s; echo $?", "11\n10\n9:9\n19:19\n1\n"),
    ("echo Abc | grep -i '^a*b'; grep '[' s; echo $?", "Abc\ngrep: [: [ without ]\n2\n"),
    ("sort -rn s | head -2; sort s | head -2; cat s s | sort -nu | wc -l", "20\n19\n1\n10\n20\n"),
    ("seq 20000 | sort -r | sort -n | uniq | wc; seq 20000 | sort -rn | tail -1", "20000 20000 108894\n1\n"),
    ("mkdir -p a/b/c; find a; find . -name 's*'; find a -type d -name c", "a\na/b\na/b/c\n./s\na/b/c\n"),
    ("find a | xargs -n 2 echo; echo '\"a b\" c' | xargs -n 1 echo", "a a/b\na/b/c\na b\nc\n"),
    ("cp s t; cmp s t; echo $?; echo >> t; cmp s t; cp s s",
     "0\ns ends first, after 51 bytes\ncp: s: is the file to be copied\n"),
    ("cp -r a a2; find a2; cp a x; cp s t a2; ls a2",
     "a2\na2/b\na2/b/c\ncp: a: is a directory\nb               s               t\n"),
    ("mv t u; mv u a2; mv nosuch y; ls a2 | cat", "mv: nosuch: no such file or directory\nb\ns\nt\nu\n"),
    ("mv a a/b/d; mv a a3; find a3", "mv: a: invalid argument\na3\na3/b\na3/b/c\n"),
    ("rm a2; rm nosuch; rm -f nosuch; rmdir a2; rm -r a2; ls a2",
     "rm: a2: is a directory\nrm: nosuch: no such file or directory\n"
     "rmdir: a2: directory not empty\nls: a2: no such file or directory\n"),
    ("ln s l; ln s l; ls -l l | cut -c 1-5; rm s; wc -l l", "ln: l: file exists\n-   2\n20 l\n"),
    ("ln -s a3 k; ln -s /none n; ls k n; ls -l k n | cut -c 1; ls -l k n | grep -c ' [kn] -> [a/]'; find . -type l",
     "k:\nb\nn\nl\nl\n2\n./k\n./n\n"),
    ("ln -s a3; ln -s x k; ln -s y n; rm -r k; rm n; ls a3 | cat; rm a3/x; ls k",
     "usage: ln [-s] file new-name\nln: n: file exists\nb\nx\nls: k: no such file or directory\n"),
    ("mkdir q; ln -s nowhere q/l; ln -s q ql; cp -r q ql q2; cp -r q q2; cp -r ql q2; ls -l q2 | cut -c 24-; rmdir ql",
     "cp: q2: not a directory\nl -> nowhere\nql -> q\nrmdir: ql: not a directory\n"),
    ("cp -r q/l q2; rm -r q q2 ql; ls q q2 ql", "cp: q2/l: file exists\nls: q: no such file or directory\n"
     "ls: q2: no such file or directory\nls: ql: no such file or directory\n"),
    ("echo hello | tr a-y b-z; echo hello | tr -d l; echo a:b:c | cut -d : -f 1,3", "ifmmp\nheo\na:c\n"),
    ("(echo a; echo a; echo b) | uniq -c; echo x | tee t1 t2; cat t1 t2", "      2 a\n      1 b\nx\nx\nx\n"),
    ("echo ab | hexdump", "00000000  61 62 0a                                          |ab.|\n00000003\n"),
    ("yes | head -2; seq 3 -1 2; touch 12345678901234567; ls 1*", "y\ny\n3\n2\n12345678901234\n"),
    ("yes abcdefghijklmnopqrstuvwxyz | head -100000 | wc", "100000 100000 2700000\n"),
    ("mkdir m; cd m; seq 500 | xargs touch; ls | wc -l; rm *; echo $?; ls | xargs rm; ls | wc -l; cd ..",
     "500\nsh: rm: argument list too long\n126\n0\n"),
    ("kill x; kill 999999", "kill: x: not a process number\nkill: 999999: no such process\n"),
    ("sleep x; mkdir; grep; cp; poweroff x", "usage: sleep seconds\nusage: mkdir [-p] directory ...\n"
     "usage: grep [-ivnclq] pattern [file ...]\nusage: cp [-r] file ... target\nusage: poweroff [code]\n"),
    ("df | wc -l; free | wc -l; uptime | grep -c hart; stats | grep -c copyin:", "2\n2\n1\n1\n"),
    ("cat /dev/null; echo x > /dev/null; cat < /dev/null; ls /dev | cat; echo on > /dev/console",
     "console\nnull\non\n"),
    ("cat /console/x; mkdir /console", "cat: /console/x: not a directory\nmkdir: /console: file exists\n"),
]

# A tree of 300 directories, deeper than a path can say.
DEEP = [
    ("mkdir /d; cd /d; (yes 'mkdir n; cd n' | head -300; echo 'echo end > f; ln -s f l') > /s; sh /s; ls | cat", "n\n"),
    ("find . | wc; find n -name f | cut -c 595-; find n -type l | wc -c; pwd", "303 303 92110\nn/n/n/f\n602\n/d\n"),
    ("cp -r n m; echo $?; find m | wc; ls", "0\n302 302 91504\nm               n\n"),
    ("find m -name f | cut -c 595-; cp -r n m; find . | wc -l; find m/n | wc -l",
     "n/n/n/f\n608\n304\n"),
    ("mkdir x; echo 1 > x/f; cp -r x/ y; cp -r x x; cp -r x/f z; find x y z", "cp: x/x: cannot be copied into itself\n"
     "x\nx/f\nx/x\nx/x/f\ny\ny/f\nz\n"),
    ("rm -r x y z; cd n; rm -r /d/m ../d; rm -r n; echo $?; find ..",
     "rm: ../d: no such file or directory\n0\n..\n../n\n"),
    ("cd /; rm -r d s; ls d", "ls: d: no such file or directory\n"),
]


def session(context, lines, **how):
    """Types lines; each must print the text beside it."""
    with context.machine(**how) as m:
        m.boot()
        for line, want in lines:
            got = m.run(line)
            if got != want:
                raise Failure(f"{line!r} printed {got!r}, expected {want!r}")
        m.poweroff()


def test_shell(context):
    session(context, SHELL, cpus=3)


def test_commands(context):
    session(context, COMMANDS, cpus=3)


def test_commands_1(context):
    session(context, COMMANDS, cpus=1)


def test_deep_trees(context):
    session(context, DEEP, cpus=3)


def test_end_of_input(context):
    """A line goes to the command that reads the console; ^D ends its input, and at the prompt the shell."""
    with context.machine() as m:
        m.boot()
        m.type("cat; echo after\n")
        m.expect("echo after\n")
        m.type("typed\n")
        m.expect("typed\ntyped\n")
        m.type("\x04")
        m.expect("after\n")
        m.expect("[$] ")
        m.type("\x04")
        m.expect("init: starting sh\n")
        m.expect("[$] ")
        m.poweroff()


def test_init_runs_one_command(context):
    with context.machine(append="quiet -- false") as m:
        m.wait_exit(1)
