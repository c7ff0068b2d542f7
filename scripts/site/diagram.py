"""Draws a mermaid sequence diagram as SVG, so that no page needs JavaScript.

Of mermaid's language it knows what the course uses:

    sequenceDiagram
    participant C as client<br/>127.0.0.1:50001
    C->>S: a message         (-->> is dashed, -x and --x are lost on the way)
    Note over C,S: connected
    %% a comment

Anything else is an error: GitHub would draw it, and the site would not. The
colours are the style sheet's.
"""
import itertools
import math
import re
from html import escape

PARTICIPANT = re.compile(r"participant (\w+)(?: as (.+))?$")
MESSAGE = re.compile(r"(\w+)(-->>|->>|--x|-x)(\w+): ?(.+)$")
NOTE = re.compile(r"Note over (\w+)(?:, ?(\w+))?: ?(.+)$")
BREAK = re.compile(r"<br ?/?>")

LETTER = 7.3  # the width of a letter, in pixels; all text is monospaced
LINE = 16
APART = 210  # from one participant to the next, at least, while there are two
HEAD = 14  # above and below a participant's lines
STEP = 42  # from one message or note to the next
SLANT = 10  # how far down a message has come when it arrives


def sequence(source):
    """Returns the diagram as an SVG element. Raises ValueError on bad syntax."""
    names, steps = parse(source)
    order = list(names)
    places = columns(order, names, steps)
    head = HEAD + LINE * max(len(lines) for lines in names.values())
    width = places[-1] + places[0]
    height = head + STEP * len(steps) + 24
    out = [
        '<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img">' % (width, height, width, height),
        "<title>%s</title>" % escape(spoken(names, steps)),
    ]
    for name, x in zip(order, places):
        out.append(participant(names[name], x, head, height))
    for i, (arrow, a, b, text) in enumerate(steps):
        y = head + STEP * i + 28
        x1, x2 = places[order.index(a)], places[order.index(b)]
        if arrow == "note":
            out.append(note(text, x1, x2, y))
        else:
            out.append(message(text, x1, x2, y, arrow, tone(names[a])))
    return "".join(out) + "</svg>"


def parse(source):
    """Returns each participant's lines, and the steps (arrow, from, to, text)."""
    lines = [line.strip() for line in source.strip().splitlines()]
    if not lines or lines[0] != "sequenceDiagram":
        raise ValueError("the first line is not sequenceDiagram")
    names, steps = {}, []
    for line in lines[1:]:
        if not line or line.startswith("%%"):
            continue
        if m := PARTICIPANT.match(line):
            names[m[1]] = BREAK.split(m[2] or m[1])
            continue
        if m := MESSAGE.match(line):
            step = (m[2], m[1], m[3], m[4])
        elif m := NOTE.match(line):
            step = ("note", m[1], m[2] or m[1], m[3])
        else:
            raise ValueError("cannot draw %r" % line)
        for name in step[1:3]:
            if name not in names:
                raise ValueError("%r: %s is no participant" % (line, name))
        if step[0] != "note" and step[1] == step[2]:
            raise ValueError("cannot draw %r: a message to oneself" % line)
        steps.append(step)
    if not steps:
        raise ValueError("nothing happens in it")
    return names, steps


def columns(order, names, steps):
    """Returns where each participant stands, so that all text has room."""
    heads = [max(map(len, names[name])) * LETTER + 24 for name in order]
    gaps = [max((a + b) / 2 + 16, APART if len(order) == 2 else 0) for a, b in zip(heads, heads[1:])]
    edge = max(heads) / 2 + 1
    for _, a, b, text in steps:
        first, last = sorted((order.index(a), order.index(b)))
        room = len(text) * LETTER + 36
        if first == last:
            edge = max(edge, room / 2 + 1)
        for i in range(first, last):
            gaps[i] = max(gaps[i], room / (last - first))
    return [round(edge + x) for x in itertools.accumulate(gaps, initial=0)]


def tone(lines):
    """The client is amber. Everybody else serves, and is teal."""
    return "client" if "client" in lines[0].lower() else "server"


def participant(lines, x, head, height):
    width = max(map(len, lines)) * LETTER + 24
    text = "".join(
        '<text class="%s" x="%d" y="%d">%s</text>' % ("detail" if i else "name", x, 20 + LINE * i, escape(line))
        for i, line in enumerate(lines)
    )
    return '<g class="end %s"><path d="M%d %dV%d"/><rect x="%.0f" y="1" width="%.0f" height="%d" rx="4"/>%s</g>' % (
        tone(lines), x, head, height, x - width / 2, width, head - 2, text)


def message(text, x1, x2, y, arrow, tone):
    classes = ["message", tone]
    if arrow.startswith("--"):
        classes.append("dashed")
    end = y + SLANT
    if arrow.endswith("x"):  # a cross, before the other side is reached
        x2 -= (x2 - x1) * 0.25
        tip = "M%.1f %.1fl10 10m0 -10l-10 10" % (x2 - 5, end - 5)
    else:
        length = math.hypot(x2 - x1, SLANT)
        dx, dy = (x2 - x1) / length, SLANT / length  # along the line, one pixel
        tip = "M%.1f %.1fL%.1f %.1fL%.1f %.1fz" % (
            x2, end,
            x2 - 10 * dx - 4 * dy, end - 10 * dy + 4 * dx,
            x2 - 10 * dx + 4 * dy, end - 10 * dy - 4 * dx)
    return '<g class="%s"><path class="line" d="M%d %dL%.1f %d"/><path class="tip" d="%s"/><text x="%.0f" y="%d">%s</text></g>' % (
        " ".join(classes), x1, y, x2, end, tip, (x1 + x2) / 2, y - 4, escape(text, quote=False))


def note(text, x1, x2, y):
    left, right = min(x1, x2) - 14, max(x1, x2) + 14
    if x1 == x2:
        half = len(text) * LETTER / 2 + 12
        left, right = x1 - half, x1 + half
    return '<g class="note"><rect x="%.0f" y="%d" width="%.0f" height="26" rx="13"/><text x="%d" y="%d">%s</text></g>' % (
        left, y - 14, right - left, (x1 + x2) / 2, y + 3, escape(text))


def spoken(names, steps):
    """The diagram in words, for those who do not see it."""
    said = []
    for arrow, a, b, text in steps:
        if arrow == "note":
            said.append(text)
        else:
            lost = ", lost on the way" if arrow.endswith("x") else ""
            said.append("%s to %s: %s%s" % (names[a][0], names[b][0], text, lost))
    return "In this order: " + "; ".join(said)
