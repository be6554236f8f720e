# SPDX-License-Identifier: MIT
"""draw.py - a picture as SVG: boxes, arrows and text, in colours for light, dark and paper.

Theory    All letters have one width, so the size of each text is known here. The picture keeps the place of every
          text, and problems() tells which of them overlap or are cut.
"""
import unicodedata
from xml.sax.saxutils import escape

ADVANCE = 0.605  # width of a letter, in sizes; a Chinese character has 1
SIZE = 13
FONTS = '"DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", "WenQuanYi Zen Hei Mono", monospace'
# name: the colour by day and by night
COLOURS = {
    "paper": ("#ffffff", "#14181c"), "ink": ("#23282d", "#d7dde2"), "soft": ("#5c636a", "#98a2ab"),
    "line": ("#8b9198", "#6b757e"), "hole": ("#efece4", "#272e35"), "text": ("#0e7c8b", "#3fb9c9"),
    "data": ("#946a00", "#e0b23e"), "readonly": ("#2e7031", "#6cbf70"), "guard": ("#b3261e", "#ef6c6c"),
    "kernel": ("#86348f", "#c583d6"), "table": ("#3d5a8a", "#93b0e0"),
}


def style():
    """The style sheet: each colour as letters, as a line and as a tint behind letters."""
    def rules(n):
        for name, colour in COLOURS.items():
            c = colour[n]
            yield f".t-{name}{{fill:{c}}} .l-{name}{{stroke:{c};fill:none}} " \
                  f".b-{name}{{stroke:{c};fill:{c};fill-opacity:.16}}"
        paper, line, hole = (COLOURS[name][n] for name in ("paper", "line", "hole"))
        yield f".hole{{fill:{hole};stroke:{line}}} .paper{{fill:{paper}}} .cell{{fill:{paper};stroke:{line}}}"

    day, night = ("\n".join(rules(n)) for n in (0, 1))
    return f"text{{font-family:{FONTS};white-space:pre}}\n{day}\n" \
           f"@media screen and (prefers-color-scheme: dark){{\n{night}\n}}"


def width(text, size=SIZE):
    """The width of a text, in pixels."""
    return sum(1 if unicodedata.east_asian_width(c) in "WF" else ADVANCE for c in text) * size


def colour_of(flags, region=""):
    """The colour of a range, as pgtbl has it."""
    if region == "guard":
        return "guard"
    if "u" not in flags:
        return "kernel"
    return "text" if "x" in flags else "data" if "w" in flags or "c" in flags else "readonly"


class Picture:
    """One picture; draw into it, then save it."""

    def __init__(self, wide, high, title):
        self.wide, self.high, self.title = wide, high, title
        self.parts, self.texts = [], []  # SVG; (left, top, right, bottom, text)
        self.text(20, 30, title, size=17, bold=True)

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, colour="ink", size=SIZE, anchor="start", bold=False):
        """A line of text, its foot at y; x is its start, its middle or its end."""
        wide = width(text, size)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        self.texts.append((left, y - 0.8 * size, left + wide, y + 0.22 * size, text))
        weight = ' font-weight="bold"' if bold else ""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight} '
                 f'class="t-{colour}">{escape(text)}</text>')

    def box(self, x, y, wide, high, colour=None, dash=False):
        """A box with a tint; without a colour one as white as the paper."""
        kind = "cell" if colour is None else colour if colour == "hole" else f"b-{colour}"
        dashed = ' stroke-dasharray="4 3"' if dash else ""
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"{dashed} class="{kind}"/>')

    def label(self, x, y, wide, high, text, colour=None, ink="ink", size=SIZE, bold=False):
        """A box with a text in its middle."""
        self.box(x, y, wide, high, colour)
        self.text(x + wide / 2, y + high / 2 + size * 0.36, text, ink, size, "middle", bold)

    def line(self, points, colour="line", arrow=False, dash=False):
        """A line through the points, with a head at its end if it is an arrow."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = ' stroke-dasharray="5 4"' if dash else ""
        self.add(f'<polyline points="{path}" stroke-width="1.5"{dashed} class="l-{colour}"/>')
        if arrow:
            self.head(points[-2], points[-1], colour)

    def head(self, start, end, colour):
        """The head of an arrow that comes from start to end."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        long = max((dx * dx + dy * dy) ** 0.5, 1)
        dx, dy = dx / long * 8, dy / long * 8
        corners = [end, (end[0] - dx - dy / 2, end[1] - dy + dx / 2), (end[0] - dx + dy / 2, end[1] - dy - dx / 2)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        self.add(f'<polygon points="{path}" class="t-{colour}"/>')

    def problems(self):
        """Yields texts that are cut at the edge, or that overlap."""
        for n, (left, top, right, bottom, text) in enumerate(self.texts):
            if left < 4 or top < 2 or right > self.wide - 4 or bottom > self.high - 2:
                yield f"{text!r} is cut"
            for a in self.texts[:n]:
                if left < a[2] and a[0] < right and top < a[3] and a[1] < bottom:
                    yield f"{text!r} lies on {a[4]!r}"

    def svg(self):
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.wide} {self.high}" width="{self.wide}" '
            f'height="{self.high}" role="img">', f"<title>{escape(self.title)}</title>", f"<style>{style()}</style>",
            '<rect width="100%" height="100%" class="paper"/>', *self.parts, "</svg>", ""])
