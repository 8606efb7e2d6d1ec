"""How texts and questions are read, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from app.search import rules
from app.search.rules import Text, excerpt, marked, normalised, read, text_of_html, ts_query
from app.search.rules.words import lexemes

NO_STEMS: dict[str, list[str]] = {}


def query(typed: str) -> str:
    question = read(typed)
    return ts_query(question, {word: [word] for word in question.words})


class TestNormalising:
    def test_makes_widths_and_letters_one(self):
        assert normalised("ＡＩ　應用，Ｆ１ Score") == "ai應用,f1 score"

    def test_takes_variants_of_a_character_for_one(self):
        assert normalised("臺灣裏") == normalised("台灣裡")

    def test_drops_a_line_break_between_chinese_and_keeps_an_empty_line(self):
        assert normalised("混淆\n矩陣") == "混淆矩陣"
        assert normalised("混淆\n\n矩陣") == "混淆\n矩陣"

    def test_drops_accents_of_latin_letters_only(self):
        assert normalised("Café Łódź がぎ 한글") == "cafe lodzがぎ한글".replace("lodz", "łodz")

    def test_loses_nul(self):
        assert normalised("a\0b") == "ab"

    @given(st.text(max_size=200))
    def test_is_done_when_it_is_done_once(self, text):
        assert normalised(normalised(text)) == normalised(text)


class TestLexemes:
    def test_are_pairs_of_neighbours_and_the_last_one(self):
        assert list(lexemes("混淆矩陣")) == ["混淆", "淆矩", "矩陣", "陣"]

    def test_are_whole_words_beside_chinese(self):
        assert list(lexemes("用f1看")) == ["用", "f1", "看"]

    @given(st.text(max_size=300))
    def test_need_no_escape(self, text):
        assert not any(set(lexeme) & set("'\\ ") for lexeme in lexemes(normalised(text)))


class TestQuestions:
    def test_mix_languages(self):
        question = read("混淆矩陣 threshold")
        assert (question.runs, question.words, question.is_open) == (
            ("混淆矩陣",),
            ("threshold",),
            True,
        )

    def test_keep_quoted_words_together(self):
        question = read("“Confusion Matrix” 「品質 AI」")
        assert question.phrases == ("confusion matrix", "品質ai")
        assert not question.is_open

    def test_leave_stop_words_out_unless_there_is_nothing_else(self):
        stop = {"the": [], "matrix": ["matrix"]}
        assert "'the'" not in ts_query(read("the matrix"), stop)
        assert ts_query(read("the"), {"the": []}) == "('the' | 'the':*)"

    def test_take_one_character_for_a_beginning(self):
        assert query("矩") == "'矩':*"

    def test_are_empty_without_a_letter(self):
        assert not read("\0 ' & | ! () <-> :* % _ \\")

    @given(st.text(max_size=400))
    def test_never_let_an_operator_through(self, typed):
        literal = query(typed)
        inside = [part for number, part in enumerate(literal.split("'")) if number % 2]
        outside = "".join(part for number, part in enumerate(literal.split("'")) if not number % 2)
        assert not any(set(part) & set(" &|!()<>:*\\") for part in inside)
        assert set(outside) <= set(" &|():*")

    def test_are_short(self):
        question = read("字 " * 3000 + "a" * 5000)
        assert len(question.text) <= 200
        assert len(question.words) + len(question.runs) <= 32


class TestMarking:
    def test_escapes_everything_else(self):
        shown = marked("<script>混淆</script> & 矩陣", read("混淆"), NO_STEMS)
        assert shown == "&lt;script&gt;<mark>混淆</mark>&lt;/script&gt; &amp; 矩陣"

    def test_finds_forms_of_a_word(self):
        shown = marked("Studies of a student", read("studying"), {"studying": ["studi"]})
        assert "<mark>Studies</mark>" in shown

    def test_finds_other_widths_and_variants(self):
        assert "<mark>臺灣ＡＩ</mark>" in marked("臺灣ＡＩ", read("“台灣ai”"), NO_STEMS)

    def test_shows_the_place_and_no_more(self):
        shown = excerpt("前文。" * 200 + "混淆矩陣" + "後文。" * 200, read("混淆矩陣"), NO_STEMS)
        assert shown is not None and "<mark>混淆矩陣</mark>" in shown
        assert shown.startswith("… ") and shown.endswith(" …") and len(shown) < 300

    @given(st.text(max_size=200), st.text(max_size=20))
    def test_is_safe_for_any_text_and_question(self, text, typed):
        shown = str(marked(text, read(typed), NO_STEMS))
        bare = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare and ">" not in bare


class TestPlainText:
    def test_tells_headings_from_the_body(self):
        found = text_of_html("<h2>門檻</h2><p>先看<b>成本</b>。</p><p>再看</p>")
        assert found == Text("先看成本。\n\n再看", "門檻")

    def test_leaves_script_and_formulas_out(self):
        found = text_of_html("<script>alert(1)</script><p>a<math><mi>x</mi></math>b</p>")
        assert found.body == "ab"

    def test_of_markdown_has_no_marks(self):
        found = rules.text_of_markdown("# 標題\n\n- **粗體** [連結](https://a.example)\n")
        assert found == Text("粗體 連結", "標題")
