"""A course as a folder and back: the same course, the same bytes."""

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalog.folder import read_course, read_courses
from app.catalog.folder_specs import (
    CourseSpec,
    DataSpec,
    FileSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    ModuleSpec,
    PictureSpec,
    PoolSpec,
    QuizSpec,
    SkillSpec,
)
from app.catalog.queries.checking import laid_out
from app.catalog.rules.documents import course_of, document_of
from app.catalog.rules.writing import course_files
from app.questions import complete, normal
from tests.cast import SOURCE
from tests.questions.build import questions

COURSES = Path(__file__).resolve().parents[2] / "courses"
PNG = b"\x89PNG\r\n\x1a\n"

words = st.text(
    st.characters(exclude_categories=("Cs", "Cn")) | st.sampled_from("\n:#-'\"|>[]{}&*!%@` \t\\$"),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() and text.strip("\n").strip())
lines = words.map(lambda text: " ".join(text.split())).filter(bool)
slugs = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
# Prose without Markdown's own signs: what a broken link or formula does is test_folder's matter.
prose = st.text(st.sampled_from("abc 課文\n#*-`\r."), max_size=60)
both = st.sampled_from([("zh-Hant-TW",), ("en",), ("zh-Hant-TW", "en")])


def local(codes, text=lines):
    return st.fixed_dictionaries(dict.fromkeys(codes, text))


@st.composite
def lessons(draw, slug, codes):
    used = draw(st.booleans())
    text = "\n![x](pictures/dot.png)\n" if used else ""
    return LessonSpec(
        slug,
        draw(local(codes, words.map(str.strip).filter(bool))),
        draw(st.integers(1, 600)),
        {code: draw(prose) + text for code in codes},
        {"dot.png": PNG} if used else {},
    )


@st.composite
def labs(draw, slug, codes):
    return LabSpec(
        slug=slug,
        title=draw(local(codes)),
        summary=draw(local(codes)),
        description=draw(st.none() | local(codes, st.just("Some *text*."))),
        environment=draw(st.sampled_from(["standard", "scientific"])),
        minutes=draw(st.integers(5, 1200)),
        limits=draw(
            st.dictionaries(st.sampled_from(["cell_seconds", "disk_mb"]), st.integers(1, 600))
        ),
        release_score=draw(st.none() | st.integers(0, 99).map(lambda n: n / 2)),
        skills=tuple(draw(st.lists(st.builds(SkillSpec, slugs, local(codes)), max_size=2))),
        data=tuple(draw(st.lists(st.builds(DataSpec, local(codes), lines, lines), max_size=2))),
        hints=draw(st.dictionaries(st.sampled_from(["test-squares", "why"]), local(codes))),
        notebooks={"squares": SOURCE},
        files=draw(
            st.dictionaries(st.sampled_from(["data/a.csv", "b.txt"]), st.binary(max_size=9))
        ),
    )


# Quotes, colons and lines of YAML, but no sign of Markdown that may be broken.
odd = words.filter(lambda text: not set(text) & set("$[]!{}`") and "\0" not in text)


@st.composite
def asked(draw, codes, taken):
    """Some questions with names that are not TAKEN, in normal form."""
    made = []
    for question in draw(st.lists(questions(), min_size=1, max_size=4)):
        question["id"] = f"{question['id']}-{len(taken)}"
        taken.add(question["id"])
        question["explanation"] = draw(local(codes, odd))
        made.append(normal(question))
    return made


@st.composite
def pools(draw, codes, taken):
    made = []
    for slug in sorted(draw(st.sets(slugs, max_size=2))):
        entries = [{**q, "points": 2} for q in draw(asked(codes, taken))]
        made.append(PoolSpec(slug, draw(local(codes)), tuple(entries)))
    return tuple(made)


@st.composite
def quizzes(draw, slug, codes, bank, taken):
    sections = [{"questions": draw(asked(codes, taken))} for _n in range(draw(st.integers(1, 2)))]
    sections += [{"from": pool.slug, "draw": 1} for pool in bank]
    document = {
        "sections": sections,
        "instructions": draw(st.just({}) | local(codes, odd)),
        "attempts": draw(st.none() | st.integers(1, 9)),
        "keep": draw(st.sampled_from(["best", "last", "average"])),
        "minutes": draw(st.none() | st.integers(1, 90)),
        "pass_percent": draw(st.none() | st.integers(0, 100)),
        "shuffle": draw(st.booleans()),
        "show": draw(st.sampled_from(["after-attempt", "after-closing", "never"])),
    }
    return QuizSpec(slug, draw(local(codes)), draw(st.integers(1, 600)), complete(document))


@st.composite
def courses(draw):
    codes = draw(both)
    taken: set[str] = set()
    bank = draw(pools(codes, taken))
    names = draw(st.lists(slugs, min_size=1, max_size=6, unique=True))
    items = []
    for number, slug in enumerate(names):
        kind = draw(st.sampled_from(["lesson", "lab", "file", "link", "quiz"]))
        title, minutes = draw(local(codes)), draw(st.integers(1, 600))
        if kind == "lesson":
            items.append(draw(lessons(slug, codes)))
        elif kind == "lab":
            items.append(draw(labs(slug, codes)))
        elif kind == "quiz":
            items.append(draw(quizzes(slug, codes, bank, taken)))
        elif kind == "file":
            items.append(
                FileSpec(slug, title, minutes, f"講義 {number}.pdf", draw(st.binary(max_size=9)))
            )
        else:
            items.append(LinkSpec(slug, title, minutes, "https://example.org/" + slug))
    cut = draw(st.integers(0, len(items) - 1))
    modules = [ModuleSpec("one", draw(local(codes)), tuple(items[cut:]))]
    if cut:
        modules.append(ModuleSpec("two", draw(local(codes)), tuple(items[:cut])))
    return CourseSpec(
        slug="made-up",
        title=draw(local(codes, words)),
        summary=draw(local(codes, words)),
        description=draw(local(codes, prose.filter(str.strip))),
        level="advanced",
        hours=draw(st.integers(1, 400)),
        languages=codes,
        outcomes=tuple(draw(st.lists(local(codes, words), min_size=1, max_size=3))),
        modules=tuple(modules),
        prerequisites=tuple(draw(st.lists(local(codes), max_size=2))),
        lead_school=draw(st.none() | lines),
        picture=draw(
            st.none()
            | st.builds(PictureSpec, st.just("cover.png"), st.just(PNG), local(codes, words))
        ),
        credits=draw(st.none() | st.sampled_from([0.0, 0.5, 2.0, 3.0])),
        pools=bank,
    )


def write(files: dict[str, bytes], folder: Path) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def read(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TestRoundTrip:
    @given(course=courses())
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_was_written_is_read_and_written_again_byte_by_byte(
        self, tmp_path_factory, course
    ):
        folder = tmp_path_factory.mktemp("written") / "made-up"
        first = course_files(course)
        write(first, folder)
        reading = read_course(folder)
        assert [str(error) for error in reading.errors] == []
        assert course_files(reading.course) == first == read(folder)

    @given(course=courses())
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_a_version_keeps_is_the_course_again(self, course):
        blobs: dict[str, bytes] = {}

        def put(data: bytes) -> str:
            address = f"{zlib.crc32(data):08x}{len(data)}"
            blobs[address] = data
            return address

        kept = json.loads(json.dumps(document_of(course, put), sort_keys=True))
        again = course_of(kept, blobs.__getitem__)
        assert again.digest == course.digest
        assert course_files(again) == course_files(course)

    @given(course=courses())
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_went_through_the_editor_untouched_is_the_course_again(self, course):
        once = laid_out(course)
        assert laid_out(once).digest == once.digest
        assert [quiz.document for quiz in once.quizzes] == [q.document for q in course.quizzes]
        assert once.pools == course.pools

    def test_keeps_the_courses_of_this_repository_as_they_are(self, tmp_path):
        for cluster in read_courses(COURSES).clusters:
            for course in cluster.courses:
                folder = tmp_path / course.slug
                write(course_files(course), folder)
                reading = read_course(folder)
                assert reading.errors == ()
                assert reading.course.digest == course.digest


class TestDigests:
    def test_of_courses_without_credits_or_quizzes_are_those_from_before_there_were_any(self):
        (cluster,) = read_courses(COURSES).clusters
        course = cluster.courses[0]
        assert course.credits is None and course.quizzes and course.pools
        modules = tuple(
            replace(m, items=tuple(i for i in m.items if not isinstance(i, QuizSpec)))
            for m in course.modules
        )
        before = replace(course, modules=modules, pools=())
        assert before.digest == ("8c10a0eaaa22eb065afa716a2ba91235ee5668740c1a4bec8cf9e5c27a1d798b")

    def test_change_with_the_credits(self):
        from tests.cast import course

        assert course(credits=2.0).digest != course().digest


class TestOneLanguage:
    def test_is_enough_for_a_course_that_is_taught_in_one(self, tmp_path):
        spec = CourseSpec(
            slug="made-up",
            title={"zh-Hant-TW": "課程"},
            summary={"zh-Hant-TW": "摘要"},
            description={"zh-Hant-TW": "說明"},
            level="introductory",
            hours=2,
            languages=("zh-Hant-TW",),
            outcomes=({"zh-Hant-TW": "會"},),
            modules=(
                ModuleSpec(
                    "one",
                    {"zh-Hant-TW": "一"},
                    (LessonSpec("first", {"zh-Hant-TW": "第一"}, 5, {"zh-Hant-TW": "\n字\n"}),),
                ),
            ),
        )
        write(course_files(spec), tmp_path / "made-up")
        reading = read_course(tmp_path / "made-up")
        assert reading.errors == ()
        assert reading.course.digest == spec.digest

    def test_is_not_enough_for_one_that_is_taught_in_two(self, tmp_path):
        spec = ModuleSpec("one", {"en": "One"}, ())
        course = CourseSpec(
            "made-up", {"en": "x"}, {"en": "x"}, {"en": "x"}, "advanced", 1,
            ("zh-Hant-TW", "en"), ({"en": "x"},), (spec,),
        )  # fmt: skip
        write(course_files(course), tmp_path / "made-up")
        messages = [error.message for error in read_course(tmp_path / "made-up").errors]
        assert "'title' is missing in zh-Hant-TW" in messages


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("講義.pdf", True),
        ("week 1.pdf", True),
        ("../up.pdf", False),
        ("a\u202egpj.exe", False),
        (".hidden", False),
        ("a\\b.pdf", False),
        ("a\n.pdf", False),
        ("x" * 201, False),
    ],
)
def test_a_file_is_called_so_that_it_stays_in_its_folder(name, is_fine):
    from app.catalog.folder.reading import is_file_name

    assert is_file_name(name) is is_fine
