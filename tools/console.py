#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""console.py - a terminal for a machine's serial port (./vitrine console); tools/run.py puts it before QEMU.

Theory    Bytes go both ways as they are, the terminal being in raw mode; QEMU itself looks for Ctrl-A. The firmware's
          lines at the start are folded into one, and file and line are added to backtraces (places.py). Keys are
          held back until the machine has printed something: the firmware throws away a character that it finds
          in the port when it starts.
"""
import argparse
import os
import re
import select
import socket
import sys
import termios

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from places import Places  # noqa: E402

CTRL_A = b"\x01"
PATIENCE = 10  # seconds without a word after which a firmware that says nothing more is shown as it is
LIMIT = 1 << 16  # bytes that are kept for a machine that does not read
NAME = re.compile(r"OpenSBI v\S+")
ART = re.compile(r"[ _|/\\()'`.,<>-]*")
FACT = re.compile(r"[A-Z][\w /()-]*:.*")


class Fold:
    """The firmware's lines at the start, folded into one. The first line of another form ends them."""

    def __init__(self, active):
        self.active, self.held = active, b""

    def feed(self, data):
        """Takes new data; returns the part of all data so far that can be shown now."""
        if not self.active:
            return data
        self.held += data
        *lines, rest = self.held.split(b"\n")
        for n, line in enumerate(lines):
            text = line.decode("utf-8", "replace").rstrip("\r")
            if not (NAME.fullmatch(text) or ART.fullmatch(text) or FACT.fullmatch(text)):
                return self.end(lines[:n], b"\n".join([*lines[n:], rest]))
        return b""

    def end(self, folded, data):
        self.active, self.held = False, b""
        whole = b"\n".join(folded)
        name = NAME.search(whole.decode("utf-8", "replace"))
        if name:
            return f"{name[0]} (V=1 shows its {len(folded)} lines)\n".encode() + data
        return whole + b"\n" * bool(folded) + data

    def release(self):
        """Returns the lines held so far, unfolded, and ends the folding: the firmware has fallen silent."""
        self.active, held, self.held = False, self.held, b""
        return held


class Notes:
    """Adds file and line to backtraces; all other bytes pass at once, unfinished lines too."""

    def __init__(self, places):
        self.places, self.line = places, b""

    def feed(self, data):
        *ends, rest = data.split(b"\n")
        shown = []
        for part in ends:
            self.line += part
            text = self.line.decode("utf-8", "replace").rstrip("\r")
            shown.append(part.rstrip(b"\r") + self.places.note(text).encode() + part[len(part.rstrip(b"\r")) :] + b"\n")
            self.line = b""
        self.line = (self.line + rest)[-512:]
        return b"".join(shown) + rest


class Terminal:
    """The user's terminal in raw mode, as QEMU itself sets it, and back. Nothing that is typed gets lost."""

    def __init__(self):
        self.before = termios.tcgetattr(0) if os.isatty(0) else None

    def __enter__(self):
        if self.before:
            raw = [*self.before]
            raw[0] &= ~(termios.BRKINT | termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.IXON)
            raw[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN | termios.ISIG)
            raw[6] = [*raw[6]]
            raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
            termios.tcsetattr(0, termios.TCSANOW, raw)
        return self

    def __exit__(self, *_):
        if self.before:
            termios.tcsetattr(0, termios.TCSADRAIN, self.before)


class Console:
    """Carries bytes between file descriptors 0 and 1 and a machine's port until the port closes."""

    def __init__(self, port_in, port_out, places, fold):
        self.port_in, self.port_out = port_in, port_out  # written to, and read from
        self.fold, self.notes = Fold(fold), Notes(places)
        self.typed, self.listening, self.open = b"", False, True

    def show(self, data):
        data = self.notes.feed(data)
        while data:
            data = data[os.write(1, data) :]

    def serve(self):
        with Terminal():
            try:
                while self.step():
                    pass
            finally:
                self.show(self.fold.release())

    def step(self):
        """Waits for the next bytes from either side and carries them; False: the port has closed."""
        readers = [self.port_out] + [0] * (self.open and len(self.typed) < LIMIT)
        writers = [self.port_in] * bool(self.typed and self.listening)
        ready, room, _ = select.select(readers, writers, [], PATIENCE if self.fold.active else None)
        if not ready and not room:
            self.listening = True
            self.show(self.fold.release())
        if 0 in ready:
            self.take_typed()
        if room:
            self.pass_on()
        return self.port_out not in ready or self.take_said()

    def take_said(self):
        data = read(self.port_out)
        self.listening = True
        self.show(self.fold.feed(data))
        return bool(data)

    def take_typed(self):
        data = read(0)
        self.open = bool(data)
        self.typed += data
        self.listening = self.listening or CTRL_A in data

    def pass_on(self):
        try:
            self.typed = self.typed[os.write(self.port_in, self.typed) :]
        except BlockingIOError:
            pass
        except OSError:
            self.typed = b""  # the machine has gone: the port says so too


def read(fd):
    try:
        return os.read(fd, LIMIT)
    except OSError:  # a terminal or socket that has gone
        return b""


def join(path):
    """The socket of a machine that offers its port there."""
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(path)
    except OSError:
        sys.exit("vitrine: there is no machine to type at; ./vitrine gdb starts one")
    s.setblocking(False)
    return s


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("socket")
    ap.add_argument("--log", required=True, help="the file with all output so far")
    ap.add_argument("--out", required=True, help="where the build is")
    ap.add_argument("--prefix", default="", help="of the names of nm and addr2line")
    a = ap.parse_args()
    port, places = join(a.socket), Places(a.out, a.prefix)
    console = Console(port.fileno(), port.fileno(), places, True)
    with open(a.log, "rb") as f:
        said = f.read()
    console.show(console.fold.feed(said))
    console.listening = bool(said)
    console.serve()
    places.close()


if __name__ == "__main__":
    main()
