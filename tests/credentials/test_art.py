"""Badges are pictures of their own: whole, within their disc, the same for the same achievement."""

import io
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app import vc
from app.credentials.rules import AchievementKind
from app.credentials.rules.art import Words, drawn, lines_of, svg, width_of
from app.credentials.rules.raster import png

TITLES = (
    ("以資料檢查品質", "Quality control with data"),
    ("智慧製造的機器學習入門與設備預測保養實務進階課程", "Machine learning " * 9),
    ("", "English only"),
    ("只有中文", ""),
)
SCHOOL = ("榕南科技大學", "Rongnan University of Technology and Everything Else in the South")


def shapes(kind=AchievementKind.COURSE, title=TITLES[0], **more):
    return tuple(drawn(kind, title, SCHOOL, ("課程", "Course"), **more))


class TestADrawing:
    def test_keeps_every_line_within_the_inner_disc(self):
        for kind in AchievementKind:
            for title in TITLES:
                for row in shapes(kind, title, level=3):
                    if isinstance(row, Words):
                        half = (214**2 - (row.y - 300) ** 2) ** 0.5
                        assert width_of(row.text, row.size) / 2 <= half + 8, row

    def test_is_an_svg_that_takes_a_credential_and_nothing_of_a_title_as_markup(self):
        picture = svg(shapes(title=("<b>&", "</svg><script>")), '"><script>')
        root = ElementTree.fromstring(picture)  # noqa: S314 (ours)
        assert root.get("aria-label") == '"><script>'
        assert not [one for one in root.iter() if one.tag.endswith("script")]
        assert vc.unbake(vc.bake_svg(picture, '{"a":1}')) == {"a": 1}

    def test_as_pixels_is_as_large_as_asked_and_transparent_around(self):
        picture = Image.open(io.BytesIO(png(shapes(), 150)))
        assert picture.size == (150, 150)
        assert picture.getpixel((0, 0))[3] == 0
        assert picture.getpixel((75, 75))[3] == 255


class TestLines:
    @settings(max_examples=60, deadline=None)
    @given(st.text(alphabet="字 ab界c", max_size=60), st.integers(60, 300), st.integers(1, 3))
    def test_are_never_more_than_asked_and_never_wider(self, text, width, most):
        found = lines_of(text, 20, width, most)
        assert len(found) <= most
        words = [w for w in text.split() if all(ord(c) < 128 for c in w)]
        if not any(width_of(word, 20) > width for word in words):
            assert all(width_of(line, 20) <= width for line in found)

    def test_of_what_fits_are_the_text(self):
        assert lines_of("機器學習 with data", 20, 1000, 2) == ["機器學習 with data"]
