"""Labs name skills: in their folder, in drafts, when they are published."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.catalog.folder import read_course
from app.catalog.folder_specs import SkillSpec, digest
from app.catalog.operations.publishing import lab_content
from app.catalog.rules import documents, drafting, writing
from app.labs import operations as labs
from app.skills import operations as skills
from tests.cast import both, course, lab

NAMED = (
    SkillSpec("control-charts", both("SPC", "管制圖"), 2, 0.5, ("test-squares",)),
    SkillSpec("model-evaluation", {}),
    SkillSpec("numbers:N.1-2", both("Adding", "加法"), 1),
    SkillSpec("my-own", both("Mine", "我的")),
)


def written(spec, folder: Path) -> str:
    """SPEC in a course's FOLDER; returns its lab.yaml."""
    for path, content in writing.course_files(course(spec)).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return (folder / "labs" / spec.slug / "lab.yaml").read_text()


class TestALabsFolder:
    def test_comes_back_as_it_was_byte_for_byte(self, tmp_path):
        spec = lab(skills=NAMED)
        text = written(spec, tmp_path / "one")
        reading = read_course(tmp_path / "one")
        assert reading.errors == ()
        (found,) = reading.course.modules[0].items
        assert found.skills == NAMED
        assert written(found, tmp_path / "again") == text
        assert "  - skill: model-evaluation\n" in text and "weight: 0.5" in text

    def test_of_the_old_form_has_the_digest_that_it_had(self):
        old = lab(skills=(SkillSpec("control-charts", both("SPC")),))
        assert '"level"' not in str(digest(old)) and digest(old) == digest(
            lab(skills=(SkillSpec("control-charts", both("SPC"), 1, 1.0, ()),))
        )
        assert digest(old) != digest(replace(old, skills=(SkillSpec("x", both("SPC"), 2),)))

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("  - skill: control-charts\n    cells: [test-nothing]\n", "no graded cell"),
            ("  - skill: 'two words'\n", "no key of a skill"),
            ("  - skill: control-charts\n    level: 0\n", "whole number"),
            ("  - skill: control-charts\n    weight: 2\n", "number from"),
            ("  - slug: control-charts\n", "'title' is missing"),
        ],
    )
    def test_says_what_is_wrong_and_where(self, tmp_path, line, why):
        written(lab(), tmp_path)
        path = tmp_path / "labs/squares/lab.yaml"
        path.write_text(path.read_text() + "skills:\n" + line)
        errors = read_course(tmp_path).errors
        assert any(why in error.message and error.file == path for error in errors), errors


class TestADraft:
    def test_keeps_level_weight_and_tests(self):
        spec = course(lab(skills=NAMED))
        store: dict[str, bytes] = {}

        def put(data: bytes) -> str:
            store[digest(data)] = data
            return digest(data)

        part, pictures = drafting.parts_of(spec, put)
        back = drafting.course_of_parts(spec.slug, part, pictures, store.__getitem__)
        assert back.modules[0].items[0].skills == NAMED
        document = documents.document_of(spec, put)
        assert documents.course_of(document, store.__getitem__).modules[0].items[0].skills == NAMED


class TestPublishing:
    def test_gives_a_skill_that_was_named_by_its_key_its_title(self, cast):
        with cast.app.app_context():
            skills.load_own()
            spec = lab(skills=(SkillSpec("model-evaluation", {}),))
            made = labs.publish("areas-and-squares", "squares", lab_content(spec))
            assert made.skills[0]["title"]["en"] == "Model evaluation"

    @pytest.mark.parametrize(
        ("skill", "why"),
        [(SkillSpec("nothing", {}), "no skill 'nothing'"),
         (SkillSpec("control-charts", both("SPC"), 4), "levels up to 3")],
    )  # fmt: skip
    def test_refuses_what_no_framework_knows(self, cast, skill, why):
        with cast.app.app_context():
            skills.load_own()
            with pytest.raises(labs.LabInvalid, match=why):
                labs.publish("areas-and-squares", "squares", lab_content(lab(skills=(skill,))))
