"""QTI 1.2 as quizzes: what programs of others write, the profile, and what Canvas adds to it."""

from decimal import Decimal
from html import escape

import pytest

from app import questions
from app.catalog.imports import bring, detect
from tests.catalog.imports.packages import (
    FIXTURES,
    folder,
    item,
    manifest,
    resource,
    unpacked,
)

QTI = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
BANK = "imsqti_xmlv1p2/imscc_xmlv1p1/question-bank"


def read(files, language="en"):
    made = {path: c.encode() if isinstance(c, str) else c for path, c in files.items()}
    assert detect(made) == "cartridge"
    return bring("cartridge", made, language)


def codes(brought, what="question") -> dict[str, tuple[str, set[str]]]:
    return {
        e.place.rpartition("#")[2]: (e.fate.value, {said.code for said in e.notes})
        for e in brought.report.elements
        if e.what == what
    }


def kinds(document) -> list[str]:
    return [q["type"] for section in document["sections"] for q in section["questions"]]


class TestProgramsOfOthers:
    """Packages made by text2qti, json2qti and qti-package-maker: see fixtures/README.md."""

    def test_text2qti(self):
        brought = read(unpacked((FIXTURES / "text2qti-quiz.zip").read_bytes()))
        ((quiz,),) = [module.items for module in brought.modules]
        assert quiz.title == {"en": "Control charts"}
        assert [len(s["questions"]) for s in quiz.document["sections"]] == [7, 2, 1]
        assert [s["draw"] for s in quiz.document["sections"]] == [None, 1, None]
        assert kinds(quiz.document) == [
            "single", "multiple", "true-false", "short-text", "numeric", "essay", "file",
            "single", "single", "numeric",
        ]  # fmt: skip
        first, second, third, fourth, fifth = quiz.document["sections"][0]["questions"][:5]
        assert first["text"] == {"en": r"What is $\bar{x}$?"}
        assert [o.get("correct", False) for o in first["options"]] == [False, True, False]
        assert first["options"][1]["feedback"] == {"en": "Yes."}
        assert "right or wrong" in first["explanation"]["en"] and second["points"] == 2
        assert third["answer"] is False and fourth["accepted"] == ["mu", "μ"]
        assert (fifth["answer"], fifth["tolerance"]) == (33.33, {"absolute": 0.01})
        assert quiz.document["instructions"]["en"] == (
            "Two questions about *noise*.\n\nRead this twice."
        )
        assert questions.check(quiz.document, ["en"]) == []
        assert questions.total(quiz.document) == Decimal(12)
        assert (brought.report.count("came"), brought.report.count("left")) == (13, 0)
        assert brought.report.count("changed") == 1

    def test_json2qti_without_a_manifest(self):
        brought = read(unpacked((FIXTURES / "json2qti-quiz.zip").read_bytes()))
        (quiz,) = brought.modules[0].items
        assert kinds(quiz.document) == ["single", "single"]
        text = quiz.document["sections"][0]["questions"][1]["text"]["en"]
        assert "`print(1)`" in text and "```\nprint(1)\n```" in text
        assert quiz.document["attempts"] == 1
        assert brought.report.count("left") == 0 and len(codes(brought)) == 2

    def test_qti_package_maker(self):
        brought = read(unpacked((FIXTURES / "qti-package-maker-quiz.zip").read_bytes()))
        (quiz,) = brought.modules[0].items
        assert kinds(quiz.document) == ["single", "multiple", "short-text", "numeric", "matching"]
        assert brought.report.count("came") == len(brought.report.elements) == 8

    def test_its_questions_in_qti_2_are_left_out_with_advice(self):
        brought = read(unpacked((FIXTURES / "qti-package-maker-blackboard.zip").read_bytes()))
        assert brought.modules == ()
        assert {said.code for e in brought.report.elements for said in e.notes} == {"qti-later"}
        assert brought.report.count("left") == 6


def labels(*texts: str) -> str:
    return "".join(
        f'<response_label ident="{n}"><material><mattext texttype="text/plain">{escape(t)}'
        "</mattext></material></response_label>"
        for n, t in enumerate(texts)
    )


def choice(*texts: str, of: str = "response1", cardinality: str = "Single", left: str = "") -> str:
    before = f"<material><mattext>{left}</mattext></material>" if left else ""
    return (
        f'<response_lid ident="{of}" rcardinality="{cardinality}">{before}<render_choice>'
        f"{labels(*texts)}</render_choice></response_lid>"
    )


FIELD = (
    '<response_str ident="response1" rcardinality="Single"><render_fib>'
    '<response_label ident="a"/></render_fib></response_str>'
)


def right(inside: str, score: str = "100", action: str = "Set") -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{inside}</conditionvar>'
        f'<setvar action="{action}" varname="SCORE">{score}</setvar></respcondition>'
    )


def equal(value: str, of: str = "response1", tag: str = "varequal") -> str:
    return f'<{tag} respident="{of}">{escape(value)}</{tag}>'


def asked(
    name: str, kind: str, asks: str, *conditions: str, text: str = "<p>Why?</p>",
    points: str = "", label: str = "question_type", more: str = "",
) -> str:  # fmt: skip
    worth = (
        "<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>"
        f"{points}</fieldentry></qtimetadatafield>"
        if points
        else ""
    )
    return (
        f'<item ident="{name}" title="Question"><itemmetadata><qtimetadata><qtimetadatafield>'
        f"<fieldlabel>{label}</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>{worth}"
        "</qtimetadata></itemmetadata><presentation><material>"
        f'<mattext texttype="text/html">{escape(text)}</mattext></material>{asks}</presentation>'
        f"<resprocessing>{''.join(conditions)}</resprocessing>{more}</item>"
    )


def assessment(*inside: str, title: str = "Quiz", tag: str = "assessment") -> str:
    section = f'<section ident="root_section">{"".join(inside)}</section>'
    return (
        '<?xml version="1.0"?><questestinterop'
        ' xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<{tag} ident="q" title="{title}">{section}</{tag}></questestinterop>'
    )


def quiz_of(*inside: str):
    files = {
        "imsmanifest.xml": manifest(
            folder("M", item("q", "Quiz")), resource("q", QTI, "q/assessment_qti.xml")
        ),
        "q/assessment_qti.xml": assessment(*inside),
    }
    brought = read(files)
    items = brought.modules[0].items
    return brought, (items[0].document if items else None)


def question(*inside: str):
    brought, document = quiz_of(*inside)
    assert questions.check(document, ["en"]) == []
    return document["sections"][0]["questions"][0], codes(brought)


class TestTheProfile:
    def test_multiple_choice(self):
        made, found = question(
            asked("a", "cc.multiple_choice.v0p1", choice("x", "y"), right(equal("1")),
                  label="cc_profile")
        )  # fmt: skip
        assert made == {
            "id": "q1", "type": "single", "text": {"en": "Why?"}, "points": 1,
            "options": [{"text": {"en": "x"}}, {"text": {"en": "y"}, "correct": True}],
        }  # fmt: skip
        assert found == {"a": ("came", set())}

    def test_multiple_response_needs_exactly_the_right_ones(self):
        both = f"<and>{equal('0')}<not>{equal('1')}</not>{equal('2')}</and>"
        made, _found = question(
            asked("a", "cc.multiple_response.v0p1", choice("x", "y", "z", cardinality="Multiple"),
                  right(both), label="cc_profile")
        )  # fmt: skip
        assert made["marking"] == "all-or-nothing"
        assert [o.get("correct") for o in made["options"]] == [True, None, True]

    @pytest.mark.parametrize(
        ("words", "answer"),
        [(("True", "False"), True), (("錯", "對"), False), (("Falsch", "Wahr"), False)],
    )
    def test_true_false(self, words, answer):
        made, _found = question(
            asked("a", "cc.true_false.v0p1", choice(*words), right(equal("0")), label="cc_profile")
        )
        assert (made["type"], made["answer"]) == ("true-false", answer)

    def test_true_false_in_other_words_stays_a_choice(self):
        made, _found = question(
            asked("a", "cc.true_false.v0p1", choice("Sure", "Never"), right(equal("0")),
                  label="cc_profile")
        )  # fmt: skip
        assert made["type"] == "single" and made["options"][0]["correct"]

    def test_fill_in_the_blank_and_pattern_match(self):
        made, _found = question(
            asked("a", "cc.fib.v0p1", FIELD, right(f"<or>{equal('mu')}{equal('5*3')}</or>"),
                  label="cc_profile")
        )  # fmt: skip
        assert (made["type"], made["accepted"]) == ("short-text", ["mu", r"5\*3"])
        made, _found = question(
            asked("a", "cc.pattern_match.v0p1", FIELD,
                  right(equal("chart", tag="varsubstring")), label="cc_profile")
        )  # fmt: skip
        assert made["accepted"] == ["*chart*"]

    def test_essay(self):
        made, _found = question(asked("a", "cc.essay.v0p1", FIELD, label="cc_profile"))
        assert made["type"] == "essay"

    def test_a_bank_becomes_a_pool_beside_the_modules(self):
        files = {
            "imsmanifest.xml": manifest(resources=resource("b", BANK, "bank.xml")),
            "bank.xml": assessment(
                asked("a", "cc.essay.v0p1", FIELD, label="cc_profile"), tag="objectbank"
            ),
        }
        brought = read(files)
        assert brought.modules == () and brought.pools[0].title == {"en": "Quiz"}
        assert questions.check_questions(list(brought.pools[0].questions), ["en"]) == []
        assert codes(brought, "bank") == {"bank.xml": ("came", set())}


class TestCanvas:
    def test_matching_with_a_distractor(self):
        made, _found = question(
            asked("a", "matching_question",
                  choice("x", "y", "z", of="r1", left="A")
                  + choice("x", "y", "z", of="r2", left="B"),
                  right(equal("0", "r1"), "50", "Add"), right(equal("1", "r2"), "50", "Add"))
        )  # fmt: skip
        assert made["pairs"] == [
            {"left": {"en": "A"}, "right": {"en": "x"}},
            {"left": {"en": "B"}, "right": {"en": "y"}},
        ]  # fmt: skip
        assert made["distractors"] == [{"en": "z"}]

    def test_numbers_with_bounds_and_ranges(self):
        bounds = f"<and>{equal('33.32', tag='vargte')}{equal('33.34', tag='varlte')}</and>"
        made, found = question(
            asked("a", "numerical_question", FIELD, right(f"<or>{equal('33.33')}{bounds}</or>"))
        )
        assert (made["answer"], made["tolerance"]) == (33.33, {"absolute": 0.01})
        made, found = question(asked("a", "numerical_question", FIELD, right(bounds)))
        assert (made["answer"], made["tolerance"]) == (33.33, {"absolute": 0.01})
        odd = (
            f"<or>{equal('1')}<and>{equal('0', tag='vargte')}{equal('4', tag='varlte')}</and></or>"
        )
        made, found = question(asked("a", "numerical_question", FIELD, right(odd)))
        assert (made["answer"], made["tolerance"]) == (2, {"absolute": 2})
        assert found["a"] == ("changed", {"number-bounds"})

    def test_blanks_and_lists_within_a_text(self):
        made, _found = question(
            asked("a", "fill_in_multiple_blanks_question",
                  choice("red", "crimson", of="response_color1", left="color1"),
                  right(equal("0", "response_color1"), "50", "Add"),
                  right(equal("1", "response_color1"), "50", "Add"),
                  text="<p>Roses are [color1].</p>")
        )  # fmt: skip
        assert made["text"] == {"en": "Roses are [[color1]]."}
        assert made["blanks"]["color1"]["accepted"] == ["red", "crimson"]
        made, _found = question(
            asked("a", "multiple_dropdowns_question",
                  choice("red", "blue", of="response_c", left="c"),
                  right(equal("1", "response_c")), text="<p>Violets are [c].</p>")
        )  # fmt: skip
        assert made["blanks"]["c"]["options"][1]["correct"]

    def test_formulas_with_variables(self):
        calculated = (
            "<itemproc_extension><calculated><answer_tolerance>1%</answer_tolerance>"
            '<formulas decimal_places="2"><formula>5 + x^2</formula></formulas><vars>'
            '<var name="x" scale="1"><min>1.0</min><max>10.0</max></var></vars></calculated>'
            "</itemproc_extension>"
        )
        made, _found = question(
            asked("a", "calculated_question", FIELD, text="<p>5 plus [x] squared?</p>",
                  more=calculated)
        )  # fmt: skip
        assert made["text"] == {"en": "5 plus {{x}} squared?"}
        assert made["answer"] == "round(5 + x**2, 2)" and made["tolerance"] == {"relative": 0.01}
        assert made["variables"] == {"x": {"min": 1, "max": 10, "step": 0.1}}

    def test_points_groups_and_texts_between(self):
        group = (
            '<section ident="g"><selection_ordering><selection><selection_number>1'
            "</selection_number><selection_extension><points_per_item>3.0</points_per_item>"
            "</selection_extension></selection></selection_ordering>"
            + asked("b", "essay_question", FIELD, points="7")
            + asked("c", "essay_question", FIELD, points="9")
            + "</section>"
        )
        brought, document = quiz_of(
            asked("a", "essay_question", FIELD, points="2.5"),
            asked("t", "text_only_question", "", text="<p>Read on.</p>"),
            group,
        )
        assert [s["draw"] for s in document["sections"]] == [None, 1]
        assert [q["points"] for s in document["sections"] for q in s["questions"]] == [2.5, 3, 3]
        assert document["instructions"] == {"en": "Read on."}
        assert codes(brought)["t"] == ("changed", {"text-told"})

    def test_the_whole_writing_of_a_quiz_is_read_with_its_settings(self):
        files = {
            "imsmanifest.xml": manifest(
                folder("M", item("q", "Quiz")), resource("q", QTI, "q/assessment_qti.xml")
            ),
            "q/assessment_qti.xml": assessment(
                asked("a", "cc.essay.v0p1", FIELD, label="cc_profile")
            ),
            "q/assessment_meta.xml": "<quiz><description>&lt;p&gt;Hi&lt;/p&gt;</description>"
            "<allowed_attempts>3</allowed_attempts><time_limit>45</time_limit>"
            "<scoring_policy>keep_latest</scoring_policy></quiz>",
            "non_cc_assessments/q.xml.qti": assessment(
                asked("a", "essay_question", FIELD), asked("b", "file_upload_question", "")
            ),
        }
        brought = read(files)
        (quiz,) = brought.modules[0].items
        document = quiz.document
        assert kinds(document) == ["essay", "file"] and quiz.minutes == 45
        assert (document["attempts"], document["minutes"], document["keep"]) == (3, 45, "last")
        assert document["instructions"] == {"en": "Hi"}
        assert brought.report.count("left") == 0


class TestWhatCannotBeAsked:
    @pytest.mark.parametrize(
        ("item", "code"),
        [
            (asked("a", "hot_spot_question", choice("x", "y")), "question-problem"),
            (asked("a", "short_answer_question", FIELD), "question-no-key"),
            (asked("a", "numerical_question", FIELD), "question-no-key"),
            (asked("a", "matching_question", choice("x", of="r", left="A")), "question-no-key"),
            (asked("a", "calculated_question", FIELD), "question-no-key"),
            (asked("a", "multiple_choice_question", choice("x", "y")), "question-problem"),
            (asked("a", "fill_in_multiple_blanks_question", choice("x", of="response_b")),
             "question-shape"),
            (asked("a", "weird", '<response_xy ident="r"/>'), "question-kind"),
        ],
    )  # fmt: skip
    def test_is_left_out_with_the_reason_and_the_rest_comes(self, item, code):
        brought, document = quiz_of(item, asked("good", "essay_question", FIELD))
        assert codes(brought)["a"] == ("left", {code})
        assert kinds(document) == ["essay"]

    def test_a_quiz_without_any_good_question_is_left_out(self):
        brought, document = quiz_of(asked("a", "short_answer_question", FIELD))
        assert document is None and codes(brought, "quiz") == {
            "q/assessment_qti.xml": ("left", {"quiz-empty"})
        }

    def test_what_was_right_in_part_or_worth_nothing_is_said(self):
        made, found = question(
            asked("a", "multiple_choice_question", choice("x", "y"), right(equal("0"), "50"),
                  right(equal("1")), points="0")
        )  # fmt: skip
        assert made["options"][1]["correct"] and made["points"] == 1
        assert found["a"] == ("changed", {"question-weights", "points-zero"})

    def test_pictures_in_questions_are_said_to_be_left_out(self):
        made, found = question(
            asked("a", "essay_question", FIELD, text='<p>See <img src="x.png" alt="it"></p>')
        )
        assert made["text"] == {"en": "See it"}
        assert found["a"] == ("changed", {"question-picture"})
