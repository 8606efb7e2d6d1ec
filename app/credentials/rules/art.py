"""Badges, drawn by the house: a calm disc in deep green, a leaf crown by kind, both languages.

A picture is a list of shapes in a square of 600 units. ``svg`` writes it as text; ``raster`` draws
the same shapes as pixels, because no library of the house turns SVG into PNG.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from app.credentials.rules.kinds import AchievementKind

__all__ = ["Disc", "Polygon", "Ring", "Shape", "Words", "drawn", "lines_of", "svg", "width_of"]

SIZE = 600
DEEP, MIDDLE, LIGHT, PALE, PAPER, SAND = (
    "#17593f", "#2f7d59", "#5a9f7b", "#a5cdb5", "#fbfaf6", "#e9dcc6",
)  # fmt: skip
INK, SOFT = "#1f1e1a", "#4c4942"
SANS = "Noto Sans TC, PingFang TC, Microsoft JhengHei, Noto Sans CJK TC, Segoe UI, sans-serif"


@dataclass(frozen=True)
class Disc:
    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True)
class Ring:
    x: float
    y: float
    radius: float
    width: float
    stroke: str


@dataclass(frozen=True)
class Polygon:
    points: tuple[tuple[float, float], ...]
    fill: str


@dataclass(frozen=True)
class Words:
    """One line of text, centred at X on the baseline Y."""

    x: float
    y: float
    size: float
    text: str
    fill: str
    is_bold: bool = False
    language: str = ""


Shape = Disc | Ring | Polygon | Words


def drawn(
    kind: AchievementKind,
    title: tuple[str, str],
    issuer: tuple[str, str],
    label: tuple[str, str],
    *,
    level: int | None = None,
    seed: str = "",
) -> list[Shape]:
    """The badge of an achievement. TITLE, ISSUER and LABEL (what kind it is) are Chinese, English;
    SEED turns the crown a little, so that two of a kind are told apart."""  # fmt: skip
    turn = hashlib.sha256(seed.encode()).digest()[0] / 255 * math.tau / 12
    shapes: list[Shape] = [
        Disc(300, 300, 296, DEEP),
        Ring(300, 300, 282, 2, PALE),
        *_crown(kind, turn),
        Disc(300, 300, 214, PAPER),
        Ring(300, 300, 204, 1.5, PALE),
        *_mark(300, 152),
    ]
    shapes += _lines(title, 250)
    shapes.append(Words(300, 402, 20, " · ".join(dict.fromkeys(filter(None, label))), MIDDLE, True))
    if level:
        shapes += [Disc(300 + 24 * (n - (level - 1) / 2), 422, 6, MIDDLE) for n in range(level)]
    for n, text in enumerate(dict.fromkeys(filter(None, issuer))):
        size, width = ((14, 250), (13, 232))[n % 2]
        text = lines_of(text, size, width, 1)[0]
        spoken = ("zh-Hant-TW", "en")[n % 2]
        shapes.append(Words(300, 450 + n * 19, size, text, SOFT, language=spoken))
    return shapes


def _crown(kind: AchievementKind, turn: float) -> list[Shape]:
    """Leaves around the disc; how many and how broad says what it is for."""
    count, broad = {
        AchievementKind.SKILL: (24, 0.75),
        AchievementKind.COURSE: (16, 1.0),
        AchievementKind.CLUSTER: (12, 1.35),
        AchievementKind.PROJECT: (10, 1.5),
        AchievementKind.MENTORING: (8, 1.7),
    }[kind]
    found: list[Shape] = []
    for ring, (radius, fill) in enumerate(((246, MIDDLE), (252, LIGHT))):
        for n in range(count):
            angle = turn + math.tau * (n + ring / 2) / count
            found.append(_leaf(angle, radius, 30 - 6 * ring, (13 - 4 * ring) * broad, fill))
    if kind is AchievementKind.CLUSTER:
        for n in range(count):
            angle = turn + math.tau * (n + 0.25) / count
            x, y = 300 + 268 * math.cos(angle), 300 + 268 * math.sin(angle)
            found.append(Disc(round(x, 1), round(y, 1), 4, SAND))
    return found


def _leaf(angle: float, radius: float, length: float, breadth: float, fill: str) -> Polygon:
    """A pointed leaf that lies along the circle."""
    points = []
    steps = 12
    for side in (1, -1):
        for n in range(steps + 1):
            along = -1 + 2 * n / steps if side == 1 else 1 - 2 * n / steps
            out = side * breadth * (1 - along * along) / 1.4
            a = angle + along * length / radius
            r = radius + out
            points.append((round(300 + r * math.cos(a), 1), round(300 + r * math.sin(a), 1)))
    return Polygon(tuple(points), fill)


def _mark(x: float, y: float) -> list[Shape]:
    """The banyan: a crown of three discs on its roots."""
    trunk = Polygon(((x - 4, y), (x + 4, y), (x + 7, y + 34), (x - 7, y + 34)), MIDDLE)
    roots = [
        Polygon(((x + s * 3, y + 4), (x + s * 17, y + 34), (x + s * 12, y + 34)), LIGHT)
        for s in (-1, 1)
    ]
    crown = [
        Disc(x - 22, y - 2, 17, LIGHT),
        Disc(x + 22, y - 2, 17, LIGHT),
        Disc(x, y - 12, 22, DEEP),
    ]
    return [trunk, *roots, *crown]


def _lines(title: tuple[str, str], top: float) -> list[Shape]:
    chinese, english = title
    found: list[Words] = []
    y = top
    if chinese:
        size = 33 if width_of(chinese, 33) <= 600 else 27
        for line in _even(chinese, size, 340, 2):
            found.append(Words(300, y, size, line, INK, True, "zh-Hant-TW"))
            y += size * 1.3
    if english and english != chinese:
        size = 22 if width_of(english, 22) <= 640 else 18
        for line in _even(english, size, 350, 3 if not chinese else 2):
            found.append(Words(300, y + (0 if not chinese else 2), size, line, SOFT, False, "en"))
            y += size * 1.32
    # Few lines stand in the middle of their place.
    shift = max(0.0, (386 - y) / 2)
    return [replace(row, y=round(row.y + shift, 1)) for row in found]


def _even(text: str, size: float, width: float, most: int) -> list[str]:
    """Lines of about the same length: no last word alone."""
    count = len(lines_of(text, size, width, most))
    narrow = width_of(text, size) / count
    while narrow < width:
        found = lines_of(text, size, narrow, most)
        if len(found) <= count and not found[-1].endswith("…"):
            return found
        narrow += size / 2
    return lines_of(text, size, width, most)


def width_of(text: str, size: float) -> float:
    """About how wide TEXT is: a Chinese character is as wide as high, a Latin one 0.56 of it."""
    return sum(size if ord(c) > 0x2E7F else size * (0.3 if c == " " else 0.56) for c in text)


def lines_of(text: str, size: float, width: float, most: int) -> list[str]:
    """TEXT broken into at most MOST lines of WIDTH; what does not fit ends with an ellipsis."""
    pieces: list[str] = []
    for word in text.split():
        plain = [word] if all(ord(c) <= 0x2E7F for c in word) else list(word)
        pieces += [p if n == 0 else f"\0{p}" for n, p in enumerate(plain)]
    found: list[str] = [""]
    for piece in pieces:
        glue = "" if piece.startswith("\0") or not found[-1] else " "
        piece = piece.removeprefix("\0")
        if found[-1] and width_of(found[-1] + glue + piece, size) > width:
            found.append(piece)
        else:
            found[-1] += glue + piece
    if len(found) > most:
        last = found[most - 1]
        while last and width_of(last + "…", size) > width:
            last = last[:-1]
        found = [*found[: most - 1], last.rstrip() + "…"]
    return found


def svg(shapes: Sequence[Shape], name: str) -> bytes:
    """SHAPES as SVG; NAME is what a reader hears who does not see it."""
    body = "\n".join(_element(shape) for shape in shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}"'
        f' height="{SIZE}" role="img" aria-label={quoteattr(name)}>\n'
        f"<title>{escape(name)}</title>\n{body}\n</svg>\n"
    ).encode()


def _element(shape: Shape) -> str:
    match shape:
        case Disc(x, y, radius, fill):
            return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'
        case Ring(x, y, radius, width, stroke):
            return (
                f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{stroke}"'
                f' stroke-width="{width:g}"/>'
            )
        case Polygon(points, fill):
            path = " ".join(f"{x:g},{y:g}" for x, y in points)
            return f'<polygon points="{path}" fill="{fill}"/>'
        case Words(x, y, size, text, fill, is_bold, language):
            weight = ' font-weight="600"' if is_bold else ""
            spoken = f' xml:lang="{language}"' if language else ""
            return (
                f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"'
                f' text-anchor="middle" font-family="{SANS}"{weight}{spoken}>{escape(text)}</text>'
            )
