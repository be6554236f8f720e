#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""console.py - a terminal for a machine's serial port (./vitrine console); tools/run.py puts it before QEMU.

Theory    Bytes pass both ways unchanged, with the terminal in raw mode; QEMU itself handles Ctrl-A. The firmware's
          lines at the start are folded into one, and file and line are added to backtraces (places.py). Keys are held
          back until the machine has printed something: the firmware discards a character that is in the port when it
          starts.
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
from words import tr

CTRL_A = b"\x01"
PATIENCE = 10  # seconds without output after which the firmware's lines are shown unfolded
INDENT = b" " * 9  # indentation of an explanation's rows after the first
LINE = 512  # bytes of a line that are examined
LIMIT = 1 << 16  # bytes that are buffered for a machine that does not read
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
    """Adds file and line to backtraces and explanations; all other bytes pass at once, unfinished lines too.

    An explanation may have several rows, of which all but the first are indented. The note comes behind the last row,
    so the start of the next line is held until it shows whether that is another row.
    """

    def __init__(self, places):
        self.places = places
        self.line, self.held = b"", b""  # the current line so far, and its end that has not been shown
        self.started, self.goes_on = False, False  # the kind of the line is known; it is a further row
        self.explained = ""  # the rows of the explanation, joined

    def feed(self, data):
        return b"".join(self.piece(p) for p in re.findall(rb"[^\n]*\n|[^\n]+", data))

    def piece(self, piece):
        """Takes a line or a part of one; returns the bytes to show."""
        self.line += piece
        self.held += piece
        before = b""
        if not self.started:
            if self.explained and INDENT.startswith(self.line):
                return b""
            self.started, self.goes_on = True, bool(self.explained) and self.line.startswith(INDENT)
            before = b"" if self.goes_on else self.end()
        shown, self.held = before + self.held, b""
        if piece.endswith(b"\n"):
            return self.complete(shown)
        self.line = self.line[-LINE:]
        return shown

    def complete(self, shown):
        text = self.line.decode("utf-8", "replace").rstrip("\r\n")
        self.line, self.started = b"", False
        if self.goes_on:
            self.explained += " " + text.strip()
        else:
            self.explained = text if self.places.explains(text) else ""
        ending = b"\r\n" if shown.endswith(b"\r\n") else b"\n"
        return shown[: -len(ending)] + self.places.suffix(text).encode() + ending

    def end(self):
        """The note for the explanation that is complete now."""
        row, self.explained = self.places.row(self.explained), ""
        return (row + "\n").encode() if row else b""

    def release(self):
        """Returns the held bytes, at the end of the output."""
        held, self.held = self.held, b""
        return self.end() + held


class Terminal:
    """The user's terminal in raw mode, as QEMU itself sets it, and back. No typed key is lost."""

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

    def __init__(self, port_in, port_out, places, fold, faults=None):
        self.port_in, self.port_out = port_in, port_out  # written to, and read from
        self.fold, self.notes = Fold(fold), Notes(places)
        self.typed, self.listening, self.open = b"", False, True
        self.faults = faults  # gets all that is shown, too

    def show(self, data):
        self.write(self.notes.feed(data))

    def write(self, data):
        write(data)
        if self.faults:
            self.faults.feed(data)

    def serve(self):
        with Terminal():
            try:
                while self.step():
                    pass
            finally:
                self.show(self.fold.release())
                self.write(self.notes.release())

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
            self.typed = b""  # the machine has ended, as reading the port will show


def read(fd):
    try:
        return os.read(fd, LIMIT)
    except OSError:  # the terminal or socket is closed
        return b""


def write(data):
    while data:
        data = data[os.write(1, data) :]


def join(path):
    """Connects to a machine's serial port at a socket."""
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(path)
    except OSError:
        sys.exit("vitrine: " + tr("there is no machine to type at; ./vitrine gdb starts one"))
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
