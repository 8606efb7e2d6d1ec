"""Markdown of lessons: what it turns into, and what it never lets through."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from app.web.markdown import (
    Link,
    MathProblem,
    Picture,
    inspect,
    outline,
    render,
)


def html(text: str, **options: object) -> str:
    options.setdefault("pictures", lambda target: f"/files/{target}")
    options.setdefault("items", lambda kind, slug: f"/{kind}s/{slug}")
    return render(text, **options)  # type: ignore[arg-type]


class TestText:
    def test_writes_tables_that_scroll_by_keyboard_and_align_by_class(self):
        out = html("| a | b |\n|:--|--:|\n| 1 | 2 |\n")
        assert '<div class="table-scroll" tabindex="0"><table>' in out
        assert '<td class="align-right">2</td>' in out
        assert "style=" not in out

    def test_strikes_defines_and_footnotes(self):
        out = html("~~old~~\n\nterm\n: meaning\n\nText[^1].\n\n[^1]: Source.\n")
        assert "<s>old</s>" in out
        assert "<dt>term</dt>" in out and "<dd>meaning</dd>" in out
        assert 'href="#fn1"' in out and 'id="fn1"' in out

    def test_gives_headings_anchors_that_keep_chinese(self):
        assert '<h2 id="s-管制圖-shewhart">' in html("## 管制圖 Shewhart\n")
        assert html("## A\n\n## A\n").count('id="s-a"') == 1

    def test_lists_an_outline_with_the_same_anchors(self):
        text = "# Top\n\n## One $x$\n\n### Two\n\n#### Deep\n"
        heads = outline(text)
        assert [(h.level, h.title) for h in heads] == [(2, "One x"), (3, "Two")]
        assert all(f'id="{h.anchor}"' in html(text) for h in heads)

    def test_makes_notes_and_folded_answers(self):
        out = html(
            "::: warning 小心\nText\n:::\n\n::: answer\nYes\n:::\n", labels={"answer": "解答"}
        )
        assert '<aside class="note note-warning">' in out
        assert '<p class="note-title">小心</p>' in out
        assert '<details class="note note-answer">' in out and "<summary>解答</summary>" in out

    def test_colours_code_by_class_only(self):
        out = html("```python\nx = 1 < 2\n```\n")
        assert '<span class="o">&lt;</span>' in out
        assert "style=" not in out

    def test_shows_code_of_an_unknown_language_plainly(self):
        assert "<code>a &lt; b\n</code>" in html("```nonsense\na < b\n```\n")


class TestLinksAndPictures:
    def test_resolves_links_to_lessons_and_labs(self):
        out = html("[a](lesson:charts) [b](lab:inspection#s-x)")
        assert 'href="/lessons/charts"' in out
        assert 'href="/labs/inspection#s-x"' in out

    def test_leaves_such_links_as_text_without_a_resolver(self):
        assert html("[a](lesson:charts)", items=None) == "<p><span>a</span></p>\n"

    def test_keeps_the_opener_from_other_sites(self):
        assert re.search(r'<a href="https://a.tw/"[^>]* rel="noopener"', html("[a](https://a.tw/)"))

    def test_makes_a_lone_picture_a_figure_with_its_title_as_caption(self):
        out = html('![A chart](pictures/c.svg "Figure 1")\n')
        assert out.startswith('<figure><img src="/files/pictures/c.svg" alt="A chart"')
        assert "<figcaption>Figure 1</figcaption></figure>" in out

    def test_keeps_a_picture_within_a_sentence_there(self):
        assert "<figure>" not in html("See ![a](pictures/c.svg) here.")


class TestMath:
    @pytest.mark.parametrize(
        ("formula", "expected"),
        [
            (r"$\frac{a}{b}$", "<mfrac>"),
            (r"$x_i^2$", "<msubsup>"),
            (r"$\sqrt{x}$", "<msqrt>"),
            (r"$\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}$", "<mtable"),
            (r"$a \pm b$", "<mo>±</mo>"),
            (r"$\text{成本}$", "<mtext>成本</mtext>"),
        ],
    )
    def test_becomes_mathml(self, formula, expected):
        out = html(formula)
        assert '<math display="inline"' in out and expected in out

    def test_keeps_the_written_formula_as_text_alternative(self):
        assert r'alttext="x&lt;\alpha"' in html(r"$x<\alpha$")

    def test_sets_displayed_formulas_in_a_block_that_scrolls(self):
        out = html("$$\n\\bar{x}\n$$\n")
        assert '<div class="math-block" tabindex="0"><math display="block"' in out

    def test_lets_a_long_formula_in_a_line_scroll_where_the_screen_is_narrow(self):
        long = html(r"by $\mathrm{median}\,|x_i-\mathrm{median}(x)|\,/\,0.6745$")
        assert '<span class="math-long" tabindex="0"><math display="inline"' in long
        assert "math-long" not in html(r"by $\bar{x} \pm 3\hat{\sigma}$")

    def test_does_not_take_prices_for_formulas(self):
        assert "<math" not in html("NT$500 a piece, and $20 or $30 abroad.")

    def test_shows_a_broken_formula_as_written(self):
        assert r"<code>\frac{a</code>" in html(r"$\frac{a$")


class TestInspect:
    def test_finds_what_a_reader_checks_with_lines(self):
        text = (
            "Intro\nsecond $\\frac{a$\n\n"
            "![ok](pictures/a.svg)\n\n"
            "- item\n- [x](lesson:foo) and\n  [y](https://a.tw)\n"
        )
        found = inspect(text)
        assert [type(f) for f in found] == [MathProblem, Picture, Link, Link]
        assert [f.line for f in found] == [2, 4, 7, 8]
        assert (found[2].kind, found[2].slug) == ("lesson", "foo")
        assert found[3].kind is None

    @pytest.mark.parametrize(
        "text", [r"$\frac{a$", r"$\nonsense{x}$", "a\n\n$$\nx = 1\n", r"$\begin{pmatrix}1$"]
    )
    def test_reports_broken_math(self, text):
        assert [type(f) for f in inspect(text)] == [MathProblem]

    def test_reports_a_picture_without_alternative_text(self):
        assert inspect("![](pictures/a.svg)") == (Picture(1, "pictures/a.svg", ""),)


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><maction actiontype='statusline#http://x' xlink:href='javascript:alert(1)'>x",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](pictures/a.svg)',
    '![x](pictures/a.svg "t\\" onerror=\\"alert(1)")',
    '[x](https://a.tw "t\\" onclick=\\"alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    "```python onload=alert(1)\nx\n```",
    "::: note <script>alert(1)</script>\nx\n:::",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(javascript:alert(1))}{x}$",
    r"$\class{evil}{x}$",
    r"$\color{red\" onclick=\"alert(1)}{x}$",
    r"$\unknown<img src=x onerror=alert(1)>$",
    "## <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|--|\n| <img onerror=alert(1)> |",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
]


class TestSafety:
    @pytest.mark.parametrize("text", ATTACKS)
    def test_lets_no_script_through(self, text):
        out = html(text)
        tags = re.findall(r"<[^>]*>", out)
        assert not [t for t in tags if re.match(r"</?(script|iframe|svg|object|style)", t, re.I)]
        assert not [t for t in tags if re.search(r"""[\s"'/]on\w+\s*=""", _attributes(t), re.I)]
        for value in re.findall(r'(?:href|src)="([^"]*)"', out):
            address = unescape(value)
            assert address.isprintable()
            assert urlsplit(address).scheme in ("", "http", "https", "mailto"), address
        assert not [t for t in tags if "style=" in _attributes(t)]

    def test_refuses_an_address_that_a_resolver_should_never_give(self):
        assert "javascript" not in html("[x](lesson:a)", items=lambda *_: "javascript:alert(1)")

    def test_does_not_let_a_heading_shadow_a_name(self):
        assert 'id="s-document"' in html("# document\n")


def _attributes(tag: str) -> str:
    """The tag without its quoted values: what is inside quotes is text, not an attribute."""
    return re.sub(r'"[^"]*"', '""', tag)


class TestTextsBesideOthers:
    def test_have_footnotes_of_their_own_and_headings_without_ids(self):
        text = "## Same\n\nText[^1].\n\n[^1]: Source.\n"
        first, second = (html(text, part=part) for part in ("p1", "p2"))
        ids = re.findall(r'id="([^"]+)"', first + second)
        assert len(ids) == len(set(ids)) == 4
        assert "<h2>Same</h2>" in first

    def test_show_pictures_as_links_where_there_are_none(self):
        out = html("![A plan](https://elsewhere.example/plan.png)", pictures=None)
        assert "<img" not in out
        assert '<a href="https://elsewhere.example/plan.png" rel="noopener">A plan</a>' in out
        assert "<a" not in html("![x](javascript:alert(1))", pictures=None)
