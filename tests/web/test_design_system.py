"""What the Content-Security-Policy and WCAG 2.2 AA ask of templates and colours."""

import gzip
import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
CSS = APP / "web" / "static" / "css"
TEMPLATES = sorted(APP.glob("*/templates/**/*.html")) + sorted(APP.glob("*/templates/**/*.svg"))
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (CSS / "tokens.css").read_text(),
    )
}
GROUNDS = ("paper", "surface", "surface-raised")
TEXT = [(ink, ground) for ground in GROUNDS for ink in ("ink", "ink-soft", "ink-muted", "accent")]
TEXT += [(tone, f"{tone}-wash") for tone in ("good", "bad", "warn", "wait")]
TEXT += [("accent-ink", "accent"), ("accent-ink", "accent-strong"), ("ink-soft", "quiet-wash")]
TEXT += [("ink", "accent-wash"), ("ink-soft", "accent-wash"), ("ink-muted", "accent-wash")]
TEXT += [("ink", f"{tone}-wash") for tone in ("good", "bad", "warn", "wait")]
EDGES = [("line-strong", "surface-raised"), ("line-strong", "paper"), ("focus", "paper")]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
class TestColours:
    @pytest.mark.parametrize(("ink", "ground"), TEXT)
    def test_text_is_readable(self, ink: str, ground: str, theme: int) -> None:
        assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5

    @pytest.mark.parametrize(("line", "ground"), EDGES)
    def test_edges_of_controls_are_seen(self, line: str, ground: str, theme: int) -> None:
        assert contrast(TOKENS[line][theme], TOKENS[ground][theme]) >= 3


class TestTemplates:
    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_have_nothing_that_the_policy_refuses(self, path: Path) -> None:
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        # A file that leaves the site brings a policy of its own and has no other place for styles.
        if 'http-equiv="Content-Security-Policy"' in text:
            text = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text)
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, flags=re.S):
            assert "src=" in attributes
            assert not body.strip()

    def test_use_only_icons_that_exist(self) -> None:
        drawn = set(
            re.findall(r'^  "([\w-]+)":', (APP / "web/templates/web/icon.html").read_text(), re.M)
        )
        for path in TEMPLATES:
            used = set(re.findall(r'\bicon\("([\w-]+)"', path.read_text()))
            used |= set(re.findall(r'icon_name="([\w-]+)"', path.read_text()))
            assert used <= drawn, path


class TestWeight:
    def test_styles_and_scripts_of_our_own_stay_light(self) -> None:
        files = [*CSS.glob("*.css"), *(APP / "web/static/js").glob("*.js")]
        assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 24_000

    def test_colours_are_written_in_the_tokens_only(self) -> None:
        for path in CSS.glob("*.css"):
            if path.name not in ("tokens.css", "prose.css"):
                found = set(re.findall(r":\s*[^;{]*(#[0-9a-fA-F]{3,8})\b", path.read_text()))
                assert found <= {"#fff"}, path.name
