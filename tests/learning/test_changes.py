"""What learners and their instructors read of a newer version of a running course."""

from dataclasses import replace

from app.catalog import operations as catalog
from app.catalog.queries import latest_version
from app.catalog.rules import ItemKind
from app.catalog.rules.comparing import Kind, Line, PartChange, TextChange
from app.learning import operations, queries
from app.learning.rules.changes import for_learners
from tests.cast import both, cluster, course, lab, lesson
from tests.engine import build

SECRET = "assert squares(7)[6] == 36"


def text(field: str) -> TextChange:
    return TextChange(field, "en", (Line("+", "words"),))


def part(kind: str, *fields: str, slug: str = "one") -> PartChange:
    return PartChange(kind, slug, both("Title"), (Kind.CHANGED,), "", tuple(map(text, fields)))


class TestWhatLearnersMayRead:
    def test_leaves_out_what_helps_to_guess_answers(self):
        found = for_learners(
            [
                part("lab", "summary", "hints.test-1", "limits", "environment", "notebooks"),
                part("quiz", "questions", "minutes"),
                part("pool", "questions"),
                part("course", "languages"),
            ],
            (),
        )
        assert [(c.kind, [t.field for t in c.texts]) for c in found] == [
            ("lab", ["summary", "notebooks"]),
            ("quiz", ["minutes"]),
        ]

    def test_of_locked_items_is_the_title_alone(self):
        changes = [
            part("lesson", "body"),
            part("file", "content", slug="two"),
            part("lab", "summary"),
        ]
        found = for_learners(changes, {"lesson:one", "lesson:two"})
        assert [len(change.texts) for change in found] == [0, 0, 1]


def correct(cast) -> None:
    """A version with another text, another hidden test and another hint."""
    source = build.notebook(
        build.solution(
            "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n"
            "    ### END SOLUTION",
            "squares",
        ),
        build.test(
            "assert squares(3) == [0, 1, 4]\n### BEGIN HIDDEN TESTS\n"
            f"{SECRET}\n### END HIDDEN TESTS",
            "test-squares",
            points=4,
        ),
    )
    changed = lab(notebooks={"squares": source}, hints={"test-squares": both("A new hint")})
    spec = course(lesson(text="Squares are *better* areas."), changed, credits=3.0)
    catalog.load_clusters((cluster(spec),))


class TestTheChangesPage:
    def test_shows_texts_line_by_line_and_no_answer(self, enrolled):
        with enrolled.app.app_context():
            correct(enrolled)
            operations.upgrade_offering(
                enrolled.section(), latest_version("areas-and-squares"), note="Clearer."
            )
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/changes").text
        assert "<ins>+ Squares are *better* areas.</ins>" in page and "Clearer." in page
        assert "3 credits" in page and "Notebooks" in page
        assert SECRET not in page and "A new hint" not in page

    def test_hides_the_text_of_what_is_still_locked(self, enrolled):
        with enrolled.app.app_context():
            correct(enrolled)
            lin, section = enrolled.person("lin"), enrolled.section()
            version = latest_version("areas-and-squares")
            operations.upgrade_offering(section, version)
            operations.set_condition(
                lin, section.offering, version, "lesson:areas", {"completed": "lab:squares"}
            )
            view = queries.section_for(enrolled.person("mei"), section.code)
            assert view.lock(view.version.item(ItemKind.LESSON, "areas"))
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/changes").text
        assert "better" not in page and "Areas" in page
        assert "better" in enrolled.browser("lin").get(f"/learn/{enrolled.code}/changes").text


class TestTheDesk:
    def test_offers_a_newer_version_to_those_who_may_choose_it(self, enrolled):
        address = f"/teaching/{enrolled.code}/students"
        words = "There is a newer version of this course"
        assert words not in enrolled.browser("lin").get(address).text
        with enrolled.app.app_context():
            correct(enrolled)
            offering_id = enrolled.section().offering_id
        page = enrolled.browser("lin").get(address).text
        assert words in page and f"/offerings/{offering_id}/version" in page
        assert words not in enrolled.browser("ping").get(address).text
        with enrolled.app.app_context():
            operations.upgrade_offering(enrolled.section(), latest_version("areas-and-squares"))
        assert words not in enrolled.browser("lin").get(address).text


class TestFilesAndLinks:
    def test_are_shown_as_what_they_are(self, enrolled):
        from app.catalog.folder_specs import FileSpec, LinkSpec

        handout = FileSpec("handout", both("Handout"), 5, "handout.pdf", b"%PDF-1.4")
        video = LinkSpec("video", both("Video"), 5, "https://video.example")
        with enrolled.app.app_context():
            spec = replace(course(lesson(), handout, video, lab()))
            catalog.load_clusters((cluster(spec),))
            operations.upgrade_offering(enrolled.section(), latest_version("areas-and-squares"))
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}").text
        assert "File ·" in page and "Link ·" in page and "Lab ·" in page


class TestContinue:
    def test_knows_labs_that_were_opened(self, enrolled):
        mei = enrolled.browser("mei")
        mei.get(f"/learn/{enrolled.code}/lessons/areas")
        mei.get(f"/learn/{enrolled.code}/labs/squares")
        with enrolled.app.app_context():
            view = queries.section_for(enrolled.person("mei"), enrolled.code)
            assert view.next_item.slug == "squares"
