"""HTML of other systems as Markdown: what is kept, what is said to be lost."""

import pytest

from app.catalog.imports.html import TooDeep, plain, to_markdown
from app.catalog.imports.report import note
from app.kernel.i18n import speaking
from app.web.markdown import MathProblem, inspect, render


class Followed:
    """A course with one page and one picture."""

    def follow(self, address: str) -> str | None:
        if address.startswith("https://"):
            return address
        return "lesson:next" if address.startswith("next.html") else None

    def picture(self, address: str):
        return "chart.png" if address == "chart.png" else note("picture-gone", target=address)


def written(html: str, title: str = "") -> str:
    return to_markdown(html, Followed(), title).markdown


def said(html: str) -> set[str]:
    return {found.code for found in to_markdown(html, Followed()).notes}


class TestText:
    @pytest.mark.parametrize(
        ("html", "markdown"),
        [
            ("<p>a <b>b</b> <em>c</em></p>", "a **b** *c*"),
            ("<h1>Charts</h1><p>x</p>", "x"),
            ("<h1>Other</h1><p>x</p>", "## Other\n\nx"),
            ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
            ("<p>中文<b>粗體</b>字。</p>", "中文**粗體**字。"),
            ("<p>x<sup>2</sup>, H<sub>2</sub>O, 10<sup>ab</sup></p>", "x², H₂O, 10^(ab)"),
            ("<p>R&amp;D costs $5 and $6</p>", r"R&D costs \$5 and \$6"),
            ("<pre>a ``` b\n  c</pre>", "````\na ``` b\n  c\n````"),
            (
                "<table><tr><td>a|b</td><td>c</td></tr><tr><td>1</td><td>2</td></tr></table>",
                "| a\\|b | c |\n| --- | --- |\n| 1 | 2 |",
            ),
            ('<a href="next.html#top">Next</a>', "[Next](lesson:next)"),
            ('<a href="https://x.tw/a_(b)">b</a>', "[b](<https://x.tw/a_(b)>)"),
            ('<a href="next.html" title="Next page"></a>', "[Next page](lesson:next)"),
            ('<img src="chart.png" alt="A [chart]">', "![A \\[chart\\]](pictures/chart.png)"),
        ],
    )
    def test_keeps_what_it_means(self, html, markdown):
        assert written(html, "Charts") == markdown

    @pytest.mark.parametrize(
        "text",
        ["*a* _b_ `c` [d](e) ![f](g)", "# no heading", "1. no list", "::: note", "- x", "> y",
         "<script>alert(1)</script>", "~~z~~", "| a |", "&amp;amp;", r"\*", "[^1]: x", ": term"],
    )  # fmt: skip
    def test_that_looks_like_markdown_is_shown_as_it_was(self, text):
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        shown = render(written(f"<p>{escaped}</p>"), pictures=str, items=lambda *_: "")
        assert plain(shown) == text

    @pytest.mark.parametrize(
        ("html", "formula"),
        [
            (r"<p>\(x^2\)</p>", "$x^2$"),
            (r"<p>\[\frac{a}{b}\]</p>", r"$$\frac{a}{b}$$"),
            (r'<img src="x" data-equation-content="\alpha">', r"$\alpha$"),
            (r'<math alttext="x"><mi>x</mi></math>', "$x$"),
        ],
    )
    def test_keeps_formulas(self, html, formula):
        assert written(html) == formula
        assert not any(isinstance(part, MathProblem) for part in inspect(formula))

    def test_shows_a_broken_formula_as_it_was_written_and_says_so(self):
        assert written(r"<p>\(\frac{a\)</p>") == r"`` \frac{a ``"
        assert said(r"<p>\(\frac{a\)</p>") == {"formula-broken"}


class TestWhatActs:
    def test_is_taken_out_and_counted(self):
        html = (
            '<p onclick="x()">a</p><script>b</script><a href="javascript:c">d</a>'
            '<iframe src="https://www.youtube-nocookie.com/embed/abcdef12345?rel=0" title="Film">'
            "</iframe><iframe src='player.html'></iframe><form><input name=e></form><svg></svg>"
        )
        text = to_markdown(html, Followed())
        assert text.markdown == ("a\n\nd[Film](https://www.youtube.com/watch?v=abcdef12345)")
        counts = {found.code: found.values["count"] for found in text.notes}
        assert counts == {
            "script-gone": 3, "player-link": 1, "player-gone": 1, "form-gone": 1, "drawing-gone": 1,
        }  # fmt: skip

    def test_never_comes_back_through_a_private_character(self):
        html = "<p>\ue0000\ue001 &#xe000;0&#xe001; <img src='chart.png' alt='x'></p>"
        assert written(html) == "0 0 ![x](pictures/chart.png)"

    @pytest.mark.parametrize(
        "html",
        ["<div>" * 5000, "<b></i>" * 5000, "<ul><li>" * 500, "<table><tr><td>" * 60 + "x",
         "<p>x" * 30_000, "<p><font color=1>" * 3000, "a<" * 100_000, "x" * 2_000_001],
    )  # fmt: skip
    def test_or_is_too_much_is_refused_at_once(self, html):
        with pytest.raises(TooDeep):
            written(html)

    @pytest.mark.parametrize(
        "html", ["<!--" * 5000, "<p " + "a=1 " * 50_000 + ">", r"\(" * 5000, "[" * 20_000, "<"]
    )
    def test_or_is_broken_is_read_in_a_moment(self, html):
        assert "<script" not in written(html)


class TestNotes:
    @pytest.mark.parametrize(
        ("html", "code"),
        [
            ("<a href='gone.html'>x</a>", "link-gone"),
            ("<img src='gone.png' alt='x'>", "picture-gone"),
            ("<img src='chart.png'>", "alt-missing"),
            ("<img src='chart.png' alt='chart.png'>", "alt-missing"),
            ("<td>", None),
            ("<table><tr><td colspan=2>x</td></tr></table>", "table-spans"),
            ("<table><tr><td><table></table></td></tr></table>", "table-nested"),
            ("<a href='#x'>x</a>", "anchor-gone"),
            ("<math><mi>x</mi></math>", "formula-flat"),
        ],
    )
    def test_say_what_was_lost(self, html, code):
        assert said(html) == ({code} if code else set())

    def test_speak_both_languages(self):
        (found,) = to_markdown("<img src='chart.png'>", Followed()).notes
        with speaking("en"):
            english = str(found)
        with speaking("zh-Hant-TW"):
            assert "替代文字" in str(found) and str(found) != english
