"""Quizzes in the editor: questions that nobody overwrites, steps, a bank, variants to look at."""

import re
from urllib.parse import urlencode

import pytest

from app import questions as q
from app.catalog import operations, queries
from app.catalog.operations import Change
from app.catalog.operations import quizzes as steps
from app.catalog.rules import ItemKind, NodeKind
from app.catalog.rules.comparing import compare
from app.catalog.rules.question_forms import question_of
from app.catalog.rules.quiz_parts import placed, taken_out
from tests.questions.build import BOTH, EXAMPLES, local, question

SLUG = "areas-and-squares"
SCRIPT = {"X-Requested-With": "editor"}


@pytest.fixture
def written(cast):
    """The course that lin and wang write, with an empty quiz and an empty pool in its draft."""
    with cast.app.app_context():
        course, lin = queries.course(SLUG), cast.person("lin")
        for handle in ("lin", "wang"):
            operations.add_editor(course, cast.person(handle), by=None)
        operations.open_draft(lin, course)
        titles = {code: "Check yourself" for code in BOTH}
        module = node(NodeKind.MODULE).id
        operations.add_part(lin, course, NodeKind.QUIZ, module, titles=titles)
        operations.add_part(lin, course, NodeKind.POOL, titles={code: "Basics" for code in BOTH})
    return cast


def draft():
    return queries.draft_of(queries.course(SLUG).id)


def node(kind: NodeKind):
    return next(n for n in draft().nodes if n.kind is kind and n.removed_at is None)


def fill(cast, kind: NodeKind, *made):
    """Put questions into the quiz or the pool of the draft."""
    part, lin, course = node(kind), cast.person("lin"), queries.course(SLUG)
    for one in made:
        name = steps.add_question(lin, course, part.id, one["type"])
        changes = {f"questions.{name}": Change({**one, "id": name}, draft().revision)}
        assert operations.save_fields(lin, course, part.id, changes).saved
    return placed(node(kind).content)


def press(cast, kind: NodeKind, handle: str = "lin", fields: dict | None = None, **step):
    with cast.app.app_context():
        part = node(kind).id
    return cast.browser(handle).post(
        f"/teach/courses/{SLUG}/parts/{part}/questions",
        data={"step": urlencode(step), **(fields or {})},
    )


class Form:
    """The fields of a page as a browser without script would send them."""

    def __init__(self, html: str) -> None:
        form = re.search(r'<form class="part".*?</form>', html, re.S)[0]
        self.fields: dict[str, list[str]] = {}
        for tag in re.finditer(r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<)", form, re.S):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag[2]))
            name, kind = attributes.get("name"), attributes.get("type", "")
            if not name or 'form="steps"' in tag[2]:
                continue
            value = attributes.get("value", "")
            if kind in ("radio", "checkbox") and " checked" not in tag[2]:
                continue
            if tag[1] == "textarea":
                value = tag[3].removeprefix("\n")
            if tag[1] == "select":
                inside = form[tag.start() : form.index("</select>", tag.start())]
                chosen = re.search(r'<option value="([^"]*)" selected', inside)
                first = re.search(r'<option value="([^"]*)"', inside)
                value = (chosen or first)[1]
            self.fields.setdefault(name, []).append(value)


class TestQuestions:
    @pytest.mark.parametrize("kind", sorted(EXAMPLES))
    def test_a_form_sent_back_untouched_changes_no_question(self, written, kind):
        with written.app.app_context():
            made = question(kind, explanation=local("because"), hint=local("think"), points=2.5)
            if kind == "numeric":
                made |= {"answer": "n*2", "variables": {"n": {"min": 1, "max": 3, "step": 1},
                                                        "m": {"choices": [1, 2.5]}}}  # fmt: skip
            (name,) = fill(written, NodeKind.QUIZ, made)
            quiz = node(NodeKind.QUIZ)
            before, part = quiz.content[f"questions.{name}"], quiz.id
            assert q.check_question(before, BOTH) == []
        browser = written.browser("lin")
        page = browser.get(f"/teach/courses/{SLUG}/edit/{part}").text
        sent = Form(page).fields
        assert f"questions.{name}.text.en" in sent
        answer = browser.post(f"/teach/courses/{SLUG}/parts/{part}", data=sent)
        assert answer.status_code == 302, answer.text
        with written.app.app_context():
            assert q.normal(node(NodeKind.QUIZ).content[f"questions.{name}"]) == q.normal(before)

    def test_two_editors_of_two_questions_both_keep_theirs_and_of_one_are_told(self, written):
        with written.app.app_context():
            one, two = fill(written, NodeKind.QUIZ, question("essay"), question("true-false"))
            part, base = node(NodeKind.QUIZ).id, draft().revision
        address = f"/teach/courses/{SLUG}/parts/{part}"

        def save(handle, name, text, **more):
            value = {"text.en": text, "text.zh-Hant-TW": text, "points": "1", **more}
            fields = {f"questions.{name}": {"value": value, "base": base}}
            return written.browser(handle).post(address, json={"fields": fields}, headers=SCRIPT)

        assert save("lin", one, "Why?").json["saved"] == [f"questions.{one}"]
        second = save("wang", two, "Is it?", answer="true")
        assert second.status_code == 200 and f"questions.{one}" in second.json["others"]
        third = save("wang", one, "How?")
        assert third.status_code == 409
        assert third.json["conflicts"][0]["theirs"]["text"]["en"] == "Why?"

    def test_the_script_hears_at_once_what_is_still_wrong(self, written):
        with written.app.app_context():
            (name,) = fill(written, NodeKind.QUIZ, question("single"))
            part = node(NodeKind.QUIZ).id
        value = {
            "text.en": "Only English",
            "points": "many",
            "options.0.text.en": "a",
            "right": "0",
        }
        answer = written.browser("lin").post(
            f"/teach/courses/{SLUG}/parts/{part}",
            json={"fields": {f"questions.{name}": {"value": value, "base": 99}}},
            headers=SCRIPT,
        )
        paths = {row["path"] for row in answer.json["problems"][f"questions.{name}"]}
        assert {"text.zh-Hant-TW", "points", "options"} <= paths
        page = written.browser("lin").get(f"/teach/courses/{SLUG}/edit/{part}?open={name}").text
        assert 'value="many"' in page and "not finished" in page

    @pytest.mark.parametrize(
        "value",
        [{"text": "x"}, {"options.x.text.en": "a"}, {"a": 1}, "text", {"text.en": "x" * 60_000},
         {f"options.{n}.text.en": "x" for n in range(2001)}, {"text.en.en": "x", "text.en": "y"}],
    )  # fmt: skip
    def test_what_no_form_sends_is_refused_or_harmless(self, written, value):
        with written.app.app_context():
            (name,) = fill(written, NodeKind.QUIZ, question("single"))
            part = node(NodeKind.QUIZ).id
        answer = written.browser("lin").post(
            f"/teach/courses/{SLUG}/parts/{part}",
            json={"fields": {f"questions.{name}": {"value": value, "base": 99}}},
            headers=SCRIPT,
        )
        assert answer.status_code in (200, 400)
        assert written.browser("lin").get(f"/teach/courses/{SLUG}/edit/{part}").status_code == 200

    def test_a_name_that_no_question_has_is_no_field(self, written):
        with written.app.app_context():
            part = node(NodeKind.QUIZ).id
        fields = {"questions.made-up": {"value": {"text.en": "x"}, "base": 1}}
        answer = written.browser("lin").post(
            f"/teach/courses/{SLUG}/parts/{part}", json={"fields": fields}, headers=SCRIPT
        )
        assert answer.status_code == 400


class TestSteps:
    def test_questions_are_added_moved_copied_taken_out_and_put_back(self, written):
        for kind in ("single", "essay"):
            press(written, NodeKind.QUIZ, fields={"kind-0": kind}, action="add", section=0)
        press(written, NodeKind.QUIZ, action="move", name="essay-1", position=0, section=0)
        press(written, NodeKind.QUIZ, action="copy", name="essay-1")
        with written.app.app_context():
            assert placed(node(NodeKind.QUIZ).content) == ["essay-1", "essay-2", "single-1"]
        gone = press(written, NodeKind.QUIZ, action="remove", name="essay-1")
        assert gone.headers["Location"].endswith("#questions-taken-out")
        with written.app.app_context():
            assert taken_out(node(NodeKind.QUIZ).content) == ["essay-1"]
        press(written, NodeKind.QUIZ, "wang", action="restore", name="essay-1")
        with written.app.app_context():
            assert placed(node(NodeKind.QUIZ).content) == ["essay-2", "single-1", "essay-1"]

    def test_sections_draw_and_questions_move_between_them(self, written):
        with written.app.app_context():
            fill(written, NodeKind.QUIZ, question("essay"), question("essay"))
        press(written, NodeKind.QUIZ, action="section")
        press(written, NodeKind.QUIZ, action="move", name="essay-2", position=9, section=1)
        press(written, NodeKind.QUIZ, fields={"draw-1": "3"}, action="draw", section=1)
        with written.app.app_context():
            sections = node(NodeKind.QUIZ).content["sections"]
            assert sections == [
                {"questions": ["essay-1"], "draw": None}, {"questions": ["essay-2"], "draw": 3},
            ]  # fmt: skip
            part = node(NodeKind.QUIZ).id
        page = written.browser("lin").get(f"/teach/courses/{SLUG}/edit/{part}").text
        assert "3 are drawn, but there are only 1" in page
        press(written, NodeKind.QUIZ, action="remove-section", section=1)
        with written.app.app_context():
            assert taken_out(node(NodeKind.QUIZ).content) == ["essay-2"]

    @pytest.mark.parametrize(
        "step",
        [{"action": "move", "name": "x"}, {"action": "copy", "name": "x"},
         {"action": "remove", "name": ""},
         {"action": "bank", "name": "x", "pool": "y"}, {"action": "draw", "section": 77},
         {"action": "add", "section": 0}, {"action": "use"}, {"action": "dance"}, {}],
    )  # fmt: skip
    def test_a_step_that_cannot_be_done_changes_nothing(self, written, step):
        with written.app.app_context():
            before = node(NodeKind.QUIZ).content
        assert press(written, NodeKind.QUIZ, **step).status_code in (302, 400, 404)
        with written.app.app_context():
            assert node(NodeKind.QUIZ).content == before

    def test_who_does_not_write_the_course_reaches_no_step_and_no_preview(self, written):
        with written.app.app_context():
            (name,) = fill(written, NodeKind.QUIZ, question("single"))
            part = node(NodeKind.QUIZ).id
        for handle in ("mei", "ping"):
            browser = written.browser(handle)
            for path in (f"parts/{part}/questions/{name}", "questions"):
                assert browser.get(f"/teach/courses/{SLUG}/{path}").status_code in (403, 404)
            assert press(written, NodeKind.QUIZ, handle, action="section").status_code in (403, 404)


class TestBank:
    def test_a_question_moves_into_the_bank_and_quizzes_draw_from_it(self, written):
        with written.app.app_context():
            name, other = fill(written, NodeKind.QUIZ, question("essay"), question("essay"))
            pool = node(NodeKind.POOL)
            pool_id, slug = pool.id, pool.content["slug"]
        for one in (name, other):
            press(written, NodeKind.QUIZ, action="bank", name=one, pool=pool_id)
        press(written, NodeKind.QUIZ, fields={"pool": slug}, action="use")
        with written.app.app_context():
            assert placed(node(NodeKind.POOL).content) == [name, other]
            assert node(NodeKind.QUIZ).content["sections"][1] == {"from": slug, "draw": 1}
            checked = queries.check_draft(draft())
            assert checked.problems == ()
            (quiz,) = checked.course.quizzes
            assert quiz.document["sections"] == [{"from": slug, "draw": 1}]

    def test_its_page_searches_filters_and_copies_into_a_quiz(self, written):
        with written.app.app_context():
            fill(written, NodeKind.POOL, question("essay", text=local("Describe bias")),
                 question("single", text=local("Which one?")))  # fmt: skip
            pool, quiz = node(NodeKind.POOL).id, node(NodeKind.QUIZ).id
        browser = written.browser("lin")
        address = f"/teach/courses/{SLUG}/questions"
        assert "Describe bias" in browser.get(address).text
        assert "Describe bias" not in browser.get(f"{address}?q=WHICH").text
        assert "Which one?" not in browser.get(f"{address}?type=essay").text
        data = {"action": "copy", "node": pool, "name": "single-1", "quiz": quiz}
        answer = browser.post(address, data=data)
        assert answer.headers["Location"].endswith("#q-single-2")
        with written.app.app_context():
            assert placed(node(NodeKind.QUIZ).content) == ["single-2"]
            assert placed(node(NodeKind.POOL).content) == ["essay-1", "single-1"]

    def test_a_pool_can_be_begun_taken_out_and_put_back(self, written):
        browser = written.browser("lin")
        answer = browser.post(
            f"/teach/courses/{SLUG}/questions", data={"action": "pool", "title_en": "More"}
        )
        assert browser.get(answer.headers["Location"]).status_code == 200
        pool = answer.headers["Location"].rpartition("/")[2]
        for action in ("remove", "restore"):
            browser.post(f"/teach/courses/{SLUG}/outline", data={"action": action, "node": pool})
        assert "More" in browser.get(f"/teach/courses/{SLUG}/questions").text


class TestPreview:
    def test_shows_a_variant_and_another_one(self, written):
        with written.app.app_context():
            made = question("numeric", text=local("Twice {{n}}?"), answer="n*2", units=[],
                            variables={"n": {"min": 1, "max": 900, "step": 1}})  # fmt: skip
            (name,) = fill(written, NodeKind.QUIZ, made)
            part = node(NodeKind.QUIZ).id
        browser = written.browser("lin")
        address = f"/teach/courses/{SLUG}/parts/{part}/questions/{name}"
        said = {
            re.search(r"Twice (\d+)", browser.get(f"{address}?seed={n}", headers=SCRIPT).text)[1]
            for n in range(5)
        }
        assert len(said) > 2
        whole = browser.get(f"{address}?language=zh-Hant-TW").text
        assert "<html" in whole and "（中）" in whole

    def test_of_an_unfinished_question_says_what_is_missing(self, written):
        press(written, NodeKind.QUIZ, fields={"kind-0": "matching"}, action="add", section=0)
        with written.app.app_context():
            part = node(NodeKind.QUIZ).id
        page = written.browser("lin").get(
            f"/teach/courses/{SLUG}/parts/{part}/questions/matching-1", headers=SCRIPT
        )
        assert page.status_code == 200 and "The text is missing" in page.text


class TestTrying:
    def address(self, written, *made) -> str:
        with written.app.app_context():
            fill(written, NodeKind.QUIZ, *made)
            return f"/teach/courses/{SLUG}/parts/{node(NodeKind.QUIZ).id}/try"

    def test_the_whole_quiz_is_drawn_marked_and_thrown_away(self, written):
        made = question("numeric", text=local("Twice {{n}}?"), answer="n*2", units=[], points=3,
                        variables={"n": {"min": 1, "max": 900, "step": 1}})  # fmt: skip
        address = self.address(written, made, question("essay", points=2))
        browser = written.browser("lin")
        page = browser.get(f"{address}?seed=7").text
        number = int(re.search(r"Twice (\d+)", page)[1])
        assert "Right answer" not in page
        sent = {"q-numeric-1": str(number * 2), "q-essay-1": "Because."}
        with written.app.app_context():
            before = draft().revision
        marked = browser.post(f"{address}?seed=7", data=sent).text
        assert re.search(r"3\D{0,80}5", marked[marked.index("result-head") :])
        assert "1 answer waits for marks" in marked and "Because." in marked
        wrong = browser.post(f"{address}?seed=7", data={"q-numeric-1": "x"}).text
        assert str(number * 2) in wrong and ">Wrong<" in wrong
        with written.app.app_context():
            assert draft().revision == before

    def test_an_answer_of_another_shape_is_told_and_an_unfinished_quiz_says_what_is_missing(
        self, written
    ):
        address = self.address(written, question("single"))
        page = written.browser("lin").post(address, data={"q-single-1": "nothing"})
        assert page.status_code == 200 and "does not belong to the question" in page.text
        press(written, NodeKind.QUIZ, fields={"kind-0": "matching"}, action="add", section=0)
        page = written.browser("lin").get(address)
        assert page.status_code == 200 and "The text is missing" in page.text

    def test_is_for_those_who_write_the_course(self, written):
        address = self.address(written, question("single"))
        for handle in ("mei", "ping"):
            assert written.browser(handle).get(address).status_code in (403, 404)


class TestVersions:
    def publish(self, cast) -> int:
        course = queries.course(SLUG)
        return operations.publish_draft(
            cast.person("lin"), course, revision=draft().revision,
            newest=queries.versions_of(course.id)[0].number, note="",
        ).number  # fmt: skip

    def test_keep_a_quiz_whole_with_what_it_draws_from(self, written):
        with written.app.app_context():
            fill(written, NodeKind.QUIZ, *(question(kind) for kind in EXAMPLES))
            fill(written, NodeKind.POOL, question("essay"), question("essay"))
            lin, course = written.person("lin"), queries.course(SLUG)
            slug = node(NodeKind.POOL).content["slug"]
            steps.use_in_quiz(lin, course, node(NodeKind.QUIZ).id, slug)
            assert self.publish(written) == 2
            version = queries.versions_of(course.id)[0]
            (item,) = [i for i in version.items if i.kind is ItemKind.QUIZ]
            assert q.check(item.quiz, BOTH) == []
            assert len(q.draw(item.quiz, "seed")) == len(EXAMPLES) + 1
            assert q.total(item.quiz) == 2 * (len(EXAMPLES) + 1)
            with pytest.raises(operations.NothingToPublish):
                self.publish(written)

    def test_differ_question_by_question(self, written):
        with written.app.app_context():
            one, two = fill(written, NodeKind.QUIZ, question("true-false"), question("essay"))
            self.publish(written)
            course, lin = queries.course(SLUG), written.person("lin")
            part = node(NodeKind.QUIZ).id
            changed = {**question("true-false", one), "answer": True}
            operations.save_fields(
                lin, course, part, {f"questions.{one}": Change(changed, draft().revision)}
            )
            steps.remove_question(lin, course, part, two)
            old = queries.source_of(queries.versions_of(course.id)[0])
            changes = compare(old, queries.course_of_draft(draft()))
            (change,) = changes
            assert change.kind == "quiz"
            texts = {text.field: text.lines for text in change.texts}
            assert {(line.sign, line.text) for line in texts[f"questions.{one}"]} >= {
                ("-", "answer: false"), ("+", "answer: true"),
            }  # fmt: skip
            assert all(line.sign == "-" for line in texts[f"questions.{two}"])
        assert (
            "Question true-false-1"
            in written.browser("lin").get(f"/teach/courses/{SLUG}/review").text
        )

    def test_an_unfinished_question_stands_in_the_way_and_is_named(self, written):
        press(written, NodeKind.QUIZ, fields={"kind-0": "short-text"}, action="add", section=0)
        with written.app.app_context():
            problems = queries.check_draft(draft()).problems
            assert {p.node_id for p in problems} == {node(NodeKind.QUIZ).id}
            assert {p.place for p in problems} == {"short-text-1"}
        page = written.browser("lin").get(f"/teach/courses/{SLUG}/review").text
        assert "Write at least one answer that is accepted" in page
        assert "Publish version" not in page

    def test_an_empty_quiz_stands_in_the_way(self, written):
        with written.app.app_context():
            assert queries.check_draft(draft()).problems


def test_the_page_of_a_quiz_asks_the_database_equally_often(written, count_queries):
    browser = written.browser("lin")
    with written.app.app_context():
        fill(written, NodeKind.QUIZ, question("single"))
        part = node(NodeKind.QUIZ).id
    for address in (f"/teach/courses/{SLUG}/edit/{part}", f"/teach/courses/{SLUG}/questions"):
        browser.get(address)
        with count_queries() as few:
            browser.get(address)
        with written.app.app_context():
            fill(written, NodeKind.QUIZ, *(question("essay") for _n in range(3)))
            fill(written, NodeKind.POOL, *(question("essay") for _n in range(3)))
        with count_queries() as many:
            browser.get(address)
        assert len(many) == len(few), address


def test_fields_of_a_blank_that_left_the_text_leave_too():
    before = {"id": "q", "type": "fill-in"}
    fields = {"text.en": "[[one]] and [[new]]", "blanks.0.name": "one",
              "blanks.0.kind": "choice",
              "blanks.0.lines.en": "a\n* b", "blanks.1.name": "gone",
              "blanks.1.accepted": "x"}  # fmt: skip
    made = question_of(fields, before)
    assert set(made["blanks"]) == {"one", "new"}
    assert made["blanks"]["one"]["options"] == [
        {"text": {"en": "a"}}, {"text": {"en": "b"}, "correct": True},
    ]  # fmt: skip
