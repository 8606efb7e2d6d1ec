"""Badges as pixels: the shapes of ``art``, drawn four times too large and made smaller."""

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from app.credentials.rules.art import SIZE, Disc, Polygon, Ring, Shape, Words

__all__ = ["png"]

SCALE = 4
FONTS = {
    False: (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 3),
        ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 3),
        ("/System/Library/Fonts/PingFang.ttc", 0),
    ),
    True: (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 3),
        ("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 3),
        ("/System/Library/Fonts/PingFang.ttc", 2),
    ),
}
"""Where machines have letters for both languages, and which face of the file is for Taiwan. Without
any the Latin letters of matplotlib are used."""


@lru_cache(maxsize=256)
def png(shapes: tuple[Shape, ...], pixels: int = SIZE) -> bytes:
    """SHAPES as PNG, PIXELS wide and high, with a transparent ground."""
    scale = SCALE * pixels / SIZE
    image = Image.new("RGBA", (pixels * SCALE, pixels * SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for shape in shapes:
        _draw(pen, shape, scale)
    small = image.resize((pixels, pixels), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    match shape:
        case Disc(x, y, radius, fill):
            pen.ellipse(_box(x, y, radius, scale), fill=fill)
        case Ring(x, y, radius, width, stroke):
            line = max(1, round(width * scale))
            pen.ellipse(_box(x, y, radius + width / 2, scale), outline=stroke, width=line)
        case Polygon(points, fill):
            pen.polygon([(px * scale, py * scale) for px, py in points], fill=fill)
        case Words(x, y, size, text, fill, is_bold, _language):
            font = _font(round(size * scale), is_bold)
            pen.text((x * scale, y * scale), text, fill=fill, font=font, anchor="ms")


def _box(x: float, y: float, radius: float, scale: float) -> Sequence[float]:
    return [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale]


@cache
def _font(size: int, is_bold: bool) -> ImageFont.FreeTypeFont:
    for path, index in FONTS[is_bold]:
        if Path(path).exists():
            return ImageFont.truetype(path, size, index=index)
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(folder / name), size)
